"""`alerts`: what is wrong just now, who looks after it, and whether a notice would reach everybody."""

import asyncio
from typing import Annotated, Any

import typer

from oms.alert_desk import ways_of_people
from oms.cli.commands import ask_one
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.clock import wall_clock
from oms.domain.alerts import AcknowledgeAlert, AlertKind
from oms.domain.errors import OmsError
from oms.http import Http
from oms.notices.words import trial_text
from oms.ports.asking import Asked
from oms.rota import Rota
from oms.settings import Settings
from oms.store.alerts import Alert
from oms.temporal.alarms import alert_id

SHOWN = 200
app = typer.Typer(no_args_is_help=True, help="Look at alerts, and look after them.")


@app.command("list")
def list_(
    context: typer.Context,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that are not over.")] = False,
    kind: Annotated[AlertKind | None, typer.Option(help="Only of one kind.")] = None,
    as_json: AsJson = False,
) -> None:
    """List alerts, newest first.

    Examples:

    ```
    starter.py alerts list --open
    starter.py alerts list --kind out_of_stock --json
    ```
    """
    place: Place = context.obj
    found = place.store().alerts.list(under_way=only_open, kind=kind or "", limit=SHOWN)
    rows = [alert.model_dump(mode="json") if as_json else _row(alert) for alert in found]
    place.output.rows("Alerts", rows, as_json=as_json, none="all is well")


@app.command()
def show(context: typer.Context, key: str, as_json: AsJson = False) -> None:
    """Show a condition's newest alert and its history, by its key.

    Example:

    ```
    starter.py alerts show order:woocommerce:main:1001:out_of_stock
    ```
    """
    place: Place = context.obj
    found = place.store().alerts.of(key)
    if not found:
        raise Trouble(f"no alert has the key {key}", "`starter.py alerts list` names them")
    alert = found[0]
    if as_json:
        place.output.json({**alert.model_dump(mode="json"), "earlier": len(found) - 1})
        return
    facts = {**_row(alert), "text": alert.body, "ended": alert.closed_at, "ended_because": alert.closed_why}
    facts |= {"why": alert.acknowledged_why, "orders_concerned": alert.orders, "reported": alert.reported}
    place.output.facts(f"Alert {key}", facts, as_json=False)
    place.output.rows("History", [line.model_dump() for line in alert.history], as_json=False)


@app.command()
def acknowledge(
    context: typer.Context,
    key: str,
    by: Annotated[str, typer.Option(help="Who looks after it.")],
    why: Annotated[str, typer.Option(help="What is being done.")],
    as_json: AsJson = False,
) -> None:
    """Look after an alert: nobody else is called. It closes itself when its condition is over.

    Example:

    ```
    starter.py alerts acknowledge canary --by lin --why "the server restarts"
    ```
    """
    place: Place = context.obj

    async def send() -> dict[str, Any]:
        asked = Asked(alert_id(key), "alerts", key)
        done = await ask_one(await place.temporal(), asked, "acknowledge", AcknowledgeAlert(by=by, why=why))
        return {"done": True, "note": done.note}

    place.output.facts(f"acknowledge {key}", asyncio.run(send()), as_json=as_json)


@app.command("test")
def try_out(context: typer.Context, as_json: AsJson = False) -> None:
    """Send a test notice to everybody of the rota, by each of their ways. Exit code 1: somebody was not reached.

    Example:

    ```
    starter.py alerts test
    ```
    """
    place: Place = context.obj
    with place.output.err.status("sending"):
        rows = asyncio.run(_test(place.settings()))
    place.output.rows(
        "Test notices", rows, as_json=as_json, none="no rota and no OMS_NOTICE_URLS: log and desk only"
    )
    if failed := [row for row in rows if not row["reached"]]:
        text = f"{len(failed)} of {len(rows)} ways did not work"
        raise Trouble(
            text, "correct the addresses in the variables named, or ask whoever runs the other side"
        )


async def _test(settings: Settings) -> list[dict[str, Any]]:
    rota = settings.rota or Rota.of_everybody({})
    rows: list[dict[str, Any]] = []
    async with Http() as http:
        try:
            ways = ways_of_people(settings, rota, http, wall_clock)
        except OmsError as error:
            raise Trouble(str(error), "correct the variable", Code.WRONG_USE) from error
        for person in rota.people:
            text = trial_text(person.name, person.language)
            for name, way in ways[person.name].items():
                row: dict[str, Any] = {"person": person.name, "way": name, "reached": True, "why": ""}
                try:
                    await way.send(text.title, text.text)
                except OmsError as error:
                    row |= {"reached": False, "why": str(error)}
                rows.append(row)
    return rows


def _row(alert: Alert) -> dict[str, Any]:
    return {
        "key": alert.key, "severity": alert.severity, "title": alert.title, "state": alert.stage,
        "since": alert.opened_at, "told": alert.told, "acknowledged_by": alert.acknowledged_by, "next": alert.next_at,
    }  # fmt: skip
