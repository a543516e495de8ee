"""`up`: the whole stack, kept running until Ctrl-C; its data and keys survive."""

import time
from pathlib import Path
from typing import Annotated

import typer
from dotenv import dotenv_values

from oms.cli.interrupts import Interrupted, run_until_interrupted
from oms.cli.options import Postgres, TemporalPort, UiPort, WebPort
from oms.cli.output import Code, Output, Trouble
from oms.cli.place import Place
from oms.cli.running import Running, running
from oms.stack.blueprint import Blueprint, Ports
from oms.stack.folder import OWNER_ONLY, Folder
from oms.stack.keys import KEY_SETTINGS, fresh_keys
from oms.stack.loopback import post_json
from oms.stack.subscribers import SUBSCRIBERS
from oms.stack.world import ALL, World
from oms.web.tokens import buyers_link

ENV_FILE = Path(".env")
PACE = 600
HOUR_SECONDS = 3600
POLL_SECONDS = 5
"""Real seconds between two polls of the simulated shop, whatever the pace."""
RATE = 0.5
NUMBERS_BEGAN = 1_790_000_000
NUMBERS_A_SECOND = 10
"""Order numbers of a new simulator begin behind those of the last one: so many are left free a second."""


def up(
    context: typer.Context,
    orders: Annotated[int, typer.Option(min=0, help="How many orders the simulated shop offers.")] = 60,
    pace: Annotated[int, typer.Option(min=1, help="Business seconds in a real one.")] = PACE,
    rate: Annotated[float, typer.Option(min=0.01, help="Orders offered a second.")] = RATE,
    simulator: Annotated[
        bool | None,
        typer.Option(
            "--simulator/--no-simulator",
            help="Simulate shop, warehouse and carrier (unless OMS_SHOPS_FILE is set).",
        ),
    ] = None,
    postgres: Postgres = False,
    web_port: WebPort = 0,
    ui_port: UiPort = 0,
    temporal_port: TemporalPort = 0,
) -> None:
    """Keep the whole stack running on this machine, and print where everything is.

    Databases stay in .orderloom/up, keys in .env (made on the first run; keep that file). A second one
    beside the first takes a folder of its own. While it runs, the other commands here work on it.

    Examples:

    ```
    starter.py up
    starter.py up --web-port 8080 --ui-port 8233 --orders 500 --pace 3600
    starter.py up --no-simulator      # your own shops.yaml and .env, with a local Temporal server
    ```
    """
    place: Place = context.obj
    surroundings = dict(place.surroundings)
    simulated = not surroundings.get("OMS_SHOPS_FILE") if simulator is None else simulator
    keys = kept_keys(surroundings, ENV_FILE, place.output)
    keep = Folder.first_free(place.base, "up")
    first_number = int(time.time() - NUMBERS_BEGAN) * NUMBERS_A_SECOND
    if simulated:
        surroundings.setdefault("OMS_POLL_EVERY_SECONDS", str(POLL_SECONDS * pace))
    world = (
        World(
            pace=pace,
            orders=orders,
            rate=rate,
            first_number=first_number,
            seed=first_number,
            channels=ALL,
            subscribers=tuple(SUBSCRIBERS),
        )
        if simulated
        else None
    )
    web_port = web_port or int(surroundings.get("OMS_WEB_PORT") or 0)
    blueprint = Blueprint(
        run=Folder.new_run(place.base),
        keep=keep.path,
        surroundings=surroundings,
        world=world,
        ports=Ports(temporal=temporal_port, ui=ui_port, web=web_port),
        keys=keys,
        postgres=postgres,
    )
    try:
        run_until_interrupted(_up(place.output, blueprint))
    except Interrupted:
        place.output.say("stopped; the data stay in " + str(keep.path))
    finally:
        keep.leave()


def kept_keys(surroundings: dict[str, str], env_file: Path, output: Output) -> dict[str, str]:
    """Return the keys of the environment or .env, made and written there when there are none.

    Raises Trouble when only some are there: data that lost one of its keys cannot be read.
    """
    there = {name: surroundings[name] for name in KEY_SETTINGS if surroundings.get(name)}
    if len(there) == len(KEY_SETTINGS):
        return there
    if {"OMS_DATA_KEYS", "OMS_DIGEST_KEY"} <= set(there):
        return {**there, "OMS_PAYLOAD_KEYS": ""}
    if there:
        missing = ", ".join(name for name in KEY_SETTINGS if name not in there)
        raise Trouble(f"{missing} is missing beside {', '.join(there)}", "see .env.example", Code.WRONG_USE)
    fresh = fresh_keys()
    in_file = dotenv_values(env_file) if env_file.exists() else {}
    if any(in_file.get(name) for name in KEY_SETTINGS):
        raise Trouble(f"{env_file} has keys that the environment empties", "unset them", Code.WRONG_USE)
    env_file.touch(mode=OWNER_ONLY)
    with env_file.open("a", encoding="utf-8") as file:
        file.write("# Made by `starter.py up`; without these keys its data cannot be read.\n")
        file.writelines(f"{name}={text}\n" for name, text in fresh.items())
    output.say(f"made keys and wrote them to {env_file}")
    return fresh


async def _up(output: Output, blueprint: Blueprint) -> None:
    async with running(blueprint, output, []) as stands:
        if blueprint.world:
            await post_json(stands.stack.blueprint.ports.simulator, "/control/start", {})
        await stay_up(stands, output)


def buyers_page(stands: Running) -> str:
    """Return where the newest order's buyer follows it; the form that finds orders, while there is none."""
    newest = stands.store.orders.list(limit=1)
    settings = stands.stack.settings
    return buyers_link(settings, newest[0].business_id) if newest else f"{settings.public_url}/t"


def _real(pace: int) -> str:
    """Say how long an hour of business takes at a pace."""
    return f"{HOUR_SECONDS / pace:.3g} s (--pace {pace}): deadlines come that soon"


async def stay_up(stands: Running, output: Output) -> None:
    """Say where everything is, and wait until the stack breaks or somebody interrupts."""
    where = {
        **stands.addresses,
        "tracking page": buyers_page(stands),
        **(
            {"time": f"an hour of business takes {_real(pace)}"}
            if (pace := stands.stack.settings.pace) > 1
            else {}
        ),
        "logs": str(stands.stack.blueprint.run.path),
    }
    output.facts("Orderloom is up; Ctrl-C ends it", where, as_json=False)
    await stands.stack.broken.wait()
    raise Trouble(
        "a part of the stack keeps ending", f"see {stands.stack.blueprint.run.path}", Code.UNREACHABLE
    )
