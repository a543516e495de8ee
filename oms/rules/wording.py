"""Messages of the table with the figures filled in, in both languages."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from string import Formatter

from oms.domain.money import fen_to_yuan
from oms.rules.problems import Wrong
from oms.rules.row import Words

PLATFORM = "platform_name"
"""The one name a message may say beside the variables."""
_DAY, _HOUR, _MINUTE = 86_400, 3600, 60
_LONG = 3 * _DAY
_NOTHING = Words(zh="无", en="none")
_BOOLS = {True: Words(zh="是", en="yes"), False: Words(zh="否", en="no")}


@lru_cache(maxsize=4096)
def named(template: str) -> frozenset[str]:
    """Return the variables that a text names in braces. Raises Wrong when the braces are wrong."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        raise Wrong("a brace is open or closed without its other half", "花括号不成对") from None
    for _, name, form, conversion in parts:
        if name is not None and (not name.isidentifier() or form or conversion):
            raise Wrong(
                f"expected a variable between braces, not {name!r}", f"花括号内应为变量名，而不是 {name!r}"
            )
    return frozenset(name for _, name, _, _ in parts if name)


def check(template: str, known: Collection[str]) -> None:
    """Refuse a text that names an unknown variable. Raises Wrong."""
    for name in sorted(named(template)):
        if name not in known and name != PLATFORM:
            raise Wrong(
                f"unknown variable {name} in braces",
                f"未知的变量 {name}",
                column=template.find(f"{{{name}}}"),
            )


def duration_words(seconds: int) -> Words:
    """Write a length of time: `12 h`, `12 小时`."""
    if seconds < 0:
        back = duration_words(-seconds)
        return Words(zh=f"-{back.zh}", en=f"-{back.en}")
    if seconds >= _LONG and not seconds % _DAY:
        return Words(zh=f"{seconds // _DAY} 天", en=f"{seconds // _DAY} d")
    parts = [
        (seconds // _HOUR, "小时", "h"),
        (seconds % _HOUR // _MINUTE, "分钟", "min"),
        (seconds % _MINUTE, "秒", "s"),
    ]
    said = [part for part in parts if part[0]] or [parts[0]]
    return Words(
        zh=" ".join(f"{number} {zh}" for number, zh, _ in said),
        en=" ".join(f"{number} {en}" for number, _, en in said),
    )


def value_words(name: str, value: object) -> Words:
    """Write a variable's value for people: seconds as time, fen as yuan, lists with commas."""
    match value:
        case bool():
            return _BOOLS[value]
        case int() if name.endswith("_s"):
            return duration_words(value)
        case int() if name.endswith("_fen"):
            return Words(zh=f"{fen_to_yuan(value)} 元", en=f"{fen_to_yuan(value)} yuan")
        case list() | tuple():
            return Words(zh="、".join(map(str, value)), en=", ".join(map(str, value))) if value else _NOTHING
        case None | "":
            return _NOTHING
        case _:
            return Words(zh=str(value), en=str(value))


def fill(template: Words, values: Mapping[str, object], platform: Words) -> Words:
    """Fill both texts in; a variable without a value is written as none."""
    if "{" not in template.zh and "{" not in template.en:
        return template
    names: Iterable[str] = named(template.zh) | named(template.en)
    told = {name: platform if name == PLATFORM else value_words(name, values.get(name)) for name in names}
    return Words(
        zh=template.zh.format(**{name: words.zh for name, words in told.items()}),
        en=template.en.format(**{name: words.en for name, words in told.items()}),
    )
