"""Which version a shop is spoken to in: the file's at first, then whatever was applied, in every process."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oms.settings import ShopConfig, WrongSetting
from oms.store import Store
from oms.store.shop_versions import switched
from oms.switchboard import LOOK_EVERY_S, Switchboard
from simulator.control.retiring import Retirement, retire
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.unit.intake_world import a_store

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def ours(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """A store whose tables are there."""
    found = a_store(tmp_path, sqlite_template)
    yield found
    found.close()


def board_of(place: PlatformWorld, store: Store, *shops: ShopConfig) -> Switchboard:
    """A process's shops; JD's alone unless others are named."""
    board = Switchboard(shops or (place.shop,), place.http, place.tokens, store.shop_versions)
    board.begin(lambda: NOW)
    return board


async def spoken(board: Switchboard, place: PlatformWorld) -> str:
    """In which version the shop is spoken to, by its own word."""
    return (await board[place.shop.key].check()).version


async def test_a_switch_is_followed_without_a_restart(ours: Store) -> None:
    """Another process applied it; ours looks once a second."""
    async with a_platform("jd") as place:
        board = board_of(place, ours)
        before = await spoken(board, place)
        board.stay_current()
        ours.shop_versions.switch(switched(place.shop.key, NOW, "lin", ("routerjson", "sp-api"), ""))
        await asyncio.sleep(2 * LOOK_EVERY_S)
        after = await spoken(board, place)

    assert (before, after) == ("routerjson", "sp-api")


async def test_what_was_applied_counts_more_than_the_file(ours: Store) -> None:
    """A process that starts again, or anew, speaks what is in force; the first to start noted the file's."""
    async with a_platform("jd") as place:
        board_of(place, ours)
        ours.shop_versions.switch(switched(place.shop.key, NOW, "lin", ("routerjson", "sp-api"), ""))

        again = board_of(place, ours)

        assert await spoken(again, place) == "sp-api"
    assert [each.actor for each in ours.shop_versions.log()] == ["lin", "orderloom"]


async def test_a_version_that_this_program_does_not_know_is_not_followed(
    ours: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """A newer program wrote it; ours goes on as before, and says so once."""
    async with a_platform("jd") as place:
        board = board_of(place, ours)
        for _ in range(2):
            board.follow({str(place.shop.key): "sp-api-2"})

        assert await spoken(board, place) == "routerjson"
    assert caplog.messages == ["shop.version_unknown"]


async def test_a_file_with_an_unknown_version_is_refused_at_the_start(ours: Store) -> None:
    """With those that there are."""
    async with a_platform("jd") as place:
        wrong = place.shop.model_copy(update={"api_version": "v99"})

        with pytest.raises(WrongSetting, match="routerjson, sp-api"):
            board_of(place, ours, wrong)


async def test_a_shop_that_may_goes_over_by_itself(ours: Store) -> None:
    """The other version was asked first; who switched and why stands in the log."""
    async with a_platform("jd") as place:
        board = board_of(place, ours, place.shop.model_copy(update={"fallback": True}))
        retire(place.world, Retirement(version="jd/routerjson"))

        taken = await board.fall_back(place.shop.key, "InterfaceRetired", NOW)

        assert (taken, await spoken(board, place)) == ("sp-api", "sp-api")
    newest = ours.shop_versions.log()[0]
    assert (newest.actor, newest.was, newest.why) == ("orderloom", "routerjson", "InterfaceRetired")


@pytest.mark.parametrize(("fallback", "arms"), [(False, ""), (True, "error")])
async def test_nobody_goes_over_who_may_not_or_cannot(ours: Store, fallback: bool, arms: str) -> None:
    """Off by default; and a version that does not answer is no way out."""
    async with a_platform("jd") as place:
        board = board_of(place, ours, place.shop.model_copy(update={"fallback": fallback}))
        if arms:
            place.arm(arms, rate=1.0)

        taken = await board.fall_back(place.shop.key, "InterfaceRetired", NOW)

        assert taken == ""
    assert ours.shop_versions.all() == {"jd:main": "routerjson"}


async def test_shops_in_the_same_version_are_concerned_together(ours: Store) -> None:
    """One that speaks another version is not."""
    async with a_platform("jd") as place:
        second, third = (place.shop.model_copy(update={"shop": name}) for name in ("second", "third"))
        elsewhere = third.model_copy(update={"api_version": "sp-api"})

        around = board_of(place, ours, place.shop, second, elsewhere).neighbours(place.shop.key)

    assert [str(shop) for shop in around.shops] == ["jd:main", "jd:second"]
    assert (around.version, around.others) == ("routerjson", ("sp-api",))
