"""The rota file: a person is always found, or the start is refused; quiet hours; no address is ever shown."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from oms.rota import ROLES, SEVERITIES, Quiet, read_rota
from oms.settings import Settings
from oms.variables import WrongSetting
from tests.house_rules.tree import ROOT
from tests.process.alert_rota import a_person, a_rota
from tests.unit.command_line import configured

ENVIRON = {"OMS_WAY_X": "dingtalk://SECRET@TOKEN"}
LIN = {"name": "lin", "roles": ["all"], "ways": ["OMS_WAY_X"]}


def written(folder: Path, content: object) -> Path:
    path = folder / "rota.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


def test_the_example_is_a_rota() -> None:
    """As it stands, with addresses in the environment."""
    path = ROOT / "rota.example.yaml"
    environ = {
        word: "mailto://x"
        for word in path.read_text(encoding="utf-8").split()
        for word in [word.strip("[],")]
    }

    rota = read_rota(path, environ)

    assert [person.name for person in rota.chain("purchasing", "warning")] == ["li.na", "zhao.min"]
    assert all(rota.chain(role, severity) for role in ROLES for severity in SEVERITIES)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("people: [", "not YAML"),
        ({"people": []}, "nobody is in it"),
        ({"persons": [LIN]}, "nobody is in it"),
        ({"people": [LIN | {"roles": ["operations"]}]}, "nobody looks after service at severity info"),
        ({"people": [LIN | {"severities": ["red"]}]}, "nobody looks after service at severity info"),
        ({"people": [LIN | {"roles": []}]}, "'lin': roles"),
        ({"people": [LIN | {"roles": ["boss"]}]}, "'lin': roles"),
        ({"people": [LIN | {"ways": []}]}, "'lin': ways"),
        ({"people": [LIN | {"ways": ["OMS_WAY_GONE"]}]}, "OMS_WAY_GONE, which is not set"),
        ({"people": [LIN | {"ways": ["dingtalk://S@T"]}]}, "no name of a variable"),
        ({"people": [LIN | {"quiet": {"red": "22:00-08:00"}}]}, "'lin': quiet"),
        ({"people": [LIN | {"quiet": {"info": "22:00"}}]}, "'lin': quiet"),
        ({"people": [LIN | {"quiet": {"info": "22:00-22:00"}}]}, "quiet hours are written"),
        ({"people": [LIN | {"phone": "1"}]}, "'lin': phone"),
        ({"people": [LIN, LIN]}, "listed twice"),
        ({"people": [LIN], "acknowledge_within": {"red": 0}}, "at least one minute"),
        ({"people": [LIN], "notices_a_minute": 0}, "notices_a_minute"),
        ({"people": ["lin"]}, "person 1 is not a mapping"),
    ],
)
def test_a_wrong_rota_stops_the_start_and_says_why(tmp_path: Path, content: object, words: str) -> None:
    """By person and key; an address, which holds a secret, is not shown."""
    path = written(tmp_path, content)

    with pytest.raises(WrongSetting) as caught:
        read_rota(path, ENVIRON)

    assert words in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert "S@T" not in str(caught.value)


def test_the_settings_read_it_and_show_no_address(tmp_path: Path) -> None:
    """OMS_ROTA_FILE names it; without it there is none; a file that is gone is told."""
    environ = {**configured(tmp_path), **ENVIRON}
    path = written(tmp_path, {"people": [LIN]})

    with_rota = Settings.from_environ({**environ, "OMS_ROTA_FILE": str(path)})
    without = Settings.from_environ(environ)
    with pytest.raises(WrongSetting, match=r"gone\.yaml"):
        Settings.from_environ({**environ, "OMS_ROTA_FILE": str(tmp_path / "gone.yaml")})

    assert with_rota.rota is not None
    assert without.rota is None
    assert "TOKEN" not in repr(with_rota.rota) + str(with_rota)


@pytest.mark.parametrize(
    ("hours", "local", "ends_in"),
    [
        ("22:00-08:00", "2026-11-23 21:59", None),
        ("22:00-08:00", "2026-11-23 22:00", timedelta(hours=10)),
        ("22:00-08:00", "2026-11-24 07:59", timedelta(minutes=1)),
        ("22:00-08:00", "2026-11-24 08:00", None),
        ("12:00-14:00", "2026-11-23 13:00", timedelta(hours=1)),
        ("12:00-14:00", "2026-11-23 14:00", None),
        ("00:00-06:00", "2026-02-28 23:59", None),
    ],
)
def test_quiet_hours_are_hours_of_shanghai(hours: str, local: str, ends_in: timedelta | None) -> None:
    """They may reach over midnight."""
    at = datetime.fromisoformat(f"{local}:00+08:00").astimezone(UTC)

    end = Quiet.model_validate(hours).end_after(at)

    assert (end - at if end else None) == ends_in


def test_the_chain_goes_on_with_the_supervisor_and_the_manager() -> None:
    """Each person once; who does not look after a severity is not asked."""
    rota = a_rota(
        a_person("lin", "operations"), a_person("wang", "operations", severities=("info",)),
        a_person("zhao", "supervisor", "all"), a_person("chen", "manager", "operations"),
    )  # fmt: skip

    assert [person.name for person in rota.chain("operations", "red")] == ["lin", "zhao", "chen"]
    assert [person.name for person in rota.chain("purchasing", "info")] == ["zhao", "chen"]
