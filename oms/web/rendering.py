"""Templates in the reader's language, with the words of the trade and moments in the reader's zone.

In a template, `{{ _("Orders") }}` is a text of ours; a text that stands in a variable is said by the filter
`|t`, which translates what the catalogues know and, unlike `_`, is escaped.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from oms.domain.book import OrderRow
from oms.domain.money import fen_to_yuan
from oms.domain.periods import BUSINESS_ZONE
from oms.domain.trace import without_people
from oms.languages import CHINESE, HTML_LANG, LANGUAGES, translations
from oms.templating import templates
from oms.web.sentences import in_words
from oms.web.spoken import KINDS, turns

FOLDER: Final = Path(__file__).parent


def render(template: str, language: str, **shown: Any) -> str:
    """Render a template of ours for a reader of that language; `zone`, where given, is the reader's."""
    return environment(language).get_template(template).render(lang=HTML_LANG[language], **shown)


def spoken(text: str, language: str) -> str:
    """Translate a text that the catalogues may know; any other comes back as it is."""
    return translations(language).gettext(text) if text else ""


def when(moment: datetime | None, zone: ZoneInfo = BUSINESS_ZONE) -> str:
    """Write a moment as somebody in that zone reads it; a dash for none."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else "–"


def amount(fen: int, currency: str) -> str:
    """Write an amount with its currency."""
    return f"{fen_to_yuan(fen)} {currency}"


def environment(language: str) -> Environment:
    """Return the templates of a language; of one that there is not, the Chinese ones."""
    return _environment(language if language in LANGUAGES else CHINESE)


@cache
def _environment(language: str) -> Environment:
    made = templates(FOLDER / "templates", language)
    made.filters |= {
        "t": lambda text: spoken(str(text), language),
        "said": lambda text: in_words(str(text), language),
        "when": _when,
        "plain": without_people,
        **{kind: _word(words, language) for kind, words in KINDS.items()},
    }
    made.globals |= {
        "amount": amount,
        "asset": asset,
        "languages": LANGUAGES,
        "language": language,
        "acts": lambda order: _turns(order, language),
    }
    return made


def _word(words: Mapping[str, str], language: str) -> Callable[[object], str]:
    """Make a filter that names one kind of thing."""
    return lambda code: spoken(words.get(str(code), str(code)), language)


def _turns(order: OrderRow, language: str) -> tuple[str, ...]:
    return tuple(spoken(words, language) for words in turns(order.stage, tuple(order.holds)))


@pass_context
def _when(context: Context, moment: datetime | None) -> str:
    return when(moment, context.get("zone") or BUSINESS_ZONE)


@cache
def asset(name: str) -> str:
    """Return the address of a file of `static/`; it changes with the content, so that browsers may keep it."""
    content = (FOLDER / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
