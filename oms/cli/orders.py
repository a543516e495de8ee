"""`order`: look at one order, and ask it for something."""

import asyncio
from typing import Annotated

import typer

from oms.cli.commands import command
from oms.cli.intake import intake_counter
from oms.cli.options import AsJson
from oms.cli.output import Trouble
from oms.cli.place import Place
from oms.domain.book import OrderRow
from oms.domain.messages import (
    Acknowledge,
    AddNote,
    ApproveReview,
    CancelOrder,
    LiftLock,
    PlaceHold,
    ReleaseHold,
    Way,
)
from oms.domain.money import fen_to_yuan
from oms.web.tokens import buyers_link

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Look at orders, and ask them for something. ORDER is channel:shop:number, our OL… id, "
    "or just the number when there is only one shop.",
)
Order = Annotated[str, typer.Argument(help="e.g. woocommerce:main:1001, OLABC…, or 1001", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Who asks; stands in the timeline.")]
Why = Annotated[str, typer.Option("--why", help="Why; stands in the timeline.")]
OPERATOR = "operator"


@app.command("list")
def list_(
    context: typer.Context,
    stage: Annotated[str | None, typer.Option(help="Only this stage, e.g. awaiting_payment")] = None,
    hold: Annotated[str | None, typer.Option(help="Only with this hold, e.g. out_of_stock")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 30,
    as_json: AsJson = False,
) -> None:
    """List orders: where each is, and why.

    Examples:

    ```
    starter.py order list --hold first_buyer
    starter.py order list --stage released --json | jq length
    ```
    """
    place: Place = context.obj
    rows = [_line(row) for row in place.store().orders.list(stage=stage, hold=hold, limit=limit)]
    place.output.rows("Orders", rows, as_json=as_json)


def _line(row: OrderRow) -> dict[str, object]:
    return {
        "order": str(row.key), "id": row.business_id, "stage": row.stage, "holds": list(row.holds),
        "yuan": fen_to_yuan(row.total_fen), "next_deadline": row.next_deadline, "why_here": row.why_here,
    }  # fmt: skip


@app.command()
def show(context: typer.Context, order: Order, as_json: AsJson = False) -> None:
    """Show where an order is, why, its parcels, and everything that happened to it.

    Examples:

    ```
    starter.py order show 1001
    starter.py order show woocommerce:main:1001 --json | jq .timeline
    ```
    """
    place: Place = context.obj
    key = place.order(order)
    orders = place.store().orders
    view = orders.get(key)
    if view is None:
        raise Trouble(
            f"no order {key} is known here", "not here yet? `starter.py order resync` asks the shop for it"
        )
    timeline = orders.timeline(key)
    followed_at = buyers_link(place.settings(), view.row.business_id)
    if as_json:
        changes = [change.model_dump(mode="json") for change in timeline]
        place.output.json({**view.model_dump(mode="json"), "timeline": changes, "tracking": followed_at})
        return
    row = view.row.model_dump(exclude={"key", "seq", "total_fen", "platform_fingerprint"})
    place.output.facts(
        f"Order {key}",
        {**row, "total": f"{fen_to_yuan(view.row.total_fen)} {row.pop('currency')}", "tracking": followed_at},
        as_json=False,
    )
    parcels = [
        {"waybill": p.waybill, "carrier": p.carrier, "state": str(p.state), "shipped": p.shipped_at,
         "signed": p.delivered_at, "written_back": p.written_back}
        for p in view.parcels
    ]  # fmt: skip
    place.output.rows("Parcels", parcels, as_json=False, none="none yet")
    events = [
        {"at": c.at, "who": c.actor, "what": c.what, "from": c.before, "to": c.after, "why": c.why}
        for c in timeline
    ]
    place.output.rows("Timeline", events, as_json=False)


@app.command()
def hold(context: typer.Context, order: Order, why: Why, by: By = OPERATOR, as_json: AsJson = False) -> None:
    """Stop an order at its next gate until somebody releases it.

    Example:

    ```
    starter.py order hold 1001 --why "buyer asked to wait until Monday" --by lin
    ```
    """
    command(context, order, "hold", PlaceHold(by=by, why=why), as_json=as_json)


@app.command()
def release(
    context: typer.Context, order: Order, why: Why,
    reason: Annotated[str, typer.Option("--hold", help="Which hold to lift.")] = "manual",
    lock: Annotated[bool, typer.Option("--lock", help="Free the order from its red lock instead.")] = False,
    by: By = OPERATOR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Lift a hold, so that the order goes on; or free it from a red lock.

    Examples:

    ```
    starter.py order release 1001 --why "buyer called: send it now"
    starter.py order release 1001 --hold compliance --why "address completed"
    starter.py order release 1001 --lock --why "carrier had lost the pick-up" --by zhang
    ```
    """
    if lock:
        command(context, order, "lift_lock", LiftLock(by=by, why=why), as_json=as_json)
    else:
        command(context, order, "release_hold", ReleaseHold(by=by, why=why, reason=reason), as_json=as_json)


@app.command()
def approve(
    context: typer.Context, order: Order, why: Why, by: By = OPERATOR, as_json: AsJson = False
) -> None:
    """Say that customer service has confirmed address and specification.

    Example:

    ```
    starter.py order approve 1001 --why "confirmed by phone" --by lin
    ```
    """
    command(context, order, "approve", ApproveReview(by=by, why=why), as_json=as_json)


@app.command()
def acknowledge(
    context: typer.Context, order: Order, why: Why,
    step: Annotated[str, typer.Option(help="Which alarm, e.g. escalate or lock; all open ones if left out.")] = "",
    by: By = OPERATOR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say that you look after an order's alarm, so that nobody else is called.

    Example:

    ```
    starter.py order acknowledge 1001 --why "the warehouse packs it this afternoon" --by zhang
    ```
    """
    command(context, order, "acknowledge", Acknowledge(by=by, why=why, step=step), as_json=as_json)


@app.command()
def cancel(
    context: typer.Context, order: Order, why: Why, by: By = OPERATOR, as_json: AsJson = False
) -> None:
    """Withdraw an order, with whatever undo its stage needs; the warehouse may refuse, and the order says so.

    Example:

    ```
    starter.py order cancel 1001 --why "buyer ordered twice" --by lin
    ```
    """
    command(context, order, "cancel", CancelOrder(by=by, why=why), as_json=as_json)


@app.command()
def note(
    context: typer.Context, order: Order, text: Annotated[str, typer.Argument(help="The note.")], by: By = OPERATOR,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Leave a note in an order's timeline. No names, phones or addresses: notes are not encrypted.

    Example:

    ```
    starter.py order note 1001 "buyer will be away until Friday" --by lin
    ```
    """
    command(context, order, "add_note", AddNote(by=by, why=text), as_json=as_json)


@app.command()
def resync(context: typer.Context, order: Order, as_json: AsJson = False) -> None:
    """Ask the shop for the order as it is now, and hand that to its workflow; harmless when nothing changed.

    Example:

    ```
    starter.py order resync 1001
    ```
    """
    place: Place = context.obj
    key = place.order(order)

    async def fetch_and_hand_on() -> dict[str, object]:
        async with intake_counter(place) as counter:
            if key.shop_key not in counter.channels:
                raise Trouble(f"no shop {key.shop_key} is configured", "see OMS_SHOPS_FILE")
            payload = await counter.channels[key.shop_key].fetch(key.number)
            if payload is None:
                raise Trouble(f"the shop {key.shop_key} knows no order {key.number}", "is the number right?")
            receipt = await counter.intake.receive(key.shop_key, Way.RESYNC, payload)
        return {"order": str(receipt.order or key), "became": receipt.status, "reason": receipt.reason}

    place.output.facts(f"Resync of {key}", asyncio.run(fetch_and_hand_on()), as_json=as_json)
