"""What the Temporal UI shows of workflows that are not orders: how they stand, in Markdown. No personal data."""

from typing import assert_never

from oms.domain.alerting import AlertState
from oms.domain.card import clock, plain
from oms.domain.errands import (
    PollDone,
    PollFailed,
    PollShop,
    ReportWritten,
    RulesSpread,
    SpreadRules,
    SweepDone,
    SweepShop,
    WatchDone,
)
from oms.domain.relaying import NotSubscribed, RelayEvents, Turn, TurnFailed, TurnOver, TurnStopped
from oms.domain.summaries import Words

Row = tuple[str, str]


def _card(title: str, *rows: Row) -> Words:
    facts = "  \n".join(f"**{name}:** {text}" for name, text in rows if text)
    return Words(f"### {title}\n\n{facts}")


def poll(errand: PollShop, answer: PollDone | PollFailed) -> Words:
    """How a poll went, and how far the shop is fetched; its after-sales, too."""
    cases = answer.after_sales
    after_sales = (("After-sales", _seen(cases)), _failure(cases)) if cases else ()
    return _card(str(errand.shop), ("Orders", _seen(answer)), _failure(answer), *after_sales)


def _seen(answer: PollDone | PollFailed) -> str:
    until = f"; fetched up to {clock(answer.cursor)}" if answer.cursor else ""
    if isinstance(answer, PollFailed):
        return f"failed, {answer.failures} in a row{until}"
    seen = f"{answer.seen} seen, {answer.delivered} new or changed, {answer.repeated} known"
    return f"{seen}, {answer.parked} parked{until}"


def _failure(answer: PollDone | PollFailed) -> Row:
    """Say whose turn it is; the reason of a failure stands in the result, for those who may read it."""
    if isinstance(answer, PollDone):
        return "", ""
    if answer.retired:
        return "Who must act", f"operations, at once: {answer.retired} does not exist any more"
    return "Who must act", "operations: three failures in a row are told" if answer.alert else "nobody yet"


def sweep(errand: SweepShop, done: SweepDone) -> Words:
    """What the comparison came to."""
    missed = ", ".join(done.which) or "none"
    cases = f"{done.after_sales} there, {done.after_sales_recovered} recovered" if done.after_sales else ""
    return _card(
        str(errand.shop), ("Platform", f"{done.platform} orders"), ("Ours", f"{done.ours} orders"),
        ("Recovered", f"{done.recovered}: {missed}" if done.recovered else "none"),
        ("Fetched late", str(done.late or "")), ("Parked", str(done.parked or "")), ("After-sales", cases),
    )  # fmt: skip


def relay(errand: RelayEvents, turn: Turn) -> Words:
    """Whether the subscriber takes what it is told, and who must act if not."""
    match turn:
        case TurnOver():
            rows: tuple[Row, ...] = (
                ("Where", f"it takes what it is told; {turn.delivered} in the last turn"),
            )
        case TurnFailed():
            rows = (
                ("Where", f"failed {turn.failures} times in a row; tried again"),
                ("Who must act", "nobody yet"),
            )
        case TurnStopped():
            command = f"`starter.py events resume {errand.subscriber}`"
            rows = (("Where", str(turn.state)), ("Who must act", f"operations: {command}"))
        case NotSubscribed():
            rows = (("Where", "the settings know no such subscriber any more"),)
        case _:
            assert_never(turn)
    return _card(errand.subscriber, *rows)


def report(written: ReportWritten) -> Words:
    """The figures of a report, and where it is."""
    figures = (
        f"{written.violations} (the period before: {written.violations_before}), {written.open} still open"
    )
    return _card(
        written.name, ("Violations", figures), ("Near misses", str(written.near_misses)),
        ("Orders", f"{written.concerned} of {written.orders} concerned"), ("In one sentence", written.headline),
        ("Files", ", ".join(written.files)),
    )  # fmt: skip


def parcels(done: WatchDone) -> Words:
    """What a round over the parcels came to."""
    return _card(
        "Silent parcels", ("Due", str(done.due)), ("Asked for", str(done.asked)),
        ("Learnt what no callback told", str(done.healed)), ("Followed anew", str(done.followed_again or "")),
        ("No first scan in time", str(done.at_risk or "")), ("Failed", str(done.failed or "")),
    )  # fmt: skip


def spread_begins(errand: SpreadRules) -> Words:
    """From when on the version is in force; nobody has been told yet."""
    return _card(
        f"Rules {errand.version}",
        ("In force from", clock(errand.effective_from)),
        ("Orders in flight", "not told yet"),
    )


def spread(errand: SpreadRules, done: RulesSpread) -> Words:
    """How many orders in flight were told of a version."""
    return _card(
        f"Rules {errand.version}",
        ("In force from", clock(errand.effective_from)),
        ("Orders in flight", done.words()),
    )


def alert(state: AlertState) -> Words:
    """How an alert stands; which person has it stands in its history only."""
    condition = state.condition
    who: str = "nobody: it is over" if state.over else condition.to
    if state.acknowledged_by and not state.over:
        who = f"the person of {condition.to} who has acknowledged it"
    return _card(
        condition.title, ("Where", f"{state.stage}, {condition.severity}"), ("What", plain(condition.kind)),
        ("Since", clock(condition.since)), ("Who must act", who), ("Order", condition.order), ("Shop", condition.shop),
        ("Orders concerned", str(state.orders or "")), ("Interface", condition.interface),
        ("Somebody else is called", clock(state.due) if state.due and not state.over else ""),
    )  # fmt: skip
