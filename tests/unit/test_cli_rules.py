"""Rule tables on the command line: checked, compared, brought into force, and what was in force when."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.cli.rule_changes import keep
from oms.domain.ids import OrderKey
from oms.opening import open_store
from oms.rules.table import TABLE, read_table
from oms.settings import Settings
from oms.stack.world import SHOP
from oms.store import Activation, Store
from tests.unit.command_line import Said, configured, say
from tests.unit.store_builders import a_book

BUILT_IN = read_table()
NEXT = "2026-12-01.1"
KEY = OrderKey(channel=SHOP.channel, shop=SHOP.shop, number="1001")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A configured place that knows one order under way."""
    environ = configured(tmp_path)
    store = opened(environ)
    store.migrate()
    store.books.commit(a_book(key=KEY))
    store.close()
    return environ


def opened(environ: dict[str, str]) -> Store:
    return open_store(Settings.from_environ(environ))


def a_file(folder: Path, *changes: tuple[str, str], version: str = NEXT) -> Path:
    """The built-in table with some words replaced, under another version."""
    text = TABLE.read_text(encoding="utf-8")
    for before, after in ((BUILT_IN.version, version), *changes):
        assert before in text
        text = text.replace(before, after)
    file = folder / f"{version}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def activating(file: Path, environ: dict[str, str], base: Path, *more: str) -> Said:
    words = ("rules", "activate", str(file), "--by", "lin", "--why", "double twelve", *more)
    return say(*words, environ=environ, base=base)


def test_a_good_table_is_fine(tmp_path: Path) -> None:
    """Nothing has to be configured for a check."""
    said = say("rules", "check", str(a_file(tmp_path)), environ={}, base=tmp_path)

    assert said.code == 0
    assert f"version {NEXT}" in said.out


@pytest.mark.parametrize(("lang", "words"), [("en", "expected a duration"), ("zh", "应为时长")])
def test_every_fault_is_told_with_its_place(tmp_path: Path, lang: str, words: str) -> None:
    """Two wrong words: two lines and columns, in the language asked for."""
    file = a_file(
        tmp_path, ("remind_before: 4h", "remind_before: 4"), ("warn_before: 1h", "warn_before: soon")
    )
    lines = file.read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines, 1) if "remind_before: 4 " in f"{line} ")

    shown = say("rules", "check", str(file), "--lang", lang, environ={}, base=tmp_path)
    listed = say("rules", "check", str(file), "--json", environ={}, base=tmp_path)

    assert (shown.code, listed.code) == (1, 1)
    assert words in shown.out
    assert f"{place}:" in shown.out
    assert {"defaults.ship.remind_before", "defaults.ship.warn_before"} <= {
        each["path"] for each in listed.json
    }
    assert all(each["line"] > 1 and each["column"] > 1 for each in listed.json)


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    """Named, not a traceback."""
    said = say("rules", "check", str(tmp_path / "none.yaml"), environ={}, base=tmp_path)

    assert said.code == 2
    assert "none.yaml" in said.err


def test_what_a_table_changes_is_shown_figure_by_figure(environ: dict[str, str], tmp_path: Path) -> None:
    """Douyin gets two days; nobody else is concerned."""
    file = a_file(tmp_path, ('high_value: "1000.00"', 'high_value: "800.00"'))

    shown = say("rules", "diff", str(file), environ=environ, base=tmp_path)
    listed = say("rules", "diff", str(file), "--json", environ=environ, base=tmp_path)

    figure = listed.json["figures"][0]
    assert shown.code == 0
    assert "¥800.00" in shown.out
    assert (figure["path"], figure["before"], figure["after"]) == ("review.high_value", 100_000, 80_000)
    assert set(figure["where"]) == set(BUILT_IN.platforms)
    assert len(listed.json["figures"]) == 1


def test_a_dry_run_shows_the_plan_and_changes_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    """How many orders in flight would be judged anew stands in it."""
    said = activating(a_file(tmp_path), environ, tmp_path, "--dry-run", "--json")

    store = opened(environ)
    assert said.code == 0
    assert said.json["activated"] is False
    assert said.json["plan"]["orders_judged_anew"] == 1
    assert said.json["plan"]["instead_of"] == BUILT_IN.version
    assert store.rule_tables.count() == 0
    store.close()


def test_orders_in_flight_are_asked_about(
    environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No is the answer that changes nothing."""
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    said = activating(a_file(tmp_path), environ, tmp_path)

    store = opened(environ)
    assert said.code == 1
    assert "nothing was changed" in said.err
    assert store.rule_tables.count() == 0
    store.close()


def test_nothing_is_kept_while_temporal_does_not_answer(environ: dict[str, str], tmp_path: Path) -> None:
    """A table in force of which no order in flight hears would be a mixture."""
    said = activating(a_file(tmp_path), environ, tmp_path, "--yes")

    store = opened(environ)
    assert said.code == 3
    assert store.rule_tables.count() == 0
    store.close()


def test_a_version_is_never_edited(environ: dict[str, str], tmp_path: Path) -> None:
    """Also not the one that came with the program."""
    file = a_file(tmp_path, ("remind_before: 4h", "remind_before: 5h"), version=BUILT_IN.version)

    said = activating(file, environ, tmp_path, "--yes")

    assert said.code == 1
    assert "never edited" in said.err
    assert "another table_version" in said.err


@pytest.mark.parametrize("start", ["2020-01-01T00:00", "tomorrow"])
def test_a_beginning_in_the_past_is_refused(environ: dict[str, str], tmp_path: Path, start: str) -> None:
    """Orders were judged since; and what is no time is not guessed at."""
    said = activating(a_file(tmp_path), environ, tmp_path, "--from", start)

    assert said.code == 2


def test_with_the_first_activation_the_table_of_the_program_is_kept_too(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Orders were judged by it so far, and name it; then both stand in the list, and one is in force."""
    store, now = opened(environ), datetime.now(UTC)
    text = a_file(tmp_path).read_text(encoding="utf-8")
    wanted = Activation(
        version=NEXT, digest="d", text=text, effective_from=now + timedelta(days=1), activated_by="lin", why="w",
        activated_at=now,
    )  # fmt: skip
    keep(store, wanted)
    keep(store, wanted)
    store.close()

    before = say("rules", "versions", "--json", environ=environ, base=tmp_path).json
    shown = say(
        "rules",
        "show",
        "--at",
        f"{now + timedelta(days=2):%Y-%m-%dT%H:%M}",
        "--json",
        environ=environ,
        base=tmp_path,
    )

    assert [(row["version"], row["in_force"]) for row in before] == [(BUILT_IN.version, True), (NEXT, False)]
    assert before[0]["by"] == "orderloom"
    assert shown.json["version"] == NEXT


def test_an_order_that_does_not_answer_is_explained_from_the_database(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """The version and the rows that apply; and it is said that the order itself was not heard."""
    listed = say("rules", "explain", "1001", "--json", environ=environ, base=tmp_path)
    shown = say("rules", "explain", "1001", environ=environ, base=tmp_path)

    sources = [each["source"] for each in listed.json["layers"]]
    assert listed.code == 0
    assert (listed.json["version"], listed.json["platform"]) == (BUILT_IN.version, "own_shop")
    assert sources == ["defaults", "platforms.own_shop"]
    assert "review.first_buyer" in listed.json["layers"][1]["figures"]
    assert listed.json["gate"] is None
    assert "does not answer" in listed.err
    assert "platforms.own_shop" in shown.out


def test_an_unknown_version_is_answered_with_those_there_are(tmp_path: Path) -> None:
    """As with every name that a person may mistype."""
    said = say("rules", "diff", "1999", environ={}, base=tmp_path)

    assert said.code == 2
    assert BUILT_IN.version in said.err
