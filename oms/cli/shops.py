"""`shops`: which shops are configured, and whether each of them answers us."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer

from oms.bans import Bans
from oms.channels import kind_of, open_channel
from oms.cli.gateways import check_gateways
from oms.cli.options import AsJson
from oms.cli.output import Output, Trouble
from oms.cli.place import Place
from oms.cli.shop_backfill import backfill, holes
from oms.cli.shop_versions import apply, shown_version, versions
from oms.clock import wall_clock
from oms.domain.errors import RateLimited
from oms.http import Http
from oms.opening import noted_http
from oms.ports import Checkup
from oms.settings import ShopConfig, WrongSetting
from oms.store import Store
from oms.tokens import StoredTokens

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Show the configured shops, and ask whether they answer.",
)
for command in (apply, versions, backfill, holes):
    app.command()(command)
SILENT_S = 2.0
"""How long a check may take before we show that it is under way."""
TOO_FAR_APART_S = 300
"""Most platforms refuse a clock that is ten minutes off; half of that is worth a word."""
AN_HOUR = timedelta(hours=1)
Shops = Annotated[
    list[str] | None,
    typer.Argument(metavar="SHOP", help="Which shops, as channel:shop or shop; all when none is named."),
]


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the shops of the shops file: how each is spoken to, and how far it was polled.

    Asks nobody but our own database. `platform` is the row of the rule table that applies; a quota or a token
    life that is missing has no limit.

    Examples:

    ```
    starter.py shops list
    starter.py shops list --json | jq '.[] | select(.failures > 0)'
    ```
    """
    place: Place = context.obj
    store = place.store()
    in_force = store.shop_versions.all()
    rows = [_row(shop, store, in_force.get(str(shop.key), "")) for shop in place.settings().shops]
    place.output.rows("Shops", rows, as_json=as_json)


def _row(shop: ShopConfig, store: Store, in_force: str) -> dict[str, object]:
    declared, polled = kind_of(shop).properties, store.polls.state(shop.key)
    life = declared.token_life
    return {
        "shop": str(shop.key),
        "channel": shop.channel,
        "platform": shop.platform,
        "url": shop.url,
        "version": shown_version(shop, in_force),
        "push": declared.push,
        "calls_per_second": declared.calls_per_second,
        "token_hours": None if life is None else round(life / AN_HOUR, 1),
        "polled_until": polled.cursor,
        "banned_until": polled.banned_until,
        "failures": polled.failures,
        "last_error": polled.last_error,
    }


@app.command()
def check(context: typer.Context, shops: Shops = None, as_json: AsJson = False) -> None:
    """Ask each shop one harmless question, and say whether it is authorised and active, and which version it speaks.

    A shop's payment gateways are asked for a payment that does not exist. All are asked at once; the difference of the clocks is shown too. A token that has run out is refreshed on
    the way, as by a poll. Exit code 1 when one of the shops is not fine.

    Examples:

    ```
    starter.py shops check                        # every shop; before the Schedules are applied
    starter.py shops check taobao:flagship main
    starter.py shops check --json | jq -r '.[] | select(.fine | not) | .problem'
    ```
    """
    place: Place = context.obj
    asked = {place.shop(name) for name in shops or ()}
    chosen = [shop for shop in place.settings().shops if not asked or shop.key in asked]
    found = asyncio.run(_check(chosen, place))
    rows = [_finding(each) for each in found] + asyncio.run(check_gateways(chosen))
    place.output.rows("Connection check", rows, as_json=as_json)
    if ill := [str(row["shop"]) for row in rows if not row["fine"]]:
        raise Trouble(
            f"{len(ill)} of {len(rows)} shops: {', '.join(ill)}",
            "what to do about each problem stands in docs/operations.md",
        )


def problem_of(found: Checkup) -> str:
    """Say what is wrong with a shop and what to do; empty when it is fine."""
    if found.problem:
        return found.problem
    if not found.authorised:
        return "not authorised: authorise the shop anew and put its new token into the settings"
    if not found.active:
        return "its order interface does not answer"
    skew = found.clock_skew_seconds or 0
    return f"our clock is {abs(skew)} s away from theirs: set it" if abs(skew) > TOO_FAR_APART_S else ""


def _finding(found: Checkup) -> dict[str, object]:
    problem = problem_of(found)
    return {
        "shop": str(found.shop),
        "fine": not problem,
        "authorised": found.authorised,
        "active": found.active,
        "version": found.version,
        "clock_skew_seconds": found.clock_skew_seconds,
        "problem": problem,
    }


async def _check(shops: Sequence[ShopConfig], place: Place) -> list[Checkup]:
    store, output = place.store(), place.output
    async with noted_http(place.settings(), store) as http:
        asking = [asyncio.create_task(_ask(shop, http, store)) for shop in shops]
        _, waiting = await asyncio.wait(asking, timeout=SILENT_S)
        if waiting:
            with _progress(output, len(asking), len(asking) - len(waiting)) as advance:
                for answered in asyncio.as_completed(waiting):
                    await answered
                    advance()
        return [task.result() for task in asking]


@contextmanager
def _progress(output: Output, total: int, done: int) -> Iterator[Callable[[], None]]:
    with output.progress("asking the shops", total) as advance:
        for _ in range(done):
            advance()
        yield advance


async def _ask(shop: ShopConfig, http: Http, store: Store) -> Checkup:
    """Check one shop; what keeps us from asking is a finding too, so that the others are heard."""
    bans = Bans(store, wall_clock)
    try:
        async with bans.heeding(shop.key):
            return await open_channel(shop, http, StoredTokens(store)).check()
    except (WrongSetting, RateLimited) as error:
        opens = isinstance(error, RateLimited)
        return Checkup(
            shop=shop.key, version=shop.api_version, authorised=opens, active=False, problem=str(error)
        )
