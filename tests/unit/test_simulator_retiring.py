"""A platform can retire a version: the old one answers as platforms do, the new one goes on."""

from datetime import UTC, datetime, timedelta

import pytest

from oms.channels import open_channel
from oms.domain.errors import InterfaceRetired
from simulator.control.retiring import How, Retirement, retire
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.unit.simulator_world import a_laboratory


async def listed(place: PlatformWorld, version: str) -> int:
    """How many orders of the last hour the shop's list shows in a version."""
    now = datetime.now(UTC)
    channel = open_channel(place.shop.model_copy(update={"api_version": version}), place.http, place.tokens)
    pages = [page async for page in channel.changed(now - timedelta(hours=1), now + timedelta(seconds=2))]
    return sum(len(page.payloads) for page in pages)


@pytest.mark.parametrize("how", ["http_404", "error_body"])
async def test_what_is_retired_is_never_taken_for_no_orders(how: How) -> None:
    """Whether JD's gateway knows the address no more, or JD says with HTTP 200 that it has no such method."""
    async with a_platform("jd") as place:
        place.order()
        retire(place.world, Retirement(version="jd/routerjson", how=how))

        with pytest.raises(InterfaceRetired, match=r"jd:main: jingdong\.pop\.order\.search"):
            await listed(place, "routerjson")
        found = await listed(place, "sp-api")

    assert found == 1


async def test_a_list_can_be_suddenly_empty() -> None:
    """HTTP 200, a count of nothing, and no word of an end."""
    async with a_platform("jd") as place:
        place.order()
        before = await listed(place, "routerjson")
        retire(place.world, Retirement(version="jd/routerjson", how="empty_list"))

        after = await listed(place, "routerjson"), await listed(place, "sp-api")

    assert (before, after) == (1, (0, 1))


async def test_an_own_shop_can_leave_a_version_altogether() -> None:
    """Everything below wc/v3 is gone; wc/v4 has it all."""
    async with a_platform("woocommerce") as place:
        order = place.order()
        retire(place.world, Retirement(version="shop/wc/v3"))
        channel = open_channel(
            place.shop.model_copy(update={"api_version": "wc/v4"}), place.http, place.tokens
        )

        with pytest.raises(InterfaceRetired):
            await place.channel.fetch(order.number)
        fetched = await channel.fetch(order.number)

    assert fetched is not None


async def test_a_version_ends_at_its_moment() -> None:
    """Announced for midnight, it works until then."""
    async with a_laboratory() as lab:
        said = await lab.control("retire", {"version": "shop/wc/v3", "after_business_s": 3600})
        before = (await lab.woo("GET", "orders")).status_code
        lab.advance(hours=1.1)
        after = (await lab.woo("GET", "orders")).status_code

    assert said["retires"] > lab.time.isoformat()[:10]
    assert (before, after) == (200, 404)


@pytest.mark.parametrize(
    "wish",
    [
        {"version": "jd/routerjson9"}, {"version": "shop/wc/v3", "how": "empty_list"},
        {"version": "jd/routerjson", "how": "softly"}, {},
    ],
)  # fmt: skip
async def test_what_cannot_be_retired_is_refused(wish: dict[str, str]) -> None:
    """With what there is."""
    async with a_laboratory() as lab:
        answer = await lab.http.post("/control/retire", json=wish)

    assert answer.status_code == 422
    assert answer.json()["error"]
