"""What people read, in Simplified Chinese and English: gettext catalogues, read from their .po files at the start.

The message ids are the English texts. Each part of the product keeps a catalogue of its own
(`zh_CN/<part>.po`); all of them together are the language.
"""

from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER: Final = Path(__file__).parent
ENGLISH: Final = "en"
CHINESE: Final = "zh_CN"
LANGUAGES: Final[Mapping[str, str]] = {CHINESE: "简体中文", ENGLISH: "English"}
"""The languages there are, each by its own name; the first is the default."""
HTML_LANG: Final[Mapping[str, str]] = {CHINESE: "zh-CN", ENGLISH: "en"}


def catalogue(language: str) -> Catalog:
    """Return all messages of a language, whatever part they belong to."""
    whole = Catalog(locale=language)
    for part in sorted((FOLDER / language).glob("*.po")):
        with part.open("rb") as file:
            for message in read_po(file, locale=language, abort_invalid=True):
                if message.id:
                    whole.add(message.id, message.string, context=message.context)
    return whole


@cache
def translations(language: str) -> NullTranslations:
    """Return the texts of a language; of one that there is not, the English ones."""
    if language == ENGLISH or language not in LANGUAGES:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Translations(compiled)


def preferred(accept_language: str) -> str:
    """Choose the language of a reader from the header `Accept-Language` (RFC 9110, 12.5.4); Chinese when it names none of ours."""
    wanted = sorted(
        (
            (-_quality(parameters), place, tag.strip().lower())
            for place, (tag, _, parameters) in enumerate(
                each.partition(";") for each in accept_language.split(",")[:20]
            )
        ),
    )
    for quality, _, tag in wanted:
        if quality < 0 and tag.startswith("zh"):
            return CHINESE
        if quality < 0 and tag.startswith("en"):
            return ENGLISH
    return CHINESE


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
