"""The command line's manners: help that teaches, JSON beside every table, trouble with its next step."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from oms.cli.output import Output
from tests.unit.command_line import configured, say

COMMANDS = [
    "demo", "up", "migrate", "poll", "sweep", "shops list", "shops check",
    "schedules apply", "schedules list", "schedules pause", "schedules resume",
    "order list", "order show", "order hold", "order release", "order approve", "order cancel", "order resync",
    "order note", "inbox list", "inbox retry", "keys new", "parcels list", "parcels watch",
]  # fmt: skip
WITHOUT_A_TABLE = {"demo", "up", "migrate", "schedules pause", "schedules resume"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_by_example(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    """`--help` shows how the command is used, and costs no configuration."""
    said = say(*command.split(), "--help", environ={}, base=tmp_path)
    shown = capsys.readouterr().out

    assert said.code == 0
    assert f"starter.py {command}" in shown.replace("Usage: starter.py", "")
    assert command in WITHOUT_A_TABLE or "--json" in shown


@pytest.mark.parametrize(
    "words", [["dance"], ["order", "show"], ["demo", "--orders", "none"], ["demo", "--from", "nowhere"]]
)
def test_a_wrong_command_line_does_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str]
) -> None:
    """Exit code 2, and the usage."""
    said = say(*words, environ={}, base=tmp_path)

    assert said.code == 2
    assert "starter.py" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_is_named_with_its_shape_and_never_shown(tmp_path: Path) -> None:
    """The secret itself stays out of the words."""
    environ = configured(tmp_path, OMS_DATA_KEYS="k1:c2VjcmV0")

    said = say("order", "list", environ=environ, base=tmp_path)

    assert said.code == 2
    assert "OMS_DATA_KEYS is a text of 11 characters" in said.err
    assert "c2VjcmV0" not in said.err


def test_nothing_configured_is_said_with_the_way_out(tmp_path: Path) -> None:
    """Both ways: a stack of our own, or a .env."""
    said = say("order", "list", environ={}, base=tmp_path)

    assert said.code == 2
    assert "starter.py up" in said.err
    assert ".env" in said.err


def test_keys_are_made_as_env_wants_them(tmp_path: Path) -> None:
    """Fresh each time, under the name asked for, and accepted by the settings."""
    first = say("keys", "new", "--name", "2027", environ={}, base=tmp_path)
    again = say("keys", "new", "--json", environ={}, base=tmp_path)
    lines = dict(line.split("=", 1) for line in first.out.splitlines())

    assert lines["OMS_DATA_KEYS"].startswith("2027:")
    assert set(lines) == set(again.json) == {"OMS_DATA_KEYS", "OMS_PAYLOAD_KEYS", "OMS_DIGEST_KEY"}
    assert lines["OMS_DIGEST_KEY"] != again.json["OMS_DIGEST_KEY"]
    assert say("migrate", environ=configured(tmp_path, **lines), base=tmp_path).code == 0


def test_a_shop_that_is_not_configured_is_answered_with_those_that_are(tmp_path: Path) -> None:
    """Before anybody is asked anything."""
    said = say("poll", "tmall", environ=configured(tmp_path), base=tmp_path)

    assert said.code == 2
    assert "woocommerce:main" in said.err


@pytest.mark.parametrize("command", ["order list", "inbox list", "shops list"])
def test_a_database_without_tables_is_told_with_the_way_to_them(tmp_path: Path, command: str) -> None:
    """Whoever has just configured everything has not migrated yet."""
    said = say(*command.split(), environ=configured(tmp_path), base=tmp_path)

    assert said.code == 2
    assert "starter.py migrate" in said.err


def test_what_does_not_answer_is_exit_code_3(tmp_path: Path) -> None:
    """A database that is not there is told apart from a refusal."""
    environ = configured(tmp_path, OMS_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/nothing")

    said = say("order", "list", environ=environ, base=tmp_path)

    assert said.code == 3
    assert "no answer" in said.err


def test_an_address_is_never_broken() -> None:
    """However narrow the terminal: it is there to be copied, or clicked on."""
    written = StringIO()
    address = f"http://127.0.0.1:8233/{'x' * 90}"

    Output(Console(file=written, width=40)).facts(
        "Up", {"Temporal UI": address, "订单": "中文"}, as_json=False
    )

    assert address in written.getvalue()
