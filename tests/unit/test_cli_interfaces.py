"""`interfaces` at the command line: the register for people and for programs, and setting an end."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.clock import wall_clock
from oms.opening import open_store
from oms.settings import Settings
from oms.store.interfaces import Known
from tests.unit.command_line import Said, say
from tests.unit.register_world import an_installation

SEARCH = "jd/jingdong.pop.order.search"
SAID = ("--source", "open.jd.com", "--by", "wang", "--why", "notice of November")


@pytest.fixture(name="environ")
def an_environment(tmp_path: Path) -> Mapping[str, str]:
    """Four shops with a migrated database, and no Temporal."""
    environ = an_installation(tmp_path)
    store = open_store(Settings.from_environ(environ))
    store.migrate()
    store.close()
    return environ


def typed(environ: Mapping[str, str], *words: str) -> Said:
    """Type a command of the group."""
    return say("interfaces", *words, environ=environ, base=Path(environ["OMS_SHOPS_FILE"]).parent)


def known(environ: Mapping[str, str], key: str = f"interface:{SEARCH}") -> Known:
    """What the register knows of something."""
    store = open_store(Settings.from_environ(environ))
    try:
        return store.interfaces.get(key)
    finally:
        store.close()


def in_days(days: int) -> str:
    """A date so many days from today, in China."""
    return f"{wall_clock() + timedelta(days=days, hours=8):%Y-%m-%d}"


def test_the_list_names_every_interface_in_use(environ: Mapping[str, str]) -> None:
    """As a table and as JSON; with owner and version, and none of a platform without a shop."""
    listed = typed(environ, "list", "--json")

    rows = {row["interface"]: row for row in listed.json}
    assert rows[SEARCH]["owner"] == "operations"
    assert rows[SEARCH]["successor"] == "sp-api rest/sp-order/v0/orders"
    assert rows[SEARCH]["addresses"] == ["http://127.0.0.1:1/jd"]
    assert rows["jd/oauth2/refresh_token"]["calls_per_second"] == 10
    assert {row["system"] for row in rows.values()} == {
        "woocommerce", "taobao", "jd", "wechat", "qimen", "kuaidi100", "wechatpay", "alipay",
    }  # fmt: skip
    assert "find the orders that changed" in typed(environ, "list", "--system", "taobao").out


def test_a_system_that_is_not_in_use_is_refused(environ: Mapping[str, str]) -> None:
    """Its name, and those that there are."""
    said = typed(environ, "list", "--system", "pdd")

    assert (said.code, "no system 'pdd' is in use" in said.err) == (2, True)


def test_setting_an_end_is_written_with_who_and_why(environ: Mapping[str, str]) -> None:
    """`show` tells all of it again."""
    said = typed(environ, "set-expiry", SEARCH, in_days(20), *SAID)

    shown = typed(environ, "show", SEARCH, "--json").json
    assert said.code == 0
    assert (shown["set_by"], shown["why"], shown["source"]) == ("wang", "notice of November", "open.jd.com")
    assert shown["credentials"] == ["jd:main: app_key, app_secret, access_token, refresh_token"]
    assert [line["actor"] for line in shown["log"]] == ["wang"]
    assert "What was done" in typed(environ, "show", SEARCH).out


def test_a_date_counts_in_the_zone_that_announced_it(environ: Mapping[str, str]) -> None:
    """The first moment of the date, there."""
    typed(
        environ,
        "set-expiry",
        SEARCH,
        "2027-03-15",
        "--zone",
        "America/New_York",
        "--version",
        "routerjson",
        *SAID,
    )

    row = known(environ)
    assert (row.expires_at, row.expiry_version) == (datetime(2027, 3, 15, 4, tzinfo=UTC), "routerjson")


def test_a_dry_run_writes_nothing(environ: Mapping[str, str]) -> None:
    """It says what would be."""
    said = typed(environ, "set-expiry", SEARCH, in_days(20), "--dry-run", "--json", *SAID)

    assert (said.json["days_left"], said.json["written"]) == (20, False)
    assert known(environ).expires_at is None


def test_an_end_in_the_past_must_be_meant(environ: Mapping[str, str]) -> None:
    """Refused without --already."""
    refused = typed(environ, "set-expiry", SEARCH, "2020-01-01", *SAID)
    nothing = known(environ).expires_at
    meant = typed(environ, "set-expiry", SEARCH, "2020-01-01", "--already", *SAID)

    assert (refused.code, nothing, meant.code) == (2, None, 0)
    assert "give --already" in refused.err
    assert known(environ).expires_at == datetime(2019, 12, 31, 16, tzinfo=UTC)


def test_never_takes_an_end_back(environ: Mapping[str, str]) -> None:
    """The platform has changed its mind."""
    typed(environ, "set-expiry", SEARCH, in_days(20), *SAID)

    typed(environ, "set-expiry", SEARCH, "never", *SAID)

    assert known(environ).expires_at is None


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("jd/jingdong.pop.order.serch", "2027-01-01"), "did you mean jd/jingdong.pop.order.search"),
        (("pdd/pdd.time.get", "2027-01-01"), "in use"),
        (("token:jd:nobody", "2027-01-01"), "no shop 'jd:nobody'"),
        (("certificate:x.example.com", "2027-01-01"), "tells its end itself"),
        ((SEARCH, "2027-02-29"), "is no date"),
        ((SEARCH, "soon"), "is no date"),
        ((SEARCH, "2027-01-01", "--zone", "Mars/Olympus"), "no time zone"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    environ: Mapping[str, str], words: tuple[str, ...], hint: str
) -> None:
    """Exit code 2, and nothing is written."""
    said = typed(environ, "set-expiry", *words, *SAID)

    assert (said.code, hint in said.err) == (2, True)
    assert known(environ).expires_at is None


def test_due_lists_what_ends_soon(environ: Mapping[str, str]) -> None:
    """The nearest first; what lies further away needs a longer look."""
    typed(environ, "set-expiry", SEARCH, in_days(20), *SAID)
    typed(environ, "set-expiry", "token:taobao:main", in_days(3), *SAID)
    typed(environ, "set-expiry", "qimen/order.cancel", in_days(80), *SAID)

    near, far = (typed(environ, "due", *words, "--json").json for words in ((), ("--within", "90d")))

    assert [(row["key"], row["days_left"]) for row in near] == [
        ("token:taobao:main", 3),
        (f"interface:{SEARCH}", 20),
    ]
    assert [row["owner"] for row in far] == ["operations"] * 3
    assert typed(environ, "due", "--within", "soon").code == 2


def test_acknowledging_names_the_person_and_the_step(environ: Mapping[str, str]) -> None:
    """Only what people are reminded of can be acknowledged."""
    typed(environ, "set-expiry", SEARCH, in_days(10), *SAID)
    typed(environ, "set-expiry", "qimen/order.cancel", in_days(80), *SAID)
    who = ("--by", "li", "--why", "moving on Monday", "--json")

    done = typed(environ, "acknowledge", SEARCH, *who)
    early = typed(environ, "acknowledge", "qimen/order.cancel", *who)
    unknown = typed(environ, "acknowledge", "qimen/nothing", *who)

    assert (done.json["step"], done.json["alert"]) == (15, "none is open")
    assert known(environ).acknowledged_by == "li"
    assert (early.code, unknown.code) == (1, 2)


def test_an_alert_that_cannot_be_reached_is_acknowledged_in_the_register(environ: Mapping[str, str]) -> None:
    """Temporal does not run: the register knows all the same, and the answer says what is missing."""
    typed(environ, "set-expiry", SEARCH, in_days(10), *SAID)
    row, store = known(environ), open_store(Settings.from_environ(environ))
    store.interfaces.reminded(row.key, row.expires_at or wall_clock(), 15)
    store.close()

    done = typed(environ, "acknowledge", SEARCH, "--by", "li", "--why", "on it", "--json")

    assert "not acknowledged: Temporal does not answer" in done.json["alert"]
    assert known(environ).acknowledged_step == 15


def test_reminding_needs_temporal(environ: Mapping[str, str]) -> None:
    """Alerts live there."""
    assert typed(environ, "remind").code == 3


def test_nothing_works_without_owners(environ: Mapping[str, str]) -> None:
    """The refusal is the one of the start."""
    said = typed({**environ, "OMS_INTERFACE_OWNER": ""}, "list")

    assert (said.code, "nobody looks after" in said.err) == (2, True)
