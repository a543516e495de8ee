"""What people read is in both languages: no text without its Chinese, no text hard-wired in a template."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from jinja2 import Environment, nodes

from oms.languages import CHINESE, catalogue
from tests.house_rules.tree import ROOT

TEMPLATES = ROOT / "oms/web/templates"
KEYWORDS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}
JINJA = {"extensions": "jinja2.ext.i18n", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
NAMES = {"Orderloom", "Temporal", "JSON", "XLSX", "HTML", "SLA", "SKU"}
"""The same in every language."""
READ_ALOUD = ("alt", "aria-label", "placeholder", "title", "aria-description")
AS_IT_IS = ("code", "kbd", "pre", "script", "style")
EXPRESSION = re.compile(
    r"\{#.*?#\}|\{%-?\s*trans\b.*?%\}.*?\{%-?\s*endtrans.*?%\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL
)


def messages(text: str, method: str) -> Iterator[str]:
    """Every message of a Python module or a template, in its English form."""
    options = JINJA if method.startswith("jinja2") else None
    for _, message, _, _ in extract(method, BytesIO(text.encode()), keywords=KEYWORDS, options=options):
        yield message[0] if isinstance(message, tuple) else message


class _Words(HTMLParser):
    """Collects what a reader would see of a page without its expressions."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in AS_IT_IS:
            self._inside.append(tag)
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.found.append(data)


def bare_texts(template: str) -> list[str]:
    """The texts of a template that stand outside `_()`."""
    words = _Words()
    words.feed(EXPRESSION.sub("", template))
    pieces = [piece for text in words.found for piece in re.findall(r"\b[^\W\d_]{2,}\b(?!=)", text)]
    return [piece for piece in pieces if piece not in NAMES]


def unliteral(template: str) -> list[int]:
    """Lines on which `_` is given something else than a text: it is not escaped there, and no catalogue knows it."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(template)
    return [
        call.lineno
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name)
        and call.node.name in {"_", "gettext"}
        and not isinstance(call.args[0], nodes.Const)
    ]


def ours() -> list[Path]:
    """The templates that speak to people through the catalogues."""
    return sorted(TEMPLATES.rglob("*.html"))


def untranslated(found: Iterator[str]) -> list[str]:
    """Messages of which the Chinese catalogue has no translation."""
    known = catalogue(CHINESE)
    return sorted({text for text in found if not (known.get(text) and known[text].string)})


def test_every_message_of_the_program_has_its_chinese() -> None:
    """All that is marked with N_ or _ in oms."""
    files = sorted((ROOT / "oms").rglob("*.py"))

    missing = untranslated(
        text for file in files for text in messages(file.read_text(encoding="utf-8"), "python")
    )

    assert missing == []


@pytest.mark.parametrize("file", ours(), ids=lambda file: file.relative_to(TEMPLATES).as_posix())
def test_every_template_speaks_both_languages(file: Path) -> None:
    """Each of its messages has its Chinese, none of its texts stands outside, and `_` is given texts only."""
    text = file.read_text(encoding="utf-8")

    assert untranslated(messages(text, "jinja2.ext:babel_extract")) == []
    assert bare_texts(text) == []
    assert unliteral(text) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Orders</p>", ["Orders"]),
        ("<p>订单</p>", ["订单"]),
        ('<a title="Go back">←</a>', ["Go", "back"]),
        ('<p class="quiet">{{ _("Orders") }} · 3 × {{ n }}</p>', []),
        ("{% trans n=n, count=n %}one order{% pluralize %}{{ n }} orders{% endtrans %}", []),
        ("<p>Orderloom</p><code>starter.py up</code>", []),
    ],
)
def test_a_bare_text_is_noticed(template: str, found: list[str]) -> None:
    """The rule can fail."""
    assert bare_texts(template) == found


def test_a_message_without_chinese_is_noticed() -> None:
    """In a module and in a template."""
    texts = [*messages('X = N_("Nobody has translated this")', "python")]
    texts += messages("<p>{{ _('Nor this') }}</p>", "jinja2.ext:babel_extract")

    assert untranslated(iter(texts)) == ["Nobody has translated this", "Nor this"]
    assert untranslated(iter(["Orders"])) == []


def test_a_variable_in_the_place_of_a_text_is_noticed() -> None:
    """`|t` is for those."""
    assert unliteral("{{ _(heading) }}") == [1]
    assert unliteral('{{ heading|t }} {{ _("Orders") }}') == []
