"""`aftersale`: look at what buyers wish for after the sale, and answer it."""

import asyncio
from collections.abc import Iterable
from typing import Annotated

import typer

from oms.cli.commands import ask_one
from oms.cli.intake import intake_counter
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.clock import wall_clock
from oms.domain.aftersale import AfterSale, AfterSaleKind, AfterSaleStatus
from oms.domain.aftersales.book import AfterSaleRow, run_of
from oms.domain.aftersales.messages import ApproveCase, RefuseCase, SendAgain, SetReturnWaybill
from oms.domain.ids import OrderKey
from oms.domain.messages import Command, Done
from oms.domain.money import fen_to_yuan, yuan_to_fen
from oms.ports import HasAfterSales
from oms.temporal.asking import the_case

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Look at after-sales, and answer them. CASE is channel:shop:id, or just the id.",
)
Case = Annotated[str, typer.Argument(help="e.g. taobao:main:88001 or 88001", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Who asks; stands in the timeline.")]
Why = Annotated[
    str, typer.Option("--why", help="Why; stands in the timeline. A refusal's is shown to the buyer.")
]
Amount = Annotated[str | None, typer.Option("--amount", help="Yuan, e.g. 88.00")]
OPERATOR = "operator"


@app.command("list")
def list_(
    context: typer.Context,
    status: Annotated[AfterSaleStatus | None, typer.Option(help="Only this status")] = None,
    held: Annotated[bool, typer.Option("--held", help="Only what waits for a person.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 30,
    as_json: AsJson = False,
) -> None:
    """List after-sales: where each is, and why.

    Examples:

    ```
    starter.py aftersale list --held
    starter.py aftersale list --status requested --json | jq length
    ```
    """
    place: Place = context.obj
    found = place.store().after_sales.list(
        status=status, open_only=not every and status is None, held=held, limit=limit
    )
    place.output.rows("After-sales", [_line(row) for row in found], as_json=as_json)


def _line(row: AfterSaleRow) -> dict[str, object]:
    return {
        "case": row.key, "order": str(row.order), "kind": row.kind, "status": row.status,
        "yuan": fen_to_yuan(row.refund_fen), "next_deadline": row.next_deadline, "why_here": row.why_here,
    }  # fmt: skip


@app.command()
def show(context: typer.Context, case: Case, as_json: AsJson = False) -> None:
    """Show where a case is, why, and everything that happened to it.

    Example:

    ```
    starter.py aftersale show 88001
    ```
    """
    place: Place = context.obj
    row = _find(place, case)
    timeline = place.store().after_sales.timeline(row.key)
    if as_json:
        place.output.json(
            {
                **row.model_dump(mode="json", exclude={"order"}),
                "order": str(row.order),
                "timeline": [change.model_dump(mode="json") for change in timeline],
            }
        )
        return
    about = row.line or "the whole order"
    place.output.facts(
        f"After-sale {row.key}",
        {
            "order": str(row.order), "kind": row.kind, "status": row.status, "platform says": row.raw_status,
            "why here": row.why_here, "about": about, "quantity": row.quantity, "yuan": fen_to_yuan(row.refund_fen),
            "next deadline": row.next_deadline, "then": row.next_deadline_text, "parcel back": row.waybill,
        },
        as_json=False,
    )  # fmt: skip
    events = [
        {"at": c.at, "who": c.actor, "what": c.what, "from": c.before, "to": c.after, "why": c.why}
        for c in timeline
    ]
    place.output.rows("Timeline", events, as_json=False)


@app.command()
def approve(
    context: typer.Context, case: Case, why: Why, amount: Amount = None,
    elsewhere: Annotated[bool, typer.Option("--elsewhere", help="It was done already on the platform's or the warehouse's pages.")] = False,
    by: By = OPERATOR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Agree to what the buyer wishes, or let a held case go on.

    Examples:

    ```
    starter.py aftersale approve 88001 --why "size does not fit" --by lin
    starter.py aftersale approve 1001-1 --why "agreed by phone" --amount 50.00
    ```
    """
    message = ApproveCase(by=by, why=why, amount_fen=_fen(amount), elsewhere=elsewhere)
    _command(context, case, "approve", message, as_json=as_json)


@app.command()
def refuse(context: typer.Context, case: Case, why: Why, by: By = OPERATOR, as_json: AsJson = False) -> None:
    """Say no to the buyer; the platform shows why.

    Example:

    ```
    starter.py aftersale refuse 88001 --why "it was worn" --by lin
    ```
    """
    _command(context, case, "refuse", RefuseCase(by=by, why=why), as_json=as_json)


@app.command()
def resend(context: typer.Context, case: Case, why: Why, by: By = OPERATOR, as_json: AsJson = False) -> None:
    """Send the goods of a parcel that came back once more, instead of paying them back.

    Example:

    ```
    starter.py aftersale resend parcel-SF1234567890-1001 --why "the buyer was not at home" --by lin
    ```
    """
    _command(context, case, "send_once_more", SendAgain(by=by, why=why), as_json=as_json)


@app.command()
def waybill(
    context: typer.Context, case: Case,
    number: Annotated[str, typer.Argument(help="The waybill under which the goods come back.")],
    carrier: Annotated[str, typer.Option(help="e.g. sf, yto, zto")],
    why: Why = "the buyer told it", by: By = OPERATOR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say under which waybill the goods come back; the warehouse is told, and the parcel followed.

    Example:

    ```
    starter.py aftersale waybill 1001-1 YT1234567890 --carrier yto
    ```
    """
    try:
        message = SetReturnWaybill(by=by, why=why, waybill=number, carrier=carrier)
    except ValueError as error:
        raise Trouble("that is no waybill", "4 to 40 letters, digits and dashes", Code.WRONG_USE) from error
    _command(context, case, "set_return_waybill", message, as_json=as_json)


@app.command("open")
def open_(
    context: typer.Context,
    order: Annotated[str, typer.Argument(help="e.g. woocommerce:main:1001, OLABC…, or 1001", show_default=False)],
    kind: Annotated[AfterSaleKind, typer.Option(help="What the buyer wishes.")],
    line: Annotated[str, typer.Option(help="The shop's line id; empty: the whole order.")] = "",
    quantity: Annotated[int | None, typer.Option(min=1, help="So many pieces; all of them when not said.")] = None,
    amount: Amount = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Open a case for a buyer of our own shop, who wrote or called; on platforms the buyer opens it there.

    Example:

    ```
    starter.py aftersale open 1001 --kind return --line 11 --quantity 1 --amount 88.00
    ```
    """
    place: Place = context.obj
    key = place.order(order)
    if place.store().orders.get(key) is None:
        raise Trouble(f"no order {key} is known here", "look for it with `starter.py order list`")
    case = _new_case(place, key, kind, line, quantity, _fen(amount))
    asyncio.run(_open(place, case))
    facts = {
        "case": f"{key.channel}:{key.shop}:{case.id}",
        "kind": kind,
        "yuan": fen_to_yuan(case.refund_fen),
    }
    place.output.facts(f"After-sale of {key}", facts, as_json=as_json)


def _new_case(
    place: Place, order: OrderKey, kind: AfterSaleKind, line: str, quantity: int | None, fen: int | None
) -> AfterSale:
    number = len(place.store().after_sales.of_order(order)) + 1
    return AfterSale(
        id=f"{order.number}-{number}", order=order, kind=kind, status=AfterSaleStatus.REQUESTED,
        raw_status="opened by us", line=line, quantity=quantity, refund_fen=fen or 0,
        modified_at=wall_clock(),
    )  # fmt: skip


async def _open(place: Place, case: AfterSale) -> None:
    shop = case.order.shop_key
    async with intake_counter(place) as counter:
        if isinstance(counter.channels.get(shop), HasAfterSales):
            raise Trouble(
                f"{shop} opens its after-sales itself", "the buyer asks there; we hear of it", Code.WRONG_USE
            )
        if not await counter.mailbox.after_sale(case):
            raise Trouble(
                f"after-sale {case.id} exists and has ended", "`starter.py aftersale list --all` shows it"
            )


def _command(context: typer.Context, case: str, update: str, message: Command, *, as_json: bool) -> None:
    place: Place = context.obj
    row = _find(place, case)

    async def send() -> Done:
        return await ask_one(await place.temporal(), the_case(row.key), update, message)

    done = asyncio.run(send())
    place.output.facts(f"{update} {row.key}", {"done": True, "note": done.note}, as_json=as_json)


def _find(place: Place, name: str) -> AfterSaleRow:
    cases = place.store().after_sales
    row = cases.get(name) if ":" in name else None
    found = [row] if row else [] if ":" in name else _last_runs(cases.by_id(name))
    if len(found) == 1 and found[0] is not None:
        return found[0]
    if found:
        raise Trouble(f"several shops have an after-sale {name}", "say channel:shop:id", Code.WRONG_USE)
    raise Trouble(f"no after-sale {name} is known here", "look for it with `starter.py aftersale list --all`")


def _last_runs(rows: Iterable[AfterSaleRow]) -> list[AfterSaleRow]:
    """Of a case that its platform has opened again, take the last run, which is what people mean by its id."""
    last: dict[str, AfterSaleRow] = {}
    for row in sorted(rows, key=lambda row: run_of(row.key)):
        last[str(row.order.shop_key)] = row
    return [*last.values()]


def _fen(amount: str | None) -> int | None:
    if amount is None:
        return None
    try:
        fen = yuan_to_fen(amount)
    except ValueError as error:
        raise Trouble(str(error), "write yuan as in 88.00", Code.WRONG_USE) from error
    if fen <= 0:
        raise Trouble("the amount must be more than nothing", "write yuan as in 88.00", Code.WRONG_USE)
    return fen
