"""Pages that stand alone: one file, nothing loaded, to be kept or passed on."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment

from oms.templating import templates
from oms.web.rendering import when

FOLDER: Final = Path(__file__).parent / "templates"
HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}


def alone(template: str, language: str, **shown: Any) -> str:
    """Render a page in a language of `oms.languages`."""
    return _opened(language).get_template(template).render(**shown)


@cache
def _opened(language: str) -> Environment:
    opened = templates(FOLDER, language)
    opened.filters["when"] = when
    return opened
