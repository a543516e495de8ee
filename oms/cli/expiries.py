"""`interfaces set-expiry|due|acknowledge|remind`: when something ends, and who looks after it."""

import asyncio
import re
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from oms.cli.commands import ask_one
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.cli.register_keys import key_of
from oms.clock import wall_clock
from oms.domain.alerts import AcknowledgeAlert
from oms.domain.expiries import Ends, Reminded, beginning_of, days_left, step_at
from oms.domain.periods import BUSINESS_ZONE, read_moment
from oms.expiring import Endings, Expiring
from oms.ports.asking import Asked
from oms.register import Register
from oms.store.interfaces import NewExpiry
from oms.temporal.alarms import TemporalAlarms, alert_id

NEVER = "never"
DAYS = re.compile(r"(\d{1,4})d?", re.ASCII)
Key = Annotated[
    str,
    typer.Argument(
        metavar="KEY",
        help="interface:SYSTEM/NAME (or SYSTEM/NAME) or token:CHANNEL:SHOP.",
        show_default=False,
    ),
]
By = Annotated[str, typer.Option("--by", help="Who says so; stands beside it.")]
Why = Annotated[str, typer.Option("--why", help="Why; stands beside it.")]


def set_expiry(
    context: typer.Context, key: Key,
    when: Annotated[str, typer.Argument(metavar="DATE", help="2027-03-31, a time with it, or `never`.", show_default=False)],
    source: Annotated[str, typer.Option("--source", help="Where it is announced: an address, a letter.")],
    by: By, why: Why,
    zone: Annotated[str, typer.Option("--zone", help="Whose date it is.")] = "Asia/Shanghai",
    version: Annotated[str, typer.Option("--version", help="Only this version ends.")] = "",
    already: Annotated[bool, typer.Option("--already", help="It has ended: a date in the past is meant.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    r"""Say when an interface, or a shop's authorisation, ends. A date counts from its first moment in its zone.

    It takes the place of the date known before, and stands until somebody sets another or an answer tells of an
    earlier one. Reminders come 30, 15, 7 and 1 day before. Certificates tell their end themselves.

    Examples:

    ```
    starter.py interfaces set-expiry jd/jingdong.pop.order.search 2027-03-31 --source open.jd.com --by wang --why notice
    starter.py interfaces set-expiry token:taobao:flagship 2027-05-01 --source console --by wang --why "authorised anew"
    starter.py interfaces set-expiry woocommerce/orders 2027-03-14 --zone America/New_York --version wc/v3 \
        --source changelog --by wang --why "v3 ends" --dry-run
    ```
    """
    place: Place = context.obj
    register = Register(place.settings())
    at = None if when == NEVER else _moment(when, zone)
    if at is not None and at <= wall_clock() and not already:
        raise Trouble(f"{when} is in the past", "give --already if it has ended indeed", Code.WRONG_USE)
    wanted = NewExpiry(key=key_of(register, key), at=at, source=source, version=version, by=by, why=why)
    before = place.store().interfaces.get(wanted.key)
    if not dry_run:
        place.store().interfaces.expires(wanted)
    facts = {
        "key": wanted.key, "expires_at": at, "days_left": None if at is None else days_left(at, wall_clock()),
        "version": version, "source": source, "by": by, "before": before.expires_at, "written": not dry_run,
    }  # fmt: skip
    place.output.facts(wanted.key, facts, as_json=as_json)


def due(
    context: typer.Context,
    within: Annotated[str, typer.Option("--within", metavar="DAYS", help="How far to look ahead.")] = "30d",
    as_json: AsJson = False,
) -> None:
    """List what ends soon or has ended: interfaces, shops' tokens, certificates; who looks after each, who has said so.

    A token that we renew by ourselves is listed only when it has ended all the same.

    Examples:

    ```
    starter.py interfaces due
    starter.py interfaces due --within 90d --json | jq -r '.[] | select(.acknowledged_by == "") | .key'
    ```
    """
    place: Place = context.obj
    span = DAYS.fullmatch(within)
    if span is None:
        raise Trouble(f"{within!r} is no number of days", "write --within 30d", Code.WRONG_USE)
    now, store = wall_clock(), place.store()
    ends = Endings(Register(place.settings()), store).all(now)
    known = store.interfaces.all()
    rows = [
        {
            "key": each.key, "ends": each.at if as_json else f"{each.at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}",
            "days_left": days_left(each.at, now), "ended": now >= each.at, "owner": each.owner, "source": each.source,
            "reminded": known[each.key].reminded_step if each.key in known else None,
            "acknowledged_by": known[each.key].acknowledged_by if each.key in known else "",
        }
        for each in ends
        if each.at - now <= timedelta(days=int(span[1])) and (not each.renews_itself or now >= each.at)
    ]  # fmt: skip
    place.output.rows(f"Ends within {span[1]} days", rows, as_json=as_json)


def acknowledge(context: typer.Context, key: Key, by: By, why: Why, as_json: AsJson = False) -> None:
    """Say that you look after something that ends: no further reminder of the present step; the next step reminds again.

    Examples:

    ```
    starter.py interfaces acknowledge jd/jingdong.pop.order.search --by wang --why "moving to SP-API on Monday"
    starter.py interfaces acknowledge certificate:gw.api.taobao.com --by wang --why "their renewal is announced"
    ```
    """
    place: Place = context.obj
    register, store, now = Register(place.settings()), place.store(), wall_clock()
    ends = {each.key: each for each in Endings(register, store).all(now)}
    expiry = ends.get(key if key in ends else f"{Ends.INTERFACE}:{key}")
    if expiry is None:
        raise Trouble(
            f"no end of {key!r} is known",
            "`starter.py interfaces due --within 365d` lists them",
            Code.WRONG_USE,
        )
    step = step_at(expiry, now)
    if step is None:
        raise Trouble(
            f"{expiry.key} ends in {days_left(expiry.at, now)} days: nobody is reminded yet",
            "there is nothing to acknowledge",
        )
    known = store.interfaces.get(expiry.key)
    told = Reminded(of=expiry.at, step=known.reminded_step, acknowledged=step)
    store.interfaces.acknowledge(expiry.key, told, by, why)
    alert = asyncio.run(_quieten(place, expiry.condition_key, by, why)) if known.alerted else "none is open"
    facts = {"acknowledged_by": by, "why": why, "step": step, "alert": alert}
    place.output.facts(expiry.key, facts, as_json=as_json)


def remind(context: typer.Context, as_json: AsJson = False) -> None:
    """Remind people now of what ends soon, as the watch does by itself; each step is said once.

    Examples:

    ```
    starter.py interfaces remind
    starter.py interfaces remind --json | jq .told
    ```
    """
    place: Place = context.obj
    endings = Endings(Register(place.settings()), place.store())

    async def now() -> dict[str, object]:
        alarms = TemporalAlarms(await place.temporal(), wall_clock, pace=place.settings().pace)
        expiring = Expiring(endings, place.store(), alarms, wall_clock)
        return (await expiring.remind()).model_dump(mode="json")

    place.output.facts("Reminded", asyncio.run(now()), as_json=as_json)


async def _quieten(place: Place, key: str, by: str, why: str) -> str:
    """Let the open alert call nobody else; where that does not work, the register knows all the same."""
    try:
        asked = Asked(alert_id(key), "alerts", key)
        done = await ask_one(await place.temporal(), asked, "acknowledge", AcknowledgeAlert(by=by, why=why))
    except Trouble as error:
        return f"not acknowledged: {error}"
    return done.note


def _moment(text: str, zone: str) -> datetime:
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Trouble(f"{zone!r} is no time zone", "write one like Asia/Shanghai", Code.WRONG_USE) from error
    try:
        if len(text) == len("2027-03-31"):
            return beginning_of(date.fromisoformat(text), where)
        return read_moment(text, where)
    except (ValueError, OverflowError) as error:
        raise Trouble(f"{text!r} is no date", "write 2027-03-31, or never", Code.WRONG_USE) from error
