"""`interfaces health` and `interfaces relearn`: how the outside world is, as the watch over it sees it."""

from typing import Annotated

import typer

from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.domain.interfaces import Health
from oms.store.health import Stood


def health(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="The healthy ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show which outside interfaces are not healthy, since when and why; asks nobody but our own database.

    The Schedule watch-interfaces writes it every five minutes. The gravest come first. Exit code 1 when one of them is
    retired, unreachable, degraded or of another shape.

    Examples:

    ```
    starter.py interfaces health
    starter.py interfaces health --all
    starter.py interfaces health --json | jq -r '.[] | select(.state == "retired") | .interface'
    ```
    """
    place: Place = context.obj
    known = sorted(place.store().health.all(), key=_gravest_first)
    rows = [_row(each) for each in known if all_ or as_json or each.health is not Health.HEALTHY]
    place.output.rows("Interfaces that are not healthy" if not all_ else "Interfaces", rows, as_json=as_json)
    if ill := [each.interface for each in known if each.health in GRAVE]:
        raise Trouble(
            f"{len(ill)} of {len(known)} interfaces: {', '.join(ill)}",
            "what each state means stands in docs/operations.md",
        )


GRAVE = frozenset({Health.RETIRED, Health.UNREACHABLE, Health.DEGRADED, Health.SHAPE_CHANGED})
_PLACE = {state: place for place, state in enumerate(Health)}


def relearn(
    context: typer.Context,
    interface: Annotated[str, typer.Argument(metavar="INTERFACE", help="As `interfaces health` names it.")],
) -> None:
    """Take the present shape of an interface's answers for the right one: it is learnt anew from the next answers.

    For after a look at the mapping, when a platform has changed its answers and we read them right all the same.

    Examples:

    ```
    starter.py interfaces relearn jd/orders
    ```
    """
    place: Place = context.obj
    if not place.store().shapes.forget(interface):
        known = ", ".join(sorted({each.interface for each in place.store().shapes.all()})) or "none yet"
        raise Trouble(f"no shape of {interface!r} is recorded", f"there are: {known}", Code.WRONG_USE)
    place.output.say(f"the shape of {interface} is learnt anew")


def _gravest_first(each: Stood) -> tuple[int, str]:
    return -_PLACE[each.health], each.interface


def _row(each: Stood) -> dict[str, object]:
    return {
        "interface": each.interface,
        "state": each.health.value,
        "since": each.since,
        "reason": each.reason,
        "checked_at": each.checked_at,
    }
