"""Compare what the outside world received with what we hold, order by order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from oms.cli.case_verdict import case_complaints, case_figures
from oms.cli.rule_figures import RuleFigures, fine_complaints, fine_figures
from oms.cli.timetable import Row
from oms.cli.told import ToldFigures
from oms.domain.book import OrderRow
from oms.domain.model import Fact
from oms.domain.stages import ENDED, Outcome, Stage

SHOWN_MISMATCHES = 20


class ByChannel(Fact):
    """The figures of one channel."""

    offered: int
    finished: int
    missed: int
    duplicated: int


class Verdict(Fact):
    """The figures of a run; `agrees` says whether they are what they should be."""

    offered: int
    started: int
    completed: int
    cancelled: int
    missed: int
    duplicated: int
    double_shipped: int
    sla_alerts: int
    history_events_p50: int
    orders_per_second: float
    finished: int
    open_expected: int
    shipped_after_cancel: int
    misdirected: int
    """Orders of which a parcel left to a phone that is not the buyer's, such as a masked one."""
    seconds: float
    seed: int
    pace: int
    by_channel: Mapping[str, ByChannel]
    after_sales: int = 0
    """What buyers have asked for after the sale."""
    after_sales_settled: int = 0
    """How many of them ended as they should."""
    events_sent: int = 0
    """What subscribers were told, each event once a subscriber."""
    events_lost: int = 0
    events_out_of_order: int = 0
    paid_to_ready_p99_s: float = 0.0
    """The rows of the timetable in seconds of business time; see `timetable` and docs/decisions/0018."""
    shipped_to_transit_p99_s: float = 0.0
    signed_to_completed_p99_s: float = 0.0
    timetable: Mapping[str, Row] = {}
    refunds_wrong: int = 0
    """Money given back twice, without the goods, above what was paid, or because nobody had answered in time."""
    gate_refusals: int = 0
    """How often the compliance gate has refused an order, each rule once."""
    locks: int = 0
    reviews: int = 0
    """Reviews that the rules have asked for; an order may have several."""
    escalations: int = 0
    fined: int = 0
    """Orders that their platform would fine for what we decide: a forbidden courier, a parcel before its day."""
    late: int = 0
    """Orders that left after a time that their platform had promised for just them; on a busy machine some do."""
    mismatches: tuple[str, ...]
    """One sentence an order that is not as it should be."""

    @property
    def agrees(self) -> bool:
        """Every order offered was started and ended as expected, exactly once."""
        nothing_wrong = not (
            self.missed
            or self.duplicated
            or self.double_shipped
            or self.shipped_after_cancel
            or self.misdirected
            or self.refunds_wrong
            or self.events_lost
            or self.events_out_of_order
            or self.fined
        )
        everything_there = self.offered == self.started == self.finished + self.open_expected
        return nothing_wrong and everything_there and not self.mismatches


class Evidence(Fact):
    """What is compared: our rows, our workflows, the oracle's verdicts, and the figures measured."""

    oracle: Mapping[str, Any]
    rows: tuple[OrderRow, ...]
    workflows: Mapping[str, int]
    """Order number to how many workflows were ever started for it."""
    history_lengths: tuple[int, ...]
    told: ToldFigures | None = None
    """None: the run had no subscribers."""
    timetable: Mapping[str, Row] = {}
    rules: RuleFigures = RuleFigures()
    sla_alerts: int
    seconds: float
    seed: int
    pace: int


def judge(evidence: Evidence) -> Verdict:
    """Say how the run went."""
    expected: Mapping[str, Mapping[str, Any]] = evidence.oracle["orders"]
    rows = _by_number(evidence.rows)
    ended = [row for row in evidence.rows if row.stage in ENDED and row.key.number in expected]
    doubles = [
        number
        for number in expected
        if len(rows.get(number, ())) > 1 or evidence.workflows.get(number, 0) > 1
    ]
    stages = Counter(row.stage for row in ended)
    return Verdict(
        offered=evidence.oracle["offered"],
        started=sum(1 for number in expected if rows.get(number)),
        completed=stages[Stage.COMPLETED],
        cancelled=stages[Stage.CANCELLED],
        missed=sum(1 for number in expected if not rows.get(number)),
        duplicated=len(doubles),
        double_shipped=len(evidence.oracle["double_shipped"]),
        finished=len(ended),
        open_expected=sum(
            1 for n, view in expected.items() if view["expected"] == "open" and _open(rows.get(n, ()))
        ),
        shipped_after_cancel=len(evidence.oracle["shipped_after_cancel"]),
        misdirected=len(evidence.oracle["misdirected"]),
        **_measured(evidence, len(ended)),
        **case_figures(evidence.oracle),
        **fine_figures(evidence.oracle),
        **evidence.rules.model_dump(),
        by_channel=_by_channel(expected, rows, ended, doubles),
        mismatches=_mismatches(evidence, rows, doubles),
    )


def _measured(evidence: Evidence, ended: int) -> dict[str, Any]:
    """What was measured, as it stands in the verdict."""
    seconds = max(evidence.seconds, 0.001)
    told = (
        evidence.told.model_dump(include={"events_sent", "events_lost", "events_out_of_order"})
        if evidence.told
        else {}
    )
    return {
        "sla_alerts": evidence.sla_alerts,
        "history_events_p50": round(median(evidence.history_lengths)) if evidence.history_lengths else 0,
        "orders_per_second": round(ended / seconds, 2),
        "seconds": round(seconds, 1),
        "seed": evidence.seed,
        "pace": evidence.pace,
        "timetable": evidence.timetable,
        **{f"{name}_p99_s": row.p99_s for name, row in evidence.timetable.items()},
        **told,
    }


def _mismatches(
    evidence: Evidence, rows: Mapping[str, Sequence[OrderRow]], doubles: Sequence[str]
) -> tuple[str, ...]:
    expected: Mapping[str, Mapping[str, Any]] = evidence.oracle["orders"]
    complaints = [
        f"{n}: {complaint}"
        for n, view in expected.items()
        for complaint in _complaints(view, rows.get(n, ()))
    ]
    complaints += [f"{n}: is not an order that was offered" for n in rows if n not in expected]
    complaints += [f"{n}: has {evidence.workflows.get(n, 0)} workflows" for n in doubles]
    return (*complaints, *fine_complaints(evidence.oracle), *case_complaints(evidence.oracle))


def _by_channel(
    expected: Mapping[str, Mapping[str, Any]],
    rows: Mapping[str, Sequence[OrderRow]],
    ended: Sequence[OrderRow],
    doubles: Sequence[str],
) -> dict[str, ByChannel]:
    channel_of = {number: str(view["channel"]) for number, view in expected.items()}
    offered = Counter(channel_of.values())
    finished = Counter(channel_of[row.key.number] for row in ended)
    missed = Counter(channel_of[number] for number in expected if not rows.get(number))
    duplicated = Counter(channel_of[number] for number in doubles)
    return {
        name: ByChannel(
            offered=offered[name], finished=finished[name], missed=missed[name], duplicated=duplicated[name]
        )
        for name in sorted(offered)
    }


def _by_number(rows: Sequence[OrderRow]) -> dict[str, list[OrderRow]]:
    found: dict[str, list[OrderRow]] = {}
    for row in rows:
        found.setdefault(row.key.number, []).append(row)
    return found


def _open(rows: Sequence[OrderRow]) -> bool:
    return any(row.stage not in ENDED for row in rows)


def _complaints(view: Mapping[str, Any], rows: Sequence[OrderRow]) -> list[str]:
    if not rows:
        return ["never reached us"]
    row, wanted = rows[0], view["expected"]
    complaints = []
    if wanted == "open" and row.stage in ENDED:
        complaints.append(f"should still be open and is {row.stage}")
    fine = (
        {Outcome.COMPLETED, Outcome.PARTLY_COMPLETED} if view.get("given_up_pieces") else {Outcome.COMPLETED}
    )
    if wanted == "completed" and (row.stage != Stage.COMPLETED or row.outcome not in fine):
        complaints.append(f"should be completed and is {_where(row)}")
    if wanted == "cancelled" and row.stage != Stage.CANCELLED:
        complaints.append(f"should be cancelled and is {_where(row)}")
    if not view["settled"]:
        complaints.append(f"the outside world sees it unsettled: {_world(view)}")
    if view["write_backs"] > view["shipped_parcels"]:
        complaints.append(f"{view['shipped_parcels']} parcels were written back {view['write_backs']} times")
    return complaints


def _where(row: OrderRow) -> str:
    ended = row.stage in ENDED
    outcome = f" as {row.outcome}" if row.outcome and row.outcome != row.stage else ""
    return f"{row.stage}{outcome}" if ended else f"{row.stage}: {row.why_here}"


def _world(view: Mapping[str, Any]) -> str:
    names = (
        "platform_status",
        "delivery_orders",
        "shipped_parcels",
        "write_backs",
        "signed",
        "cancelled_at_wms",
    )
    return ", ".join(f"{name} {view.get(name)}" for name in names)
