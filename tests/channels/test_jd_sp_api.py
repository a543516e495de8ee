"""JD over SP-API, the second protocol version behind the same connector."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from oms.channels import CHANNELS
from oms.channels.jd.client import Jd
from oms.channels.jd.signature import sign
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
)
from oms.http import Http
from oms.paging import Window
from oms.ports import Channel, WrittenBack
from tests.channels.jd_world import two_lines
from tests.channels.parcels import a_parcel
from tests.channels.platform_world import MemoryTokens, PlatformWorld, a_platform
from tests.channels.test_jd_answers import a_shop
from tests.serving import TRUST
from tests.unit.fake_http import Says, fake_http

VECTOR = {
    "X-JOS-App-Key": "offline-app",
    "X-JOS-Access-Token": "offline-token",
    "X-JOS-Timestamp": "1700000000000",
    "updateStartTime": "1700000000000",
    "updateEndTime": "1700000060000",
    "page": "1",
    "pageSize": "2",
}
VECTOR_SIGN = "0627BD69EEC951A95E84A3A65FEB0AA2"
ORDERS = "/rest/sp-order/v0/orders"


@asynccontextmanager
async def over_sp_api() -> AsyncIterator[PlatformWorld]:
    """The simulated JD, and our channel opened with `api_version: sp-api`."""
    async with a_platform("jd") as place:
        place.shop = place.shop.model_copy(update={"api_version": "sp-api"})
        place.channel = CHANNELS["jd"].open(place.shop, place.http, place.tokens)
        yield place


def lately() -> Window:
    """A window that ends now."""
    now = datetime.now(UTC)
    return Window(now - timedelta(minutes=5), now + timedelta(seconds=1))


def test_the_known_signature_is_ours() -> None:
    """The names of the three headers are signed with everything else."""
    assert sign("offline-secret", VECTOR) == VECTOR_SIGN


async def test_both_versions_say_the_same_of_an_order() -> None:
    """So that a shop may be switched from one to the other while orders are under way."""
    async with a_platform("jd") as place:
        order = place.order(draft=two_lines(place))
        new = place.shop.model_copy(update={"api_version": "sp-api"})
        other: Channel = CHANNELS["jd"].open(new, place.http, place.tokens)

        (listed,) = [row async for page in other.changed(*lately()) for row in page.payloads]
        fetched = await other.fetch(order.number)

        assert fetched is not None
        ours = place.channel.read(await place.channel.fetch(order.number) or {})
        assert other.read(listed) == ours
        assert other.read(fetched) == ours
        assert await other.fetch("300000000099") is None


async def test_waybills_are_written_through_routerjson() -> None:
    """SP-API has no known call for it; the token is the same."""
    async with over_sp_api() as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "SF1")

        answer = await place.channel.write_back(parcel)

        assert answer == WrittenBack()
        assert order.waybills == {"SF1"}


async def test_orders_that_move_are_not_lost() -> None:
    """The pages are walked as with routerjson, from the last to the first."""
    async with over_sp_api() as place:
        numbers, (since, until) = place.aged(120)
        place.arm("moving", rate=1.0)

        ours = set(await place.listed(since, until))
        place.world.faults.clear()
        moved_away = {order.number for order in place.market if order.modified > until}

        assert moved_away
        assert numbers <= ours | moved_away


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("error", Unavailable),
        ("html", Unavailable),
        ("malformed", Unavailable),
        ("throttle", RateLimited),
        ("retired", InterfaceRetired),
        ("token_expired", CredentialsExpired),
        ("truncated", Unavailable),
    ],
)
async def test_each_trouble_is_the_error_that_says_what_to_do(kind: str, error: type[OmsError]) -> None:
    """Never taken for no orders."""
    async with over_sp_api() as place:
        place.order()
        place.arm(kind, rate=1.0)

        with pytest.raises(OmsError) as raised:
            await place.listed(*lately())

        assert type(raised.value) is error


async def test_a_token_that_expired_is_refreshed() -> None:
    """One token opens both protocols."""
    async with over_sp_api() as place:
        order = place.order()
        place.arm("token_expired", count=1, match="/rest/")

        found = await place.listed(*lately())

        assert found == [order.number]
        assert place.tokens.kept[place.shop.key].access != place.secrets["access_token"]


@pytest.mark.parametrize(("retired", "alive"), [("/rest/", "routerjson"), ("/routerjson", "sp-api")])
async def test_one_version_can_be_retired_while_the_other_lives(retired: str, alive: str) -> None:
    """Which is what `api_version` in the shops file is for."""
    async with a_platform("jd") as place:
        order = place.order()
        place.arm("retired", rate=1.0, match=retired)

        said = {}
        for version in ("routerjson", "sp-api"):
            shop = place.shop.model_copy(update={"api_version": version})
            channel = CHANNELS["jd"].open(shop, place.http, place.tokens)
            said[version] = await channel.check()
            if version == alive:
                assert await channel.fetch(order.number) is not None

        assert {version for version, found in said.items() if found.active} == {alive}
        assert all(found.version == version for version, found in said.items())


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"X-JOS-Sign": "0" * 32}, 400),
        ({"X-JOS-Timestamp": "1700000000000"}, 400),
        ({"X-JOS-Timestamp": "soon"}, 400),
        ({"X-JOS-Access-Token": "another"}, 401),
    ],
)
async def test_the_simulated_sp_api_is_strict(changes: dict[str, str], status: int) -> None:
    """Signature, time and token; the words of its errors are assumed, their keys are not."""
    async with over_sp_api() as place:
        headers = {
            "X-JOS-App-Key": place.secrets["app_key"],
            "X-JOS-Access-Token": place.secrets["access_token"],
            "X-JOS-Timestamp": str(int(datetime.now(UTC).timestamp() * 1000)),
        } | {name: value for name, value in changes.items() if name != "X-JOS-Sign"}
        signed = sign(place.secrets["app_secret"], headers | {"orderId": "1"})

        async with httpx.AsyncClient(trust_env=False, verify=TRUST) as client:
            answer = await client.get(
                f"{place.shop.url}{ORDERS}/1",
                headers=headers | {"X-JOS-Sign": changes.get("X-JOS-Sign", signed)},
            )

        assert answer.status_code == status
        assert (answer.json()["success"], len(answer.json()["errorList"])) == (False, 1)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"success": False, "errorList": [{"code": "99904030005", "message": "?"}]}, Misused),
        ({"success": False, "errorList": [{"code": "1", "message": "?"}]}, Unavailable),
        ({"success": False}, Unavailable),
        ({"success": True, "data": []}, Unavailable),
        ({"success": True, "data": {}, "paginationData": {"totalItems": 0}}, Unavailable),
    ],
)
async def test_an_answer_of_sp_api_that_is_no_list_is_an_error(
    body: dict[str, object], error: type[OmsError]
) -> None:
    """The one code that is known says that the call must come from JD's cloud; `Response` may stand around all."""
    for said in (body, {"Response": body}):
        async with fake_http(Says(said)) as server, Http(patience_s=5) as http:
            shop = a_shop(server.url, api_version="sp-api")
            channel = CHANNELS["jd"].open(shop, http, MemoryTokens())
            assert isinstance(channel, Jd)

            with pytest.raises(OmsError) as raised:
                await channel.ask_page(lately(), 1)

            assert type(raised.value) is error
