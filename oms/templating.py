"""Pages from templates: everything escaped, a missing word is an error, and gettext where a reader's language is known."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from oms.languages import translations


def templates(folder: Path, language: str = "") -> Environment:
    """Open a folder of templates; with a language, `_()` and `{% trans %}` speak it."""
    opened = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n"] if language else [],
    )  # fmt: skip
    if language:
        opened.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    return opened
