"""The call log on the command line: listed, shown, summed up, pruned; each table also as JSON."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.cli.moments import moment_of
from oms.cli.output import Trouble
from oms.domain.calls import CallResult
from oms.opening import open_store
from oms.settings import Settings
from oms.stack.world import SHOP
from tests.unit.command_line import configured, say
from tests.unit.store_builders import NOON
from tests.unit.test_store_calls import a_call

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OF_SHOP = {"system": SHOP.channel, "shop": str(SHOP), "interface": "orders"}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """One call of the shop that went well, one that failed, one to a warehouse for an order, one of long ago."""
    environ = configured(tmp_path)
    store, now = open_store(Settings.from_environ(environ)), datetime.now(UTC)
    store.migrate()
    store.calls.add(
        [
            a_call(at=now - 40 * DAY, **OF_SHOP),
            a_call(at=now - 3 * HOUR, duration_ms=70, **OF_SHOP),
            a_call(at=now - HOUR, system="qimen", interface="order.cancel", shop="", order=f"{SHOP}:1001"),
            a_call(
                at=now - HOUR / 2, result=CallResult.RETIRED, status=404, excerpt="code=rest_no_route",
                marks=(("sunset", "Wed, 11 Nov 2026 23:59:59 GMT"),), **OF_SHOP,
            ),
        ]
    )  # fmt: skip
    store.close()
    return environ


@pytest.mark.parametrize(
    ("options", "interfaces"),
    [
        ((), ["orders", "order.cancel", "orders", "orders"]),
        (("--failed",), ["orders"]),
        (("--shop", SHOP.shop), ["orders", "order.cancel", "orders", "orders"]),
        (("--system", "qimen"), ["order.cancel"]),
        (("--interface", "orders", "--since", "2h"), ["orders"]),
        (("--order", "1001"), ["order.cancel"]),
        (("--limit", "2"), ["orders", "order.cancel"]),
        (("--since", "2099-01-01"), []),
    ],
)
def test_calls_are_listed_by_what_is_asked(
    environ: dict[str, str], tmp_path: Path, options: tuple[str, ...], interfaces: list[str]
) -> None:
    """A shop's calls include those made elsewhere for its orders."""
    said = say("calls", "list", *options, "--json", environ=environ, base=tmp_path)

    assert (said.code, [row["interface"] for row in said.json]) == (0, interfaces)


def test_one_call_is_shown_whole(environ: dict[str, str], tmp_path: Path) -> None:
    """With the excerpt of its answer and what that said of its end."""
    (row,) = say("calls", "list", "--failed", "--json", environ=environ, base=tmp_path).json

    shown = say("calls", "show", str(row["id"]), "--json", environ=environ, base=tmp_path)
    unknown = say("calls", "show", "999", environ=environ, base=tmp_path)

    assert (shown.json["result"], shown.json["excerpt"]) == ("retired", "code=rest_no_route")
    assert shown.json["marks"] == ["sunset: Wed, 11 Nov 2026 23:59:59 GMT"]
    assert (unknown.code, "calls list" in unknown.err) == (1, True)


def test_the_summary_tells_each_interface_s_failures(environ: dict[str, str], tmp_path: Path) -> None:
    """As a table for people, and for programs; by shop when asked."""
    table = say("calls", "summary", environ=environ, base=tmp_path)
    rows = say("calls", "summary", "--by-shop", "--json", environ=environ, base=tmp_path).json

    assert "1 retired" in table.out
    assert [(row["interface"], row["shop"], row["calls"], row["failed"]) for row in rows] == [
        ("qimen/order.cancel", "", 1, 0),
        (f"{SHOP.channel}/orders", str(SHOP), 2, 1),
    ]


def test_old_calls_are_pruned_by_hand(environ: dict[str, str], tmp_path: Path) -> None:
    """Those older than the settings say, or than is asked."""
    first = say("calls", "prune", "--json", environ=environ, base=tmp_path)
    second = say("calls", "prune", "--days", "1", "--json", environ=environ, base=tmp_path)

    assert first.json == {"forgotten": 1, "kept_days": 30}
    assert second.json == {"forgotten": 0, "kept_days": 1}


def test_since_when_is_said_as_people_do() -> None:
    """A time ago, or a moment of business time."""
    ago, day, exact = (moment_of(text, NOON) for text in ("90m", "2026-11-23", "2026-11-23T08:30:00+00:00"))

    assert ago == NOON - timedelta(minutes=90)
    assert day == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert exact == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    with pytest.raises(Trouble, match="no moment"):
        moment_of("yesterday", NOON)
