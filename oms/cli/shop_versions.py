"""`shops apply|versions`: speak to shops in the versions of the shops file from now on, and who switched which when."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from oms.channels import open_channel
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.clock import wall_clock
from oms.domain.errors import OmsError
from oms.http import Http
from oms.ports import Checkup
from oms.settings import ShopConfig, WrongSetting
from oms.store import Store
from oms.store.shop_versions import switched
from oms.switchboard import configured_version
from oms.tokens import StoredTokens

NEW, KEEP, SWITCH = "new", "keep", "switch"


def apply(
    context: typer.Context,
    by: Annotated[str, typer.Option("--by", help="Who switches; stands beside it for ever.")] = "",
    why: Annotated[str, typer.Option("--why", help="Why; stands beside it for ever.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also where the new version does not answer.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Speak to each shop in the version that the shops file names (`api_version`), without restarting anything.

    A version that we do not speak is refused; the new one is asked one harmless question first. Workers and web
    processes follow within a second; orders in flight go on. What was missed meanwhile is fetched by the next poll.
    Of the shops file only `api_version` is applied; everything else is read when a process starts.

    Examples:

    ```
    starter.py shops apply --dry-run
    starter.py shops apply --by lin --why "JD retires routerjson"
    starter.py shops apply --by deploy --yes --json | jq '.plan[] | select(.do == "switch")'
    ```
    """
    place: Place = context.obj
    shops = place.settings().shops
    wanted = [(shop, configured_version(shop)) for shop in shops]
    plan = asyncio.run(_plan(wanted, place.store()))
    if not as_json:
        place.output.rows("Plan", plan, as_json=False)
    changes = [row for row in plan if row["do"] != KEEP]
    if not dry_run and changes:
        _check(changes, by, anyway=anyway)
        _ask(changes, yes=yes)
        _apply(place.store(), wanted, changes, (by, why))
    if as_json:
        place.output.json({"plan": plan, "applied": bool(changes) and not dry_run})
    else:
        place.output.say(_ending(changes, dry_run=dry_run))


def versions(context: typer.Context, as_json: AsJson = False) -> None:
    """List who switched which shop from which version to which, the newest first.

    Examples:

    ```
    starter.py shops versions
    starter.py shops versions --json | jq '.[] | select(.shop == "jd:pop")'
    ```
    """
    place: Place = context.obj
    rows = [
        {"at": each.at, "shop": str(each.shop), "from": each.was, "to": each.version, "by": each.actor, "why": each.why}
        for each in place.store().shop_versions.log()
    ]  # fmt: skip
    place.output.rows("Versions", rows, as_json=as_json, none="no shop was ever spoken to")


async def _plan(wanted: Sequence[tuple[ShopConfig, str]], store: Store) -> list[dict[str, Any]]:
    """Compare with what is in force; ask every version that would be new whether it answers."""
    in_force = store.shop_versions.all()
    async with Http() as http:
        rows = [_row(shop, version, in_force.get(str(shop.key), "")) for shop, version in wanted]
        asking = [
            _answers(shop.model_copy(update={"api_version": version}), http, store)
            for (shop, version), row in zip(wanted, rows, strict=True)
            if row["do"] != KEEP
        ]
        found = {str(each.shop): each for each in await asyncio.gather(*asking)}
    for row in rows:
        checked = found.get(str(row["shop"]))
        row["answers"] = None if checked is None else checked.authorised and checked.active
        row["problem"] = "" if checked is None else checked.problem
    return rows


def _row(shop: ShopConfig, version: str, in_force: str) -> dict[str, Any]:
    do = KEEP if version == in_force else SWITCH if in_force else NEW
    return {"do": do, "shop": str(shop.key), "from": in_force, "to": version}


async def _answers(shop: ShopConfig, http: Http, store: Store) -> Checkup:
    try:
        return await open_channel(shop, http, StoredTokens(store)).check()
    except (WrongSetting, OmsError) as error:
        return Checkup(
            shop=shop.key, version=shop.api_version, authorised=False, active=False, problem=str(error)
        )


def _check(changes: Sequence[dict[str, Any]], by: str, *, anyway: bool) -> None:
    if not by.strip():
        raise Trouble("who switches?", "say --by NAME, or --dry-run to look only", Code.WRONG_USE)
    silent = [f"{row['shop']} in {row['to']}" for row in changes if not row["answers"]]
    if silent and not anyway:
        raise Trouble(
            f"no good answer from {', '.join(silent)}; nothing was changed",
            "correct api_version in the shops file, or say --anyway",
        )


def _ask(changes: Sequence[dict[str, Any]], *, yes: bool) -> None:
    if not yes and not typer.confirm(f"Switch {len(changes)} shops?", err=True):
        raise Trouble("nothing was changed", "say yes, or give --yes")


def _apply(
    store: Store, wanted: Sequence[tuple[ShopConfig, str]], changes: Sequence[dict[str, Any]], who: tuple[str, str]
) -> None:  # fmt: skip
    keys = {str(shop.key): shop.key for shop, _ in wanted}
    for row in changes:
        change = switched(keys[row["shop"]], wall_clock(), who[0], (row["from"], row["to"]), who[1])
        done = (
            store.shop_versions.switch(change) if row["do"] == SWITCH else store.shop_versions.begin(change)
        )
        if not done:
            raise Trouble(
                f"somebody else has switched {row['shop']} meanwhile", "look at the plan again: --dry-run"
            )


def _ending(changes: Sequence[dict[str, Any]], *, dry_run: bool) -> str:
    if not changes:
        return "nothing to do"
    return "nothing was changed" if dry_run else "in force; every process follows within a second"


def shown_version(shop: ShopConfig, in_force: str) -> str:
    """Say in which version a shop is spoken to, and when the shops file names another. Raises WrongSetting."""
    version = configured_version(shop)
    return version if in_force in {"", version} else f"{in_force} (the file says {version}: `shops apply`)"
