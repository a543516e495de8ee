"""The rule table: every platform's rules with their dates, its clock and its rules, under one version."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

from pydantic import PrivateAttr

from oms.clock import wall_clock
from oms.domain.aftersales.grounds import CasePolicy
from oms.domain.deadlines import Policy
from oms.domain.model import Fact, Moment
from oms.rules import readers
from oms.rules.conditions import read_clock, read_rules
from oms.rules.document import Document, read_document
from oms.rules.document import Path as Place
from oms.rules.layers import read_campaigns, read_dates, read_defaults, read_rows
from oms.rules.problems import Problem, Wrong, WrongRule
from oms.rules.resolving import Layers, Resolved, Version, contradictions, resolve
from oms.rules.row import PlatformRules
from oms.rules.rows import Campaign, ClockRow, DatedRow, Layer, RuleRow
from oms.rules.sheet import Sheet

__all__ = ["TABLE", "PlatformRules", "Problem", "RuleTable", "WrongRule", "parse_table", "read_table"]

T = TypeVar("T")
TABLE = Path(__file__).with_name("table.yaml")
SCHEMA = 2
ZONE = "Asia/Shanghai"
NEEDED = (
    "schema", "table_version", "timezone", "effective_from", "effective_to", "defaults", "platforms", "clock", "rules",
)  # fmt: skip
KNOWN = (*NEEDED[:7], "shops", "campaigns", *NEEDED[7:])
MOST_CACHED = 4096


class RuleTable(Fact):
    """Every platform's rules and the version they carry. Any number of threads may ask."""

    schema_version: int
    version: str
    digest: str
    """SHA-256 of what it says, whatever its comments and line breaks."""
    effective_from: Moment
    effective_to: Moment | None
    defaults: PlatformRules
    lowest: Layer
    """The defaults as they were read."""
    platforms: Mapping[str, tuple[DatedRow, ...]]
    shops: Mapping[str, tuple[DatedRow, ...]]
    campaigns: tuple[Campaign, ...]
    clock: tuple[ClockRow, ...]
    rules: tuple[RuleRow, ...]
    _rows: dict[tuple[str, str, int], Resolved] = PrivateAttr(default_factory=dict)
    _prepared: dict[str, Any] = PrivateAttr(default_factory=dict)
    _boundaries: tuple[datetime, ...] | None = PrivateAttr(default=None)

    def resolved(self, platform: str, shop: str = "", at: datetime | None = None) -> Resolved:
        """Return a platform's row at a moment (None: now), worked out once; the defaults for a platform without a row."""
        edges = self._boundaries
        if edges is None:
            edges = self._boundaries = self.layers.boundaries()
        moment = at or wall_clock()
        key = (platform, shop if shop in self.shops or self.campaigns else "", bisect_right(edges, moment))
        known = self._rows.get(key)
        if known is None:
            if len(self._rows) >= MOST_CACHED:
                self._rows.clear()
            layers = self.layers.of(platform, shop, moment)
            known = self._rows[key] = resolve(
                layers, platform, Version(self.version, self.digest, self.clock)
            )
        return known

    def prepared(self, name: str, prepare: Callable[["RuleTable", Any], T]) -> T:
        """Return what somebody made of this table under a name, made once."""
        if name not in self._prepared:
            self._prepared[name] = prepare(self, name)
        found: T = self._prepared[name]
        return found

    @property
    def layers(self) -> Layers:
        """Everything that lies over each other."""
        return Layers(self.lowest, self.platforms, self.shops, self.campaigns)

    def row(self, platform: str, shop: str = "", at: datetime | None = None) -> PlatformRules:
        """Return the rules in force at a moment (None: now): defaults, inherited, platform, shop, campaigns."""
        return self.resolved(platform, shop, at).rules

    def policy(self, platform: str, shop: str = "", at: datetime | None = None) -> Policy:
        """Return the figures an order of this platform carries with it."""
        return self.resolved(platform, shop, at).policy

    def case_policy(self, platform: str, shop: str = "", at: datetime | None = None) -> CasePolicy:
        """Return the figures an after-sale of this platform carries with it."""
        return self.resolved(platform, shop, at).case_policy

    def __eq__(self, other: object) -> bool:
        """Two tables that say the same are the same."""
        return isinstance(other, RuleTable) and self.digest == other.digest

    def __hash__(self) -> int:
        """By what it says."""
        return hash(self.digest)


def read_table(path: Path = TABLE) -> RuleTable:
    """Read and check a table. Raises WrongRule with every fault and its place."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        fault = Problem(path="", line=1, column=1, en="not a text in UTF-8", zh="不是 UTF-8 文本")
        raise WrongRule(path.name, [fault]) from None
    return parse_table(text, path.name)


def parse_table(text: str, name: str) -> RuleTable:
    """Read and check a table's text. Raises WrongRule with every fault and its place."""
    return table_of(read_document(text, name), name)


def table_of(document: Document, name: str) -> RuleTable:
    """Check what a file says. Raises WrongRule with every fault and its place."""
    sheet = Sheet(document)
    read = _read(sheet)
    if not sheet.problems:
        _check_rows(sheet, read)
    if sheet.problems:
        raise WrongRule(name, sheet.problems)
    text = json.dumps(document.content, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    defaults = resolve([read["lowest"]], "", Version(read["version"], digest)).rules
    return RuleTable(**read, digest=digest, defaults=defaults)


def _read(sheet: Sheet) -> dict[str, Any]:
    said = sheet.mapping((), sheet.document.content, KNOWN, needed=NEEDED)
    taken = {name: sheet.take((name,), said[name], read) for name, read in _HEAD.items() if name in said}
    start, end = read_dates(sheet, (), said, ("effective_from", "effective_to"))
    if "effective_from" in said and said["effective_from"] is None:
        sheet.wrong(("effective_from",), "a table begins at a moment", "必须写明生效时间")
    platforms = read_rows(sheet, "platforms", said.get("platforms"), inherits=True)
    return {
        "schema_version": taken.get("schema"), "version": taken.get("table_version"),
        "effective_from": start, "effective_to": end,
        "lowest": read_defaults(sheet, said["defaults"]) if "defaults" in said else None,
        "platforms": platforms, "shops": read_rows(sheet, "shops", said.get("shops"), inherits=False),
        "campaigns": read_campaigns(sheet, said.get("campaigns"), platforms),
        "clock": read_clock(sheet, said.get("clock", [])), "rules": read_rules(sheet, said.get("rules", [])),
    }  # fmt: skip


def _schema(value: object) -> int:
    if value != SCHEMA or isinstance(value, bool):
        raise Wrong(f"expected schema {SCHEMA}", f"应为 schema {SCHEMA}")
    return SCHEMA


_HEAD: Mapping[str, readers.Read] = {
    "schema": _schema,
    "table_version": readers.text,
    "timezone": readers.choice((ZONE,)),
}


def _check_rows(sheet: Sheet, read: dict[str, Any]) -> None:
    """Refuse what is only seen in whole rows: a circle of platforms that inherit, figures that contradict each other."""
    layers = Layers(read["lowest"], read["platforms"], read["shops"], read["campaigns"])
    _check_inheritance(sheet, layers)
    if sheet.problems:
        return
    told: set[Place] = set()
    for at in (read["effective_from"], *layers.boundaries()):
        for platform, shop in product(("", *layers.platforms), ("", *layers.shops)):
            there = layers.of(platform, shop, at)
            places = {layer.source: layer.place for layer in there}
            whole = resolve(there, platform, Version("", "")).rules
            for fault in contradictions(whole):
                place = (*places[whole.sources[fault.figure]], *fault.figure.split("."))
                if place not in told:
                    told.add(place)
                    sheet.wrong(place, fault.en, fault.zh)


def _check_inheritance(sheet: Sheet, layers: Layers) -> None:
    for name, rows in layers.platforms.items():
        for row in rows:
            if not row.inherit:
                continue
            place: Place = (*row.place, "inherit")
            if row.inherit not in layers.platforms:
                sheet.wrong(place, f"unknown platform {row.inherit}", f"未知的平台 {row.inherit}")
            elif name in _ancestors(layers, row.inherit):
                sheet.wrong(place, f"{name} inherits from itself", f"{name} 循环继承自身")


def _ancestors(layers: Layers, name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting.extend(row.inherit for row in layers.platforms.get(each, ()) if row.inherit)
    return found
