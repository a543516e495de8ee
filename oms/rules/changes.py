"""What another version of the table changes: figure by figure, for whom and from when; rules and rungs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from oms.domain.model import Fact, Moment
from oms.rules.rows import ClockRow, RuleRow
from oms.rules.table import RuleTable


class FigureChange(Fact):
    """A figure that is another one under the new table."""

    path: str
    before: Any
    after: Any
    where: tuple[str, ...]
    """Platforms, and shops (`channel:shop`) for which it differs from their platform's."""
    since: Moment | None = None
    """None: as soon as the table is in force."""
    until: Moment | None = None
    """None: for good."""


class Edit(Fact):
    """One part of a row that reads otherwise."""

    part: str
    before: str
    after: str


class RowChange(Fact):
    """A rule, or a rung of the clock, that is new, gone or another one."""

    of: Literal["rule", "clock"]
    id: str
    change: Literal["added", "removed", "changed", "moved"]
    """Moved: the same row at another place; of several rules the earlier one is told first."""
    edits: tuple[Edit, ...] = ()


class Changes(Fact):
    """Everything that differs between two tables."""

    before: str
    after: str
    platforms_added: tuple[str, ...] = ()
    platforms_removed: tuple[str, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    rows: tuple[RowChange, ...] = ()

    @property
    def nothing(self) -> bool:
        """Both tables decide alike; only words or grades may differ."""
        return not (self.platforms_added or self.platforms_removed or self.figures or self.rows)


class _Scope(NamedTuple):
    platform: str
    shop: str


class _Run(NamedTuple):
    path: str
    before: Any
    after: Any
    since: datetime | None
    until: datetime | None


def changes(
    before: RuleTable, after: RuleTable, at: datetime, shops: Mapping[str, str] | None = None
) -> Changes:
    """Compare two tables at a moment, and at every later one at which a dated row or a campaign begins or ends.

    `shops`: by which row each shop (`channel:shop`) lives.
    """
    both = sorted({*before.platforms} & {*after.platforms})
    scopes = [_Scope(platform, "") for platform in both]
    scopes += [_Scope(platform, shop) for shop, platform in sorted((shops or {}).items()) if platform in both]
    moments = [at, *_turns(before, after, at)]
    found: dict[_Run, list[str]] = {}
    for scope in scopes:
        for run in _runs(before, after, scope, moments):
            if not (scope.shop and scope.platform in found.get(run, ())):
                found.setdefault(run, []).append(scope.shop or scope.platform)
    return Changes(
        before=before.version, after=after.version,
        platforms_added=tuple(sorted({*after.platforms} - {*before.platforms})),
        platforms_removed=tuple(sorted({*before.platforms} - {*after.platforms})),
        figures=tuple(FigureChange(**run._asdict(), where=tuple(where)) for run, where in found.items()),
        rows=(*_row_changes("rule", before.rules, after.rules), *_row_changes("clock", before.clock, after.clock)),
    )  # fmt: skip


def _runs(before: RuleTable, after: RuleTable, scope: _Scope, moments: Sequence[datetime]) -> Iterator[_Run]:
    """Tell how long each figure of a scope is how much another one."""
    open_ones: dict[str, _Run] = {}
    for number, moment in enumerate(moments):
        olds = before.resolved(scope.platform, scope.shop, moment).figures
        news = after.resolved(scope.platform, scope.shop, moment).figures
        for path, old in olds.items():
            known, now = open_ones.get(path), (old, news[path])
            if known and (known.before, known.after) != now:
                yield open_ones.pop(path)._replace(until=moment)
            if path not in open_ones and old != news[path]:
                open_ones[path] = _Run(path, old, news[path], moment if number else None, None)
    yield from open_ones.values()


def _turns(before: RuleTable, after: RuleTable, at: datetime) -> list[datetime]:
    return sorted(
        {moment for table in (before, after) for moment in table.layers.boundaries() if moment > at}
    )


def _row_changes(
    of: Literal["rule", "clock"], before: Sequence[RuleRow | ClockRow], after: Sequence[RuleRow | ClockRow]
) -> list[RowChange]:
    olds, news = {row.id: row for row in before}, {row.id: row for row in after}
    found = [RowChange(of=of, id=id_, change="removed") for id_ in olds if id_ not in news]
    kept = [id_ for id_ in olds if id_ in news]
    places = {id_: place for place, id_ in enumerate(id_ for id_ in news if id_ in olds)}
    for id_, row in news.items():
        if id_ not in olds:
            found.append(RowChange(of=of, id=id_, change="added"))
        elif edits := _edits(olds[id_], row):
            found.append(RowChange(of=of, id=id_, change="changed", edits=edits))
        elif of == "rule" and kept[places[id_]] != id_:
            found.append(RowChange(of=of, id=id_, change="moved"))
    return found


def _edits(before: RuleRow | ClockRow, after: RuleRow | ClockRow) -> tuple[Edit, ...]:
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return tuple(
        Edit(part=part, before=str(value), after=str(new.get(part)))
        for part, value in old.items()
        if value != new.get(part)
    )
