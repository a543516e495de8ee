"""`events`: what subscribers are told, how far each has been told, and telling it again."""

import asyncio
import itertools
import json
from typing import Annotated, Any

import typer

from oms.broadcast.events import message
from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.domain.errors import Unavailable
from oms.domain.periods import read_moment
from oms.domain.relaying import STOPPED
from oms.store import OutboxEvent, Store, Subscription
from oms.subscribers import Subscriber
from oms.temporal.relays import look_again

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Show what subscribers are told, and pause, resume or repeat it.",
)
COUNTED = 100_000
"""Counting how far somebody is behind stops there."""
Name = Annotated[str, typer.Argument(help="The subscriber, as the subscribers file names it.")]


@app.command("list")
def list_(
    context: typer.Context,
    order: Annotated[str | None, typer.Option(help="Only of this order.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only of this topic, e.g. order.shipped.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Only behind this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, oldest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the events that are kept, in the order in which they are told.

    Examples:

    ```
    starter.py events list --order 1001
    starter.py events list --after 4200 --limit 1000 --json | jq -r '.[].topic' | sort | uniq -c
    ```
    """
    place: Place = context.obj
    key = place.order(order) if order else None
    events = (
        event
        for event in place.store().outbox.walk(after)
        if (key is None or event.order == key) and (topic is None or event.topic == topic)
    )
    rows = [_event(event) for event in itertools.islice(events, limit)]
    place.output.rows("Events", rows, as_json=as_json)


def _event(event: OutboxEvent) -> dict[str, object]:
    return {"seq": event.seq, "at": event.at, "topic": event.topic, "order": str(event.order), "id": event.id}


@app.command()
def show(
    context: typer.Context,
    which: Annotated[str, typer.Argument(help="An event, by its number or its id.")],
    as_json: AsJson = False,
) -> None:
    """Show an event as subscribers hear it, and who has it.

    Example:

    ```
    starter.py events show 4217 --json | jq .event.data
    ```
    """
    place: Place = context.obj
    event = place.store().outbox.find(int(which) if which.isdecimal() else which)
    if event is None:
        raise Trouble(f"no event {which} is kept", "`starter.py events list` shows what is", Code.WRONG_USE)
    heard = json.loads(message(event).body)
    standing = {one.name: one for one in place.store().subscriptions.all()}
    told = {one.name: _has(one, standing.get(one.name), event) for one in place.settings().subscribers}
    if as_json:
        place.output.json({"event": heard, "told": told})
        return
    place.output.facts(
        f"Event {event.seq}", {**heard, "data": json.dumps(heard["data"], ensure_ascii=False)}, as_json=False
    )
    place.output.facts("Who has it", told, as_json=False)


def _has(subscriber: Subscriber, standing: Subscription | None, event: OutboxEvent) -> str:
    if not subscriber.wants(event.topic, event.order):
        return "not for it"
    if standing is None:
        return "not yet"
    return "yes" if event.seq <= standing.cursor or event.seq in standing.ahead else "not yet"


@app.command()
def subscribers(context: typer.Context, as_json: AsJson = False) -> None:
    """List the subscribers: where each stands, how far it is behind, what it answered last.

    Examples:

    ```
    starter.py events subscribers
    starter.py events subscribers --json | jq '.[] | select(.state != "active")'
    ```
    """
    place: Place = context.obj
    store = place.store()
    rows = [_row(one, store) for one in place.settings().subscribers]
    place.output.rows(
        "Subscribers", rows, as_json=as_json, none="none; OMS_SUBSCRIBERS_FILE names the file that lists them"
    )


def _row(subscriber: Subscriber, store: Store) -> dict[str, object]:
    standing = store.subscriptions.get(subscriber.name) or Subscription(
        name=subscriber.name, cursor=store.outbox.end(), why="never relayed: is a worker running?"
    )
    return {
        "subscriber": subscriber.name, "sink": subscriber.sink, "url": subscriber.url, "state": str(standing.state),
        "behind": behind(store, subscriber, standing), "cursor": standing.cursor, "delivered": standing.delivered,
        "failures": standing.failures, "failing_since": standing.failing_since, "next_try": standing.next_try_at,
        "last_ok": standing.last_ok_at, "last_answer": standing.last_answer, "why": standing.why,
    }  # fmt: skip


def behind(store: Store, subscriber: Subscriber, standing: Subscription) -> int:
    """Count the events that a subscriber wants and has not had; counting stops at a hundred thousand."""
    ahead = frozenset(standing.ahead)
    waiting = (
        event
        for event in store.outbox.walk(standing.cursor)
        if event.seq not in ahead and subscriber.wants(event.topic, event.order)
    )
    return sum(1 for _ in itertools.islice(waiting, COUNTED))


@app.command()
def pause(
    context: typer.Context,
    name: Name,
    why: Annotated[str, typer.Option("--why", help="Shown beside it.")] = "paused by an operator",
) -> None:
    """Tell a subscriber nothing until it is resumed; what happens meanwhile is told afterwards.

    Example:

    ```
    starter.py events pause erp --why "moves to a new host"
    ```
    """
    place: Place = context.obj
    _known(place, name)
    place.store().subscriptions.pause(name, why)
    place.output.say(f"{name} is paused")


@app.command()
def resume(context: typer.Context, name: Name) -> None:
    """Go on telling a subscriber where it stopped, at once; also one that only waits for its next try.

    Example:

    ```
    starter.py events resume erp
    ```
    """
    place: Place = context.obj
    _known(place, name)
    place.store().subscriptions.resume(name)
    asyncio.run(_wake(place, name))
    place.output.say(f"{name} goes on")


@app.command()
def replay(
    context: typer.Context,
    name: Name,
    start: Annotated[
        str, typer.Option("--from", metavar="SEQ|TIME", help="The first event to be sent (again).")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the plan.")] = False,
    skip: Annotated[bool, typer.Option("--skip", help="Allow leaving out what it never had.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send a subscriber everything again from an event or a moment on, under the same ids.

    Prints the plan first and asks. A time is ISO 8601; without an offset it is Asia/Shanghai's. A subscriber that is
    paused stays so, and hears it when it is resumed.

    Examples:

    ```
    starter.py events replay erp --from 4200 --dry-run
    starter.py events replay erp --from 2026-11-22T09:00 --yes
    ```
    """
    place: Place = context.obj
    subscriber, standing = _known(place, name)
    plan = _plan(place.store(), subscriber, standing, start)
    place.output.facts(f"Plan for {name}", plan, as_json=as_json)
    if plan["skips"] and not skip:
        raise Trouble(
            f"{plan['skips']} events would never be told", "give --skip if you mean it", Code.WRONG_USE
        )
    if dry_run:
        return
    if not (yes or typer.confirm("Do this?", err=True)):
        raise Trouble("nothing was changed", "say yes, or give --yes")
    place.store().subscriptions.replay(name, plan["first"] - 1)
    asyncio.run(_wake(place, name))
    place.output.say(f"{name} hears everything from {plan['first']} on")


def _plan(store: Store, subscriber: Subscriber, standing: Subscription, start: str) -> dict[str, Any]:
    first, oldest = _first(store, start), store.outbox.first()
    again = standing.model_copy(update={"cursor": first - 1, "ahead": ()})
    skipped = 0
    if first > standing.cursor + 1:
        skipped = behind(store, subscriber, standing) - behind(store, subscriber, again)
    return {
        "first": first,
        "events": behind(store, subscriber, again),
        "skips": max(skipped, 0),
        "oldest_kept": oldest,
        "state": str(standing.state),
        "note": "cleared away before then: replay begins at the oldest that is kept"
        if first < oldest
        else "",
    }


def _first(store: Store, start: str) -> int:
    if start.isdecimal():
        return max(int(start), 1)
    try:
        moment = read_moment(start)
    except ValueError as error:
        raise Trouble(
            f"{start!r} is neither a number nor a time", "write 4200 or 2026-11-22T09:00", Code.WRONG_USE
        ) from error
    found = store.outbox.first_at(moment)
    return store.outbox.end() + 1 if found is None else found


def _known(place: Place, name: str) -> tuple[Subscriber, Subscription]:
    configured = {one.name: one for one in place.settings().subscribers}
    if name not in configured:
        raise Trouble(
            f"no subscriber {name}", f"there are: {', '.join(configured) or 'none'}", Code.WRONG_USE
        )
    subscriptions = place.store().subscriptions
    if subscriptions.get(name) is None:
        subscriptions.begin(name, place.store().outbox.end())
    standing = subscriptions.get(name)
    if standing is None:
        raise Unavailable(f"the subscription of {name} cannot be kept")
    return configured[name], standing


async def _wake(place: Place, name: str) -> None:
    """Let the relay look at once; it looks by itself within ten minutes when Temporal cannot be reached now."""
    standing = place.store().subscriptions.get(name)
    if standing is not None and standing.state in STOPPED:
        return
    try:
        running = await look_again(await place.temporal(), name)
    except (Trouble, Unavailable) as trouble:
        place.output.say(f"it looks by itself within ten minutes: {trouble}")
        return
    if not running:
        place.output.say("its relay does not run: start a worker that serves the queue `events`")
