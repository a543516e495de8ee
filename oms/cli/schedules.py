"""`schedules`: when shops are polled and swept."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from temporalio.client import Client, ScheduleDescription
from temporalio.service import RPCError, RPCStatusCode

from oms.cli.options import AsJson
from oms.cli.output import Code, Output, Trouble
from oms.cli.place import Place
from oms.temporal.schedules import Step, Verb, apply, existing, plan, traits, wanted

app = typer.Typer(
    rich_markup_mode="markdown", no_args_is_help=True, help="Show and change when shops are polled and swept."
)
EVERY_DAY = "0-6"
DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
Name = Annotated[str, typer.Argument(help="The Schedule's id, e.g. poll:woocommerce:main")]


@app.command("apply")
def apply_(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the server's Schedules those that the shops file asks for.

    Prints the plan first and asks. A Schedule that you have paused stays paused; a shop that is no
    longer configured loses its Schedules; Schedules of other names are never touched.

    Examples:

    ```
    starter.py schedules apply            # look at the plan, then say yes
    starter.py schedules apply --yes      # in a deployment
    ```
    """
    place: Place = context.obj
    asyncio.run(_apply(place, yes=yes, as_json=as_json))


async def _apply(place: Place, *, yes: bool, as_json: bool) -> None:
    client = await place.temporal()
    steps = await plan(client, wanted(place.settings()))
    show_plan(place.output, steps, as_json=as_json)
    if all(step.verb is Verb.KEEP for step in steps):
        place.output.say("nothing to do")
    elif yes or typer.confirm("Do this?", err=True):
        await apply(client, steps)
        place.output.say("done")
    else:
        raise Trouble("nothing was changed", "say yes, or give --yes")


def show_plan(output: Output, steps: Sequence[Step], *, as_json: bool = False) -> None:
    """Show what would be done, and why."""
    rows = [{"do": str(step.verb), "schedule": step.id, "why": step.why} for step in steps]
    output.rows("Plan", rows, as_json=as_json, none="no shop asks for a Schedule")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List our Schedules: how often, when next, what the last ones did.

    Example:

    ```
    starter.py schedules list --json | jq '.[] | select(.paused)'
    ```
    """
    place: Place = context.obj
    rows = asyncio.run(_list(place))
    place.output.rows(
        "Schedules", rows, as_json=as_json, none="none yet; `starter.py schedules apply` makes them"
    )


async def _list(place: Place) -> list[dict[str, object]]:
    client = await place.temporal()
    return [await _row(client, each) for each in (await existing(client)).values()]


async def _row(client: Client, schedule: ScheduleDescription) -> dict[str, object]:
    info, of_interest = schedule.info, await traits(client, schedule.schedule)
    return {
        "schedule": schedule.id,
        "when": of_interest["every"] or _moment(of_interest),
        "paused": schedule.schedule.state.paused,
        "next": info.next_action_times[0] if info.next_action_times else None,
        "last": info.recent_actions[-1].started_at if info.recent_actions else None,
        "runs": info.num_actions,
        "skipped": info.num_actions_skipped_overlap + info.num_actions_missed_catchup_window,
        "note": schedule.schedule.state.note or "",
    }


def _moment(of_interest: Mapping[str, str]) -> str:
    on = of_interest["on"]
    days = "" if on == EVERY_DAY else f"{DAYS[int(on[0])]} "
    return f"{days}{of_interest['at']} {of_interest['time zone']}"


@app.command()
def pause(
    context: typer.Context,
    name: Name,
    why: Annotated[str, typer.Option("--why", help="Kept as the Schedule's note.")] = "paused by an operator",
) -> None:
    """Stop a Schedule until it is resumed; what it would have fetched is fetched afterwards.

    Example:

    ```
    starter.py schedules pause poll:woocommerce:main --why "shop moves to a new host"
    ```
    """
    place: Place = context.obj
    asyncio.run(_switch(place, name, why, on=False))


@app.command()
def resume(
    context: typer.Context,
    name: Name,
    why: Annotated[
        str, typer.Option("--why", help="Kept as the Schedule's note.")
    ] = "resumed by an operator",
) -> None:
    """Let a paused Schedule go on.

    Example:

    ```
    starter.py schedules resume poll:woocommerce:main
    ```
    """
    place: Place = context.obj
    asyncio.run(_switch(place, name, why, on=True))


async def _switch(place: Place, name: str, why: str, *, on: bool) -> None:
    handle = (await place.temporal()).get_schedule_handle(name)
    try:
        await (handle.unpause(note=why) if on else handle.pause(note=why))
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise Trouble(
            f"there is no Schedule {name}", "`starter.py schedules list` shows them", Code.WRONG_USE
        ) from error
    place.output.say(f"{name} {'goes on' if on else 'is paused'}")
