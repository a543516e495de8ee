"""`calls`: what was asked of platforms, warehouses and carriers, and what came back."""

from datetime import timedelta
from typing import Annotated

import typer

from activities.calls import pruned
from oms.cli.moments import moment_of
from oms.cli.options import AsJson
from oms.cli.output import Trouble
from oms.cli.place import Place
from oms.clock import wall_clock
from oms.domain.calls import FAILED, CallResult
from oms.store import CallQuery, CallStatistics, LoggedCall

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Look at the calls to platforms, warehouses, carriers, payment gateways and subscribers.",
)
Since = Annotated[
    str,
    typer.Option(help="How long back, as 90m, 6h or 2d, or from when, as 2026-11-23 or 2026-11-23T08:30."),
]
WITHOUT_END = 1_000_000


@app.command("list")
def list_(
    context: typer.Context,
    shop: Annotated[str | None, typer.Option(help="Only of this shop, and for its orders.")] = None,
    system: Annotated[str, typer.Option(help="Only of this system, e.g. taobao, qimen, kuaidi100.")] = "",
    interface: Annotated[str, typer.Option(help="Only of this interface, as `calls summary` names it.")] = "",
    failed: Annotated[bool, typer.Option("--failed", help="Only those that failed.")] = False,
    since: Since = "",
    order: Annotated[str | None, typer.Option(help="Only for this order.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List calls, newest first.

    Examples:

    ```
    starter.py calls list --shop taobao:flagship --failed --since 6h
    starter.py calls list --order 1001
    starter.py calls list --system qimen --since 2026-11-23T08:00 --json | jq -r '.[].duration_ms'
    ```
    """
    place: Place = context.obj
    query = CallQuery(
        shop=str(place.shop(shop)) if shop else "", system=system, interface=interface, failed=failed,
        order=str(place.order(order)) if order else "",
        since=moment_of(since, wall_clock()) if since else None,
    )  # fmt: skip
    rows = [_row(kept) for kept in place.store().calls.find(query, limit)]
    place.output.rows("Calls, newest first", rows, as_json=as_json, none="none of this kind")


@app.command()
def show(
    context: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="ID", help="Which call, by the id that `calls list` shows.")
    ],
    as_json: AsJson = False,
) -> None:
    """Show all that was noted of one call; of a failure, the beginning of its answer without anything personal.

    Example:

    ```
    starter.py calls show 4711
    ```
    """
    place: Place = context.obj
    kept = place.store().calls.get(number)
    if kept is None:
        raise Trouble(f"no call has the id {number}", "`starter.py calls list` shows those that are kept")
    facts = {"id": kept.id, **kept.call.model_dump(exclude={"marks"})}
    facts["marks"] = [f"{kind}: {value}" for kind, value in kept.call.marks]
    place.output.facts(f"Call {number}", facts, as_json=as_json)


@app.command()
def summary(
    context: typer.Context,
    since: Since = "24h",
    shops: Annotated[bool, typer.Option("--by-shop", help="One row for each shop of an interface.")] = False,
    as_json: AsJson = False,
) -> None:
    """Sum up how each interface did: calls, failures, durations, the last success and the last failure.

    Examples:

    ```
    starter.py calls summary
    starter.py calls summary --since 15m --by-shop --json
    ```
    """
    place: Place = context.obj
    now = wall_clock()
    found = place.store().calls.statistics(moment_of(since, now), now, by_shop=shops)
    rows = [_sum(one, by_shop=shops) for one in found]
    place.output.rows("Calls by interface", rows, as_json=as_json, none="no call since then")


@app.command()
def prune(
    context: typer.Context,
    days: Annotated[
        int | None, typer.Option(min=1, help="Keep so many days instead of OMS_KEEP_CALLS_DAYS.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Forget old calls now, in small batches; the watch does the same by itself.

    Example:

    ```
    starter.py calls prune --days 7
    ```
    """
    place: Place = context.obj
    kept_days = place.settings().keep_calls_days if days is None else days
    before, store = wall_clock() - timedelta(days=kept_days), place.store()
    with place.output.err.status("forgetting old calls"):
        forgotten = pruned(store, before, WITHOUT_END)
    place.output.facts("Old calls", {"forgotten": forgotten, "kept_days": kept_days}, as_json=as_json)


def _row(kept: LoggedCall) -> dict[str, object]:
    call = kept.call
    return {
        "id": kept.id, "at": call.at, "system": call.system, "interface": call.interface, "version": call.version,
        "shop": call.shop, "order": call.order, "attempt": call.attempt, "ms": call.duration_ms,
        "status": call.status, "result": str(call.result), "request_id": call.request_id, "excerpt": call.excerpt,
    }  # fmt: skip


def _sum(one: CallStatistics, *, by_shop: bool) -> dict[str, object]:
    failures = ", ".join(
        f"{count} {result}" for result, count in sorted(one.counts.items()) if result in FAILED
    )
    return {
        "interface": one.key, **({"shop": one.shop} if by_shop else {}), "calls": one.total, "failed": one.failed,
        "failures": failures, "refused": one.counts.get(CallResult.REFUSED, 0), "p50_ms": one.p50_ms,
        "p95_ms": one.p95_ms, "last_ok": one.last_ok_at, "last_failed": one.last_failed_at,
        "clock_skew_seconds": one.skew_seconds,
    }  # fmt: skip
