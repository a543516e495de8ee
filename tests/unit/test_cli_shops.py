"""What the command line says of the configured shops, and of those that do not answer as they should."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from oms.channels import CHANNELS
from oms.cli import shops
from oms.cli.output import spoken
from oms.domain.ids import ShopKey
from oms.opening import open_store
from oms.ports import Checkup
from oms.settings import Settings
from oms.stack.world import ALL, Secrets, our_side, shops_file
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.unit.command_line import NOBODY_LISTENS, Said, configured, say
from tests.unit.store_builders import NOON

TAOBAO = ShopKey(channel="taobao", shop="main")
OWN = ShopKey(channel="woocommerce", shop="main")
SIMULATED_OWN = {"key": "k", "secret": "s", "webhook_secret": "w"}


def migrated(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Make the tables."""
    store = open_store(Settings.from_environ(environ))
    store.migrate()
    store.close()
    return environ


def of_shops(folder: Path, *rows: Mapping[str, Any], **secrets: str) -> Mapping[str, str]:
    """Configure these shops, and nothing else that answers."""
    environ = configured(folder, **secrets)
    (folder / "shops.yaml").write_text(yaml.safe_dump({"shops": list(rows)}), encoding="utf-8")
    return migrated(environ)


def a_row(
    channel: str, url: str, secrets: Mapping[str, str], **more: Any
) -> tuple[dict[str, Any], dict[str, str]]:
    """A shop's entry, and the variables it names."""
    variables = {name: f"OMS_T_{channel}_{name}".upper() for name in secrets}
    row = {"channel": channel, "shop": "main", "url": url, "secrets": variables, **more}
    return row, {variables[name]: value for name, value in secrets.items()}


def two_shops(folder: Path, place: PlatformWorld) -> Mapping[str, str]:
    """A Taobao shop and an own shop, both simulated."""
    taobao, theirs = a_row("taobao", f"{place.url}/taobao", place.secrets, platform="tmall")
    own, ours = a_row("woocommerce", place.url, SIMULATED_OWN)
    return of_shops(folder, taobao, own, **theirs, **ours)


async def typed(*words: str, environ: Mapping[str, str], base: Path) -> Said:
    """Type a command while the simulated platform goes on answering."""
    return await asyncio.to_thread(say, *words, environ=environ, base=base)


def test_every_configured_shop_is_listed_with_what_its_channel_declares(tmp_path: Path) -> None:
    """One row a shop, of all six channels: address, version, push way, quota, token life; never a secret."""
    secrets = Secrets()
    environ = configured(tmp_path) | our_side(secrets, NOBODY_LISTENS)
    (tmp_path / "shops.yaml").write_text(shops_file(NOBODY_LISTENS, ALL), encoding="utf-8")
    migrated(environ)

    listed = say("shops", "list", "--json", environ=environ, base=tmp_path)

    rows = {row["channel"]: row for row in listed.json}
    assert set(rows) == set(CHANNELS)
    assert rows["taobao"] == {
        "shop": "taobao:main", "channel": "taobao", "platform": "tmall", "url": "http://127.0.0.1:1/taobao",
        "version": "2.0", "push": "pull", "calls_per_second": 20.0, "token_hours": 24.0,
        "polled_until": None, "banned_until": None, "failures": 0, "last_error": "",
    }  # fmt: skip
    assert (rows["wechat"]["token_hours"], rows["woocommerce"]["token_hours"]) == (2.0, None)
    hidden = [value for named in secrets.channels.values() for value in named.values()]
    assert not [value for value in hidden if value in listed.out]


def test_a_shop_that_fails_shows_since_when_and_how_often(tmp_path: Path) -> None:
    """To a person: the cursor in business time, the failures in a row, the last error."""
    environ = migrated(configured(tmp_path))
    store = open_store(Settings.from_environ(environ))
    store.polls.advance(OWN, NOON)
    store.polls.failed(OWN, "the interface is gone")
    store.close()

    listed = say("shops", "list", environ=environ, base=tmp_path)

    assert listed.code == 0
    assert "own_shop" in listed.out
    assert "the interface" in listed.out
    assert spoken(NOON) in listed.out


def test_a_channel_that_nobody_speaks_is_named(tmp_path: Path) -> None:
    """Exit code 2, with the channels there are."""
    row, secrets = a_row("bazaar", "https://bazaar.example", {"key": "k"})

    listed = say("shops", "list", environ=of_shops(tmp_path, row, **secrets), base=tmp_path)

    assert listed.code == 2
    assert "bazaar" in listed.err
    assert "woocommerce" in listed.err


async def test_shops_that_answer_are_fine(tmp_path: Path) -> None:
    """Authorised, active, of the version we speak, and the exit code says so."""
    async with a_platform("taobao") as place:
        environ = two_shops(tmp_path, place)

        checked = await typed("shops", "check", "--json", environ=environ, base=tmp_path)

    assert checked.code == 0
    assert [(row["shop"], row["fine"], row["version"]) for row in checked.json] == [
        ("taobao:main", True, "2.0"),
        ("woocommerce:main", True, "wc/v3"),
    ]
    assert abs(checked.json[0]["clock_skew_seconds"]) <= 2


async def test_one_shop_that_is_not_fine_is_the_answer_and_hides_no_other(tmp_path: Path) -> None:
    """Exit code 1, the shop's name and its problem; the others are told as they are."""
    async with a_platform("taobao") as place:
        environ = two_shops(tmp_path, place)
        place.arm("retired", rate=1.0)

        checked = await typed("shops", "check", "--json", environ=environ, base=tmp_path)

    gone, fine = checked.json
    assert checked.code == 1
    assert "1 of 2 shops: taobao:main" in checked.err
    assert (gone["fine"], gone["active"], bool(gone["problem"])) == (False, False, True)
    assert fine["fine"]


async def test_only_the_shops_that_are_named_are_asked(tmp_path: Path) -> None:
    """Another shop's trouble is not theirs; a name that nobody has is wrong use."""
    async with a_platform("taobao") as place:
        environ = two_shops(tmp_path, place)
        place.arm("retired", rate=1.0)

        own = await typed("shops", "check", str(OWN), "--json", environ=environ, base=tmp_path)
        nobody = await typed("shops", "check", "pinduoduo", environ=environ, base=tmp_path)

    assert (own.code, [row["shop"] for row in own.json]) == (0, [str(OWN)])
    assert (nobody.code, nobody.out) == (2, "")


async def test_a_token_that_had_run_out_is_refreshed_and_kept_for_the_polls(tmp_path: Path) -> None:
    """The check asks as a poll does, with the token that all our processes share."""
    async with a_platform("taobao") as place:
        environ = two_shops(tmp_path, place)
        place.arm("token_expired", count=1, match="trades.sold")

        checked = await typed("shops", "check", str(TAOBAO), environ=environ, base=tmp_path)

    store = open_store(Settings.from_environ(environ))
    kept = store.tokens.read(TAOBAO)
    store.close()
    assert checked.code == 0
    assert kept is not None
    assert kept.access not in {"", place.secrets["access_token"]}


async def test_a_platform_that_lets_nobody_ask_is_not_asked(tmp_path: Path) -> None:
    """Its ban holds for a person's curiosity too; what is left of it is the problem."""
    async with a_platform("taobao") as place:
        environ = two_shops(tmp_path, place)
        store = open_store(Settings.from_environ(environ))
        store.polls.ban(TAOBAO, datetime.now(UTC) + timedelta(minutes=5))
        store.close()

        checked = await typed("shops", "check", "--json", environ=environ, base=tmp_path)

    banned, fine = checked.json
    assert (checked.code, banned["fine"], fine["fine"]) == (1, False, True)
    assert "lets nobody ask" in banned["problem"]
    assert banned["clock_skew_seconds"] is None


async def test_a_shop_that_cannot_even_be_opened_is_told_like_any_other(tmp_path: Path) -> None:
    """A secret too few in one entry of the file does not hide how the others are."""
    async with a_platform("taobao") as place:
        own, ours = a_row("woocommerce", place.url, SIMULATED_OWN)
        bare, theirs = a_row("jd", f"{place.url}/jd", {"app_key": "1"})
        environ = of_shops(tmp_path, own, bare, **ours, **theirs)

        checked = await typed("shops", "check", "--json", environ=environ, base=tmp_path)

    fine, unopened = checked.json
    assert checked.code == 1
    assert fine["fine"]
    assert "needs a secret named" in unopened["problem"]


async def test_a_check_that_takes_its_time_shows_that_it_is_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stderr, so that the answer stays an answer; a quick one shows nothing."""
    async with a_platform("taobao") as place:
        environ = two_shops(tmp_path, place)
        quick = await typed("shops", "check", "--json", environ=environ, base=tmp_path)
        monkeypatch.setattr(shops, "SILENT_S", 0.05)
        place.arm("delay", count=1, seconds=0.4)

        slow = await typed("shops", "check", "--json", environ=environ, base=tmp_path)

    assert "asking the shops" not in quick.err
    assert "asking the shops" in slow.err
    assert "2/2" in slow.err
    assert (slow.code, [row["fine"] for row in slow.json]) == (0, [True, True])


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"problem": "the app has no permission"}, "no permission"),
        ({"authorised": False}, "authorise the shop anew"),
        ({"active": False}, "does not answer"),
        ({"clock_skew_seconds": -660}, "660 s away"),
        ({"clock_skew_seconds": 20}, ""),
        ({}, ""),
    ],
)
def test_what_is_not_fine_is_said_in_words(found: dict[str, Any], words: str) -> None:
    """Whatever a channel found, a person reads what is wrong; a clock half way to being refused counts."""
    usual: dict[str, Any] = {"shop": OWN, "version": "v", "authorised": True, "active": True}

    said = shops.problem_of(Checkup(**usual | found))

    assert words in said
    assert bool(said) == bool(words)
