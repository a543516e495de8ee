"""The buyer's pages as HTML: one style inside, no script, nothing loaded, in Chinese and English."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from babel.dates import format_datetime
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from oms.domain.periods import BUSINESS_ZONE
from oms.languages import CHINESE, ENGLISH, HTML_LANG, LANGUAGES, preferred, translations
from oms.languages.marks import N_
from oms.templating import templates
from oms.web import spoken

FOLDER: Final = Path(__file__).parents[1] / "templates" / "tracking"
STYLE: Final = (FOLDER / "style.css").read_text(encoding="utf-8").removesuffix("\n")
"""As templates include it, to the byte: the policy names its digest."""
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Final[Mapping[str, str]] = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
    "vary": "accept-language",
}
SHORT: Final[Mapping[str, str]] = {"zh": CHINESE, "en": ENGLISH}
"""How `?lang=` names the languages."""
MOMENTS: Final[Mapping[str, str]] = {CHINESE: "M月d日 EEE HH:mm", ENGLISH: "EEE d MMM, HH:mm"}
DAYS: Final[Mapping[str, str]] = {CHINESE: "M月d日 EEE", ENGLISH: "EEE d MMM"}
CARRIERS: Final[Mapping[str, str]] = {**spoken.CARRIERS, "deppon": N_("Deppon Express")}
"""The desk's names; buyers know this one by its whole name."""
ANOTHER: Final = N_("Another carrier")


def language_of(request: Request) -> str:
    """Return the reader's language: the one chosen on the page, else as the browser asks."""
    chosen = SHORT.get(request.query_params.get("lang", ""))
    return chosen or preferred(request.headers.get("accept-language", ""))


def said_in(request: Request) -> str:
    """Return what an address of ours needs so that a language chosen on the page stays."""
    chosen = request.query_params.get("lang", "")
    return f"lang={chosen}" if chosen in SHORT else ""


def rendered(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """Render one of the buyer's pages in the reader's language."""
    language = language_of(request)
    others = [(short, HTML_LANG[name], LANGUAGES[name]) for short, name in SHORT.items() if name != language]
    page = _environment(language).get_template(template)
    content = page.render(lang=HTML_LANG[language], others=others, kept=said_in(request), **shown)
    return HTMLResponse(content, status, {**HEADERS, "content-language": HTML_LANG[language]})


@cache
def _environment(language: str) -> Environment:
    environment = templates(FOLDER, language)
    environment.filters |= {
        "t": translations(language).gettext,
        "when": partial(_written, language, MOMENTS),
        "day": partial(_written, language, DAYS),
        "carrier": lambda code: CARRIERS.get(code, ANOTHER),
    }
    return environment


def _written(language: str, forms: Mapping[str, str], moment: datetime) -> str:
    """Write a moment in the time of the business, which is the buyers' too."""
    return format_datetime(moment.astimezone(BUSINESS_ZONE), forms[language], locale=language)
