"""`people`: who may sign in to the desk, as what; the first administrator is made here, and nobody has a default password."""

import getpass
import sys
from typing import Annotated

import typer

from oms.cli.options import AsJson
from oms.cli.output import Code, Trouble
from oms.cli.place import Place
from oms.clock import wall_clock
from oms.domain.roles import Role
from oms.passwords import generated, hashed, objection
from oms.people import By, change_role
from oms.people import disable as shut_out
from oms.people import enable as let_in
from oms.store.people import HOME_ZONE, Account, folded

app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Look after the people of the desk: who may sign in, and what each may do.",
)
LONGEST_NAME = 64
FIRST_BY = "command line"
Name = Annotated[str, typer.Argument(metavar="NAME", help="As they sign in.", show_default=False)]
RoleOption = Annotated[Role, typer.Option("--role", help="What they are there for.", show_default=False)]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password and print it, this once.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does it; stands in the log.")]
WhyOption = Annotated[str, typer.Option("--why", help="Why; stands in the log.", show_default=False)]


@app.command()
def add(
    context: typer.Context,
    name: Name,
    role: RoleOption,
    generate: Generate = False,
    email: Annotated[
        str, typer.Option(help="By which the identity provider knows them; without --generate no password.")
    ] = "",
    language: Annotated[str, typer.Option(help="zh_CN or en; else as their browser asks.")] = "",
    by: ByOption = FIRST_BY,
    as_json: AsJson = False,
) -> None:
    """Add somebody. Asks for a password, or makes one (--generate), or leaves it to the identity provider (--email).

    Examples:

    ```
    starter.py people add wang --role admin                # asks for a password; the first administrator
    starter.py people add li --role service --generate     # prints a password once
    starter.py people add zhao --role viewer --email zhao@example.com
    echo "$SECRET" | starter.py people add lin --role supervisor
    ```
    """
    place: Place = context.obj
    _check_name(name, language)
    store = place.store()
    store.migrate()
    if store.people.get(name) is not None:
        raise Trouble(f"there is somebody called {name} already", "`starter.py people list` shows everybody")
    password = "" if email and not generate else _new_password(name, generate=generate)
    account = Account(
        name=name.strip(), role=role, password=hashed(password) if password else "", email=folded(email) or None,
        language=language, zone=HOME_ZONE, created_at=wall_clock(), created_by=by,
    )  # fmt: skip
    if not store.people.add(account):
        raise Trouble(
            "somebody has that name or e-mail address already", "`starter.py people list` shows them"
        )
    store.acts.note(wall_clock(), by, f"person.added_as_{role.value}", about=account.name)
    facts = {"name": account.name, "role": role.value, **({"password": password} if generate else {})}
    place.output.facts("Added", facts, as_json=as_json)


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List everybody: role, how they sign in, when they came last, whether the door is shut for them.

    Examples:

    ```
    starter.py people list
    starter.py people list --json | jq -r '.[] | select(.role == "admin") | .name'
    ```
    """
    place: Place = context.obj
    rows = [
        {
            "name": one.name, "role": one.role.value, "password": bool(one.password),
            "identity_provider": bool(one.email or one.subject), "signed_in_at": one.signed_in_at,
            "disabled_at": one.disabled_at, "created_at": one.created_at, "created_by": one.created_by,
        }
        for one in place.store().people.all()
    ]  # fmt: skip
    none = "nobody; `starter.py people add NAME --role admin` makes the first"
    place.output.rows("People", rows, as_json=as_json, none=none)


@app.command("set-role")
def set_role(
    context: typer.Context, name: Name, role: RoleOption, why: WhyOption, by: ByOption = FIRST_BY
) -> None:
    """Give somebody another role; it holds from their next click on.

    Example: `starter.py people set-role li --role supervisor --by wang --why "leads the evening shift"`
    """
    place, account = _known(context, name)
    if not change_role(place.store(), _by(by, why), name, role):
        raise Trouble(f"{account.name} is {account.role} and stays it", _no_admin_left(account))
    place.output.say(f"{account.name} is {role} now")


@app.command()
def password(
    context: typer.Context,
    name: Name,
    generate: Generate = False,
    by: ByOption = FIRST_BY,
    as_json: AsJson = False,
) -> None:
    """Give somebody another password, and sign them out everywhere.

    Examples:

    ```
    starter.py people password li               # asks for it
    starter.py people password li --generate    # prints one, this once
    ```
    """
    place, account = _known(context, name)
    new = _new_password(account.name, generate=generate)
    place.store().people.change(name, password=hashed(new))
    ended = place.store().web_sessions.end_all(account.key)
    place.store().acts.note(wall_clock(), by, "password.changed", about=account.name)
    facts = {"name": account.name, "sessions_ended": ended, **({"password": new} if generate else {})}
    place.output.facts("Changed", facts, as_json=as_json)


@app.command()
def disable(context: typer.Context, name: Name, why: WhyOption, by: ByOption = FIRST_BY) -> None:
    """Let somebody in no more, and end their sessions; what they did stays in the log.

    Example: `starter.py people disable li --by wang --why "left the company"`
    """
    place, account = _known(context, name)
    if not shut_out(place.store(), _by(by, why), name):
        raise Trouble(f"nothing was changed for {account.name}", _no_admin_left(account))
    place.output.say(f"{account.name} cannot sign in any more")


@app.command()
def enable(context: typer.Context, name: Name, why: WhyOption, by: ByOption = FIRST_BY) -> None:
    """Let somebody in again whom `disable` shut out.

    Example: `starter.py people enable li --by wang --why "is back"`
    """
    place, account = _known(context, name)
    if not let_in(place.store(), _by(by, why), name):
        raise Trouble(f"{account.name} can sign in already")
    place.output.say(f"{account.name} can sign in again")


def _known(context: typer.Context, name: str) -> tuple[Place, Account]:
    place: Place = context.obj
    account = place.store().people.get(name)
    if account is None:
        raise Trouble(f"there is nobody called {name}", "`starter.py people list` shows everybody")
    return place, account


def _by(by: str, why: str) -> By:
    return wall_clock(), by, why


def _no_admin_left(account: Account) -> str:
    """Say what may be in the way."""
    if account.role is Role.ADMIN and account.disabled_at is None:
        return "the last administrator stays one: add another first"
    return "`starter.py people list` shows how it is"


def _check_name(name: str, language: str) -> None:
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise Trouble(f"a name is 1 to {LONGEST_NAME} printable characters", "", Code.WRONG_USE)
    if language not in {"", "zh_CN", "en"}:
        raise Trouble(f"no language {language!r}", "say zh_CN or en", Code.WRONG_USE)


def _new_password(name: str, *, generate: bool) -> str:
    """Ask for a password, twice at a terminal; read a line where somebody pipes it in."""
    if generate:
        return generated()
    if not sys.stdin.isatty():
        given = sys.stdin.readline().rstrip("\r\n")
    else:
        given = getpass.getpass(f"Password of {name}: ")
        if given != getpass.getpass("Once more: "):
            raise Trouble("the two passwords differ", "try again", Code.WRONG_USE)
    if problem := objection(given, name):
        raise Trouble(problem, "choose another, or let one be made with --generate", Code.WRONG_USE)
    return given
