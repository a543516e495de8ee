"""`interfaces`: the outside interfaces that we use, who looks after each, and when something of it ends."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from oms.cli.expiries import acknowledge, due, remind, set_expiry
from oms.cli.interface_health import health, relearn
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.cli.register_keys import one_of
from oms.clock import wall_clock
from oms.domain.expiries import Ends, Expiry
from oms.domain.interfaces import Interface
from oms.expiring import Endings
from oms.register import Register
from oms.store.interfaces import Known

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Look after the outside interfaces: who uses which, how it went last, and what ends when.",
)
for command in (due, acknowledge, remind, health, relearn):
    app.command()(command)
app.command("set-expiry")(set_expiry)
SystemOption = Annotated[
    str, typer.Option("--system", help="Only of this one: a channel, qimen, kuaidi100, wechatpay, alipay.")
]


@app.command("list")
def list_(context: typer.Context, system: SystemOption = "", as_json: AsJson = False) -> None:
    r"""List every outside interface in use: purpose, version, owner, end, and how the last calls went.

    The list comes from the connectors and the configuration; times of calls, ends and shapes from our database.

    Examples:

    ```
    starter.py interfaces list
    starter.py interfaces list --system jd
    starter.py interfaces list --json | jq -r '.[] | select(.expires_at) | "\(.interface) \(.expires_at)"'
    ```
    """
    place: Place = context.obj
    register, store = Register(place.settings()), place.store()
    if system and system not in register.systems:
        raise Trouble(
            f"no system {system!r} is in use", f"there are: {', '.join(register.systems)}", Code.WRONG_USE
        )
    known, in_force = store.interfaces.all(), store.shop_versions.all()
    used = [each for each in register.interfaces.values() if system in {"", each.system}]
    rows = [
        _row(
            each,
            register.versions_of(each, in_force),
            known.get(f"{Ends.INTERFACE}:{each.key}", Known(key="")),
        )
        for each in used
    ]
    if as_json:
        more = [_whole(each, register) for each in used]
        rows = [{**row, **extra} for row, extra in zip(rows, more, strict=True)]
    place.output.rows("Interfaces", rows, as_json=as_json)


@app.command()
def show(
    context: typer.Context,
    key: Annotated[
        str, typer.Argument(metavar="INTERFACE", help="As the list names it.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Show all that is known of one interface: addresses, quota, successor, credentials and their ends, what was done.

    Examples:

    ```
    starter.py interfaces show jd/jingdong.pop.order.search
    starter.py interfaces show jd/jingdong.pop.order.search --json | jq .log
    ```
    """
    place: Place = context.obj
    register, store = Register(place.settings()), place.store()
    interface = one_of(register, key.removeprefix(f"{Ends.INTERFACE}:"))
    name = f"{Ends.INTERFACE}:{interface.key}"
    known = store.interfaces.get(name)
    ends = Endings(register, store).all(wall_clock())
    log = [each.model_dump(mode="json", exclude={"key"}) for each in store.interfaces.log(name)]
    facts = {
        **_row(interface, register.versions_of(interface, store.shop_versions.all()), known),
        **_whole(interface, register),
        "set_by": known.set_by, "why": known.set_why, "deprecated_at": known.deprecated_at,
        "acknowledged_by": known.acknowledged_by, "credentials": _credentials(interface, register, ends),
    }  # fmt: skip
    if as_json:
        place.output.json({**facts, "log": log})
    else:
        place.output.facts(interface.key, facts, as_json=False)
        place.output.rows("What was done", log, as_json=False, none="nothing so far")


def _row(interface: Interface, versions: tuple[str, ...], known: Known) -> dict[str, Any]:
    return {
        "interface": interface.key,
        "purpose": interface.purpose,
        "version": ", ".join(versions),
        "owner": interface.owner,
        "expires_at": known.expires_at or interface.expires_at,
        "source": known.expiry_source or interface.expiry_source,
        "last_success": known.last_ok_at,
        "last_failure": known.last_failure_at,
        "failure": known.last_failure,
        "shape_changed": known.shape_changed_at,
    }


def _whole(interface: Interface, register: Register) -> dict[str, Any]:
    system = register.systems[interface.system]
    return {
        "system": interface.system,
        "successor": interface.successor,
        "addresses": list(system.addresses),
        "shops": [str(shop.key) for shop in system.shops],
        "calls_per_second": system.calls_per_second,
    }


def _credentials(interface: Interface, register: Register, ends: tuple[Expiry, ...]) -> list[str]:
    """Name what opens an interface, and when each ends as far as that is known; never the secrets themselves."""
    until: Mapping[str, str] = {
        each.name: f" (ends {each.at:%Y-%m-%d %H:%M} UTC)" for each in ends if each.what is Ends.TOKEN
    }
    return [
        f"{shop.key}: {', '.join(shop.secrets)}{until.get(str(shop.key), '')}"
        for shop in register.systems[interface.system].shops
    ]
