"""Pages that stand alone: one file, nothing loaded, to be kept or passed on."""

from pathlib import Path
from typing import Final

from jinja2 import Environment

from oms.templating import templates
from oms.web.rendering import when

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
    "cache-control": "no-store",
}


def _environment() -> Environment:
    environment = templates(Path(__file__).parent / "templates")
    environment.filters["when"] = when
    return environment


TEMPLATES: Final = _environment()
