"""Put the commands together, and turn what goes wrong into words and an exit code."""

import sys
from collections.abc import Mapping, Sequence

import typer
from sqlalchemy.exc import DBAPIError
from temporalio.service import RPCError

from oms.cli import (
    aftersales,
    alerts,
    calls,
    events,
    inbox,
    interfaces,
    keys,
    orders,
    parcels,
    people,
    rules,
    schedules,
    shops,
)
from oms.cli.day import day
from oms.cli.demo import demo
from oms.cli.interrupts import Interrupted
from oms.cli.migrate import migrate
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.cli.polls import poll, sweep
from oms.cli.up import up
from oms.domain.errors import OmsError, Unavailable
from oms.settings import WrongSetting
from oms.stack.children import StackFailed

HELP = """Run Orderloom, and look after its orders.

Start with `starter.py demo`: it needs no set-up. With `starter.py up` running in one terminal, try in another:

```
starter.py order list
starter.py order show 1001
```

Every table is also JSON with --json. Exit codes: 0 done; 1 the answer is no; 2 wrong use or setting;
3 something does not answer; 130 interrupted.
"""

NO_SUCH_TABLE = frozenset({"42P01", "42703"})
"""PostgreSQL's words for a table or column that is not there; SQLite says "no such …"."""


def build() -> typer.Typer:
    """Return the command line."""
    app = typer.Typer(
        name="starter.py",
        help=HELP,
        rich_markup_mode="markdown",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.command()(demo)
    app.command()(day)
    app.command()(up)
    app.command()(migrate)
    app.command()(poll)
    app.command()(sweep)
    groups = {
        "shops": shops, "schedules": schedules, "order": orders, "inbox": inbox, "events": events, "keys": keys,
        "aftersale": aftersales, "parcels": parcels, "rules": rules, "calls": calls, "alerts": alerts,
        "interfaces": interfaces, "people": people,
    }  # fmt: skip
    for name, group in groups.items():
        app.add_typer(group.app, name=name)
    return app


def run(arguments: Sequence[str], place: Place) -> int:
    """Carry out one command line; what goes wrong is told on stderr, with the next step. Returns the exit code."""
    try:
        build()(args=list(arguments), prog_name="starter.py", obj=place)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except (Interrupted, KeyboardInterrupt):
        place.output.say("interrupted")
        return Code.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last to hear of it; what it does not know it raises again
        return _tell(error, place)
    finally:
        place.close()
    return Code.OK


def _tell(error: Exception, place: Place) -> int:
    match error:
        case Trouble():
            place.output.trouble(str(error), error.next_step)
            return error.code
        case WrongSetting():
            place.output.trouble(str(error), "correct it in the environment or .env, then try again")
            return Code.WRONG_USE
        case StackFailed():
            place.output.trouble(str(error), "nothing keeps running; the full logs are in .orderloom/runs")
            return Code.UNREACHABLE
        case Unavailable() | RPCError():
            place.output.trouble(f"no answer: {error}", "is everything running? try again in a moment")
            return Code.UNREACHABLE
        case DBAPIError() if _lacks_tables(error):
            place.output.trouble(
                "the database has no tables yet, or old ones", "`starter.py migrate` makes them"
            )
            return Code.WRONG_USE
        case OmsError():
            place.output.trouble(str(error))
            return Code.NOT_AS_ASKED
        case _:
            raise error


def _lacks_tables(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", "") in NO_SUCH_TABLE or str(error.orig).startswith("no such ")


def main(environ: Mapping[str, str]) -> int:
    """Carry out the process's own command line."""
    return run(sys.argv[1:], Place(environ))
