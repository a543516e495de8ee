"""Reading the layers of figures: the defaults, the rows of platforms and shops, the campaigns."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from oms.rules import readers
from oms.rules.document import Path, words
from oms.rules.figures import BLOCKS, FIGURES, IN_FLIGHT, UNGRADED
from oms.rules.row import Words
from oms.rules.rows import Campaign, DatedRow, Layer
from oms.rules.sheet import Sheet

PARTS = (*BLOCKS, IN_FLIGHT, "evidence")
"""What a layer may say."""
DATES = ("from", "to")
grade = readers.choice(("S", "A", "B", "C", "D"))
_SHOP_PARTS = 2


class Said(NamedTuple):
    """What one layer says."""

    figures: Mapping[str, Any]
    evidence: Mapping[str, str]


def read_figures(sheet: Sheet, path: Path, said: Mapping[str, Any]) -> Said:
    """Read the blocks of a layer and their evidence; every figure that it sets must have its grade beside it."""
    figures: dict[str, Any] = {}
    for block, names in BLOCKS.items():
        if block in said:
            inner = sheet.mapping((*path, block), said[block], names)
            for name, value in inner.items():
                _figure(sheet, (*path, block, name), f"{block}.{name}", value, figures)
    if IN_FLIGHT in said:
        _figure(sheet, (*path, IN_FLIGHT), IN_FLIGHT, said[IN_FLIGHT], figures)
    evidence = read_evidence(sheet, (*path, "evidence"), said.get("evidence", {}))
    for figure in figures:
        if figure not in UNGRADED and figure not in evidence:
            place = (*path, *figure.split("."))
            sheet.wrong(
                place, f"has no evidence grade: name {figure} under evidence",
                f"缺少证据等级：请在 evidence 中写明 {figure}", at_key=True,
            )  # fmt: skip
    return Said(figures, evidence)


def _figure(sheet: Sheet, place: Path, figure: str, value: object, into: dict[str, Any]) -> None:
    before = len(sheet.problems)
    read = sheet.take(place, value, FIGURES[figure].read)
    if len(sheet.problems) == before:
        into[figure] = read


def read_evidence(sheet: Sheet, path: Path, value: object) -> Mapping[str, str]:
    """Read the grades by the figures' paths."""
    known = [figure for figure in FIGURES if figure not in UNGRADED]
    grades = sheet.mapping(path, value, known)
    read = {figure: sheet.take((*path, figure), each, grade) for figure, each in grades.items()}
    return {figure: each for figure, each in read.items() if each}


def read_defaults(sheet: Sheet, value: object) -> Layer:
    """Read the defaults, which say every figure."""
    path: Path = ("defaults",)
    said = sheet.mapping(path, value, PARTS, needed=PARTS)
    for block, names in BLOCKS.items():
        inner = said.get(block)
        missing = [name for name in names if name not in inner] if isinstance(inner, dict) else []
        for name in missing:
            sheet.wrong((*path, block, name), "is missing", "缺少该项", at_key=True)
    found = read_figures(sheet, path, said)
    return Layer(source="defaults", place=path, figures=found.figures, evidence=found.evidence)


def read_rows(
    sheet: Sheet, where: str, value: object, *, inherits: bool
) -> Mapping[str, tuple[DatedRow, ...]]:
    """Read the rows of platforms or shops: one row, or a list of dated ones that do not overlap."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        sheet.wrong((where,), "expected a mapping of rows", "应为映射：名称对应一行")
        return {}
    rows = {}
    for name, said in value.items():
        path: Path = (where, name)
        _check_name(sheet, path, name, shop=not inherits)
        if isinstance(said, list):
            rows[name] = tuple(
                _row(sheet, (*path, number), each, inherits=inherits) for number, each in enumerate(said)
            )
            _in_order(sheet, path, rows[name])
        else:
            rows[name] = (_row(sheet, path, {} if said is None else said, inherits=inherits),)
    return rows


def _check_name(sheet: Sheet, path: Path, name: str, *, shop: bool) -> None:
    if shop and (name.count(":") != _SHOP_PARTS - 1 or not all(name.split(":"))):
        sheet.wrong(path, "expected channel:shop, as in jd:main", "应为 渠道:店铺，如 jd:main", at_key=True)
    if not shop and not readers.WORD.fullmatch(name):
        sheet.wrong(
            path,
            "expected a name in lower case, as in wechat_shop",
            "应为小写名称，如 wechat_shop",
            at_key=True,
        )


def _row(sheet: Sheet, path: Path, value: object, *, inherits: bool) -> DatedRow:
    known = (*(["inherit"] if inherits else []), *DATES, *PARTS)
    said = sheet.mapping(path, value, known)
    found = read_figures(sheet, path, said)
    start, end = read_dates(sheet, path, said)
    inherit = sheet.take((*path, "inherit"), said["inherit"], readers.text) if said.get("inherit") else ""
    return DatedRow(
        source=words(path), place=path, start=start, end=end, inherit=inherit or "",
        figures=found.figures, evidence=found.evidence,
    )  # fmt: skip


def read_dates(
    sheet: Sheet, path: Path, said: Mapping[str, Any], names: tuple[str, str] = ("from", "to")
) -> tuple[datetime | None, datetime | None]:
    """Read from when until when; null or nothing is for ever."""
    read = readers.nullable(readers.moment)
    start, end = (sheet.take((*path, name), said.get(name), read) for name in names)
    first = start if isinstance(start, datetime) else None
    last = end if isinstance(end, datetime) else None
    if first and last and last <= first:
        sheet.wrong((*path, names[1]), "ends before it begins", "结束时间不晚于开始时间")
    return first, last


def _in_order(sheet: Sheet, path: Path, rows: Collection[DatedRow]) -> None:
    """Refuse two rows for one moment, and a stretch of time between rows that has none."""
    numbered = list(enumerate(rows))
    for number, row in numbered:
        for earlier, other in numbered[:number]:
            if row.meets(other):
                sheet.wrong(
                    (*path, number), f"is in force at the same time as row {earlier}",
                    f"与第 {earlier} 行的生效时间重叠",
                )  # fmt: skip
    if sheet.problems:
        return
    dated = sorted(numbered, key=lambda each: (each[1].start is not None, each[1].start))
    for (_, before), (number, after) in pairwise(dated):
        if before.end != after.start:
            sheet.wrong((*path, number), "leaves a gap after the row before it", "与前一行之间存在空档")


CAMPAIGN = ("id", "name", "platforms", "shops", *DATES, *(part for part in PARTS if part != "name"))


def read_campaigns(sheet: Sheet, value: object, platforms: Collection[str]) -> tuple[Campaign, ...]:
    """Read the campaigns; two that set one figure of one order are refused."""
    listed = sheet.listed(("campaigns",), [] if value is None else value)
    campaigns = tuple(
        _campaign(sheet, ("campaigns", number), each, platforms) for number, each in enumerate(listed)
    )
    for number, one in enumerate(campaigns):
        for other in campaigns[:number]:
            _check_pair(sheet, number, one, other)
    return campaigns


def _campaign(sheet: Sheet, path: Path, value: object, platforms: Collection[str]) -> Campaign:
    said = sheet.mapping(path, value, CAMPAIGN, needed=("id", "name", *DATES))
    blocks = {part: each for part, each in said.items() if part not in {"id", "name"}}
    found = read_figures(sheet, path, blocks)
    start, end = read_dates(sheet, path, said)
    for name, each in zip(DATES, (start, end), strict=True):
        if each is None and name in said and said[name] is None:
            sheet.wrong((*path, name), "a campaign begins and ends", "活动必须有起止时间")
    own = sheet.take((*path, "id"), said.get("id", ""), readers.text) if "id" in said else None
    return Campaign(
        source=f"campaigns.{own or path[-1]}", place=path, id=own or "", name=read_words(sheet, (*path, "name"), said.get("name")),
        start=start, end=end, figures=found.figures, evidence=found.evidence,
        platforms=_scope(sheet, (*path, "platforms"), said, platforms), shops=_scope(sheet, (*path, "shops"), said),
    )  # fmt: skip


def _scope(
    sheet: Sheet, path: Path, said: Mapping[str, Any], known: Collection[str] | None = None
) -> tuple[str, ...]:
    name = str(path[-1])
    found = []
    for number, each in enumerate(sheet.listed(path, said[name]) if name in said else []):
        read = sheet.take((*path, number), each, readers.text)
        if read and known is not None and read not in known:
            sheet.wrong((*path, number), f"unknown platform {read}", f"未知的平台 {read}")
        found.append(read or "")
    return tuple(found)


def _check_pair(sheet: Sheet, number: int, one: Campaign, other: Campaign) -> None:
    path: Path = ("campaigns", number)
    if one.id and one.id == other.id:
        sheet.wrong((*path, "id"), f"{one.id} stands twice", f"{one.id} 重复")
    both = sorted(set(one.figures) & set(other.figures))
    if one.same_orders(other) and both:
        figure = both[0]
        sheet.wrong(
            (*path, *figure.split(".")),
            f"campaign {other.id} sets {figure} of the same orders at the same time",
            f"活动 {other.id} 在同一时间对同样的订单设置了 {figure}",
        )


def read_words(sheet: Sheet, path: Path, value: object) -> Words:
    """Read words in both languages; what is wrong is noted and left empty."""
    if value is None:
        return Words(zh="", en="")
    said = sheet.mapping(path, value, ("zh", "en"), needed=("zh", "en"))
    zh, en = (
        sheet.take((*path, name), said[name], readers.text) if name in said else "" for name in ("zh", "en")
    )
    return Words(zh=zh or "", en=en or "")
