"""`people` at the command line: the first administrator, roles, passwords, the door shut and opened."""

import io
from pathlib import Path
from typing import Any

import pytest

from oms.cli.running import FIRST_ADMIN
from oms.domain.roles import Role
from oms.opening import open_store
from oms.passwords import matches
from oms.settings import Settings
from oms.store import Store
from tests.unit.command_line import Said, configured, say


class Desk:
    """A command line over a database of its own, and what is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.environ = folder, configured(folder)

    def people(self, *words: str) -> Said:
        return say("people", *words, environ=self.environ, base=self.folder)

    @property
    def store(self) -> Store:
        return open_store(Settings.from_environ(self.environ))


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path) -> Desk:
    """An empty, migrated database."""
    made = Desk(tmp_path)
    (tmp_path / "oms.db").write_bytes(sqlite_template.read_bytes())
    return made


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What a program, or a person with `echo`, sends to the command."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_the_first_administrator_is_made_by_command(desk: Desk) -> None:
    """With a password that is printed once and kept nowhere; before that there is nobody."""
    before = desk.people("list")
    added = desk.people("add", "Wang", "--role", "admin", "--generate", "--json")
    listed = desk.people("list", "--json")

    assert "people add NAME --role admin" in before.out
    assert added.json["role"] == "admin"
    password = added.json["password"]
    account = desk.store.people.get("wang")
    assert account is not None
    assert matches(account.password, password)
    assert password not in listed.out
    assert [(row["name"], row["role"], row["password"]) for row in listed.json] == [("Wang", "admin", True)]
    assert [(act.what, act.about) for act in desk.store.acts.newest()] == [("person.added_as_admin", "Wang")]


def test_a_password_may_be_piped_in(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not echoed; one that is too simple is refused with what is wanted."""
    piped(monkeypatch, "correct horse battery\n")
    added = desk.people("add", "li", "--role", "service")
    piped(monkeypatch, "short\n")
    refused = desk.people("add", "lin", "--role", "viewer")

    assert (added.code, refused.code) == (0, 2)
    assert "horse" not in added.out + added.err
    assert "at least 12 characters" in refused.err
    account = desk.store.people.get("li")
    assert account is not None
    assert matches(account.password, "correct horse battery")
    assert desk.store.people.get("lin") is None


def test_with_an_address_the_identity_provider_opens_the_door(desk: Desk) -> None:
    """And no password does."""
    desk.people("add", "zhao", "--role", "viewer", "--email", "Zhao@example.com")

    account = desk.store.people.by_email("zhao@example.com")
    assert account is not None
    assert (account.name, account.password) == ("zhao", "")


def test_roles_passwords_and_the_door_are_changed_with_a_reason(desk: Desk) -> None:
    """Every change stands in the log, and a new password ends the sessions."""
    desk.people("add", "wang", "--role", "admin", "--generate")
    desk.people("add", "li", "--role", "viewer", "--generate")
    desk.store.web_sessions.begin("li", desk.store.database.clock())

    said = [
        desk.people("set-role", "LI", "--role", "supervisor", "--by", "wang", "--why", "leads the shift"),
        desk.people("password", "li", "--generate", "--json"),
        desk.people("disable", "li", "--by", "wang", "--why", "left"),
        desk.people("enable", "li", "--by", "wang", "--why", "is back"),
    ]

    assert [one.code for one in said] == [0, 0, 0, 0]
    assert said[1].json["sessions_ended"] == 1
    account = desk.store.people.get("li")
    assert account is not None
    assert (account.role, account.disabled_at) == (Role.SUPERVISOR, None)
    log = [(act.who, act.what, act.why) for act in desk.store.acts.of("li")]
    assert ("wang", "role.viewer_to_supervisor", "leads the shift") in log
    assert ("wang", "person.disabled", "left") in log


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "wang", "--role", "viewer", "--generate"), 1, "already"),
        (("add", " ", "--role", "viewer", "--generate"), 2, "1 to 64"),
        (("add", "x", "--role", "viewer", "--generate", "--language", "fr"), 2, "zh_CN or en"),
        (("set-role", "nobody", "--role", "viewer", "--why", "x"), 1, "nobody called nobody"),
        (("set-role", "wang", "--role", "viewer", "--why", "x"), 1, "the last administrator stays one"),
        (("disable", "wang", "--why", "x"), 1, "the last administrator stays one"),
        (("enable", "wang", "--why", "x"), 1, "can sign in already"),
        (("disable", "wang"), 2, ""),
    ],
)
def test_what_cannot_be_done_is_told_with_the_next_step(desk: Desk, words: Any, code: int, told: str) -> None:
    """And nothing is changed."""
    desk.people("add", "wang", "--role", "admin", "--generate")

    said = desk.people(*words)

    assert said.code == code
    assert told in said.err
    assert [(one.name, one.role) for one in desk.store.people.all()] == [("wang", Role.ADMIN)]


@pytest.mark.parametrize("command", ["add", "list", "set-role", "password", "disable", "enable"])
def test_every_command_teaches_by_example(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    """And the one that `up` prints is one of them."""
    code = say("people", command, "--help", environ={}, base=tmp_path).code

    assert code == 0
    assert f"starter.py people {command}" in capsys.readouterr().out
    assert "people add NAME --role admin --generate" in FIRST_ADMIN
