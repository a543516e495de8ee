"""What every channel's calls say of themselves, whatever its protocol, and that the call log holds nobody's data."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from oms.channels import CHANNELS
from oms.domain.calls import FAILED, CallMade, CallResult
from oms.domain.errors import OmsError
from oms.http import Http
from oms.ports import RevealsReceivers
from oms.settings import ShopConfig
from oms.stack.keys import fresh_for
from oms.store import CallQuery, Store, Vault
from tests.channels.parcels import a_parcel
from tests.channels.platform_world import MemoryTokens, PlatformWorld, a_platform, two_lines
from tests.unit.fake_http import Asked, Says, fake_http

EVERY = sorted(CHANNELS)
NAME, PHONE, STREET, TOKEN = (
    "张三丰",
    "13812345678",
    "文三路 478 号 5 幢 302 室",
    "a1b2c3d4e5f60718293a4b5c6d7e8f90",
)


class Kept:
    """Keeps what it hears in a real table."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def heard(self, call: CallMade) -> None:
        self.store.calls.add([call])

    def calls(self, **query: Any) -> list[CallMade]:
        """Everything that was heard, oldest first."""
        return [kept.call for kept in self.store.calls.find(CallQuery(**query), 10_000)][::-1]

    def text(self) -> str:
        """The whole table, as one text."""
        return json.dumps([call.model_dump(mode="json") for call in self.calls()], ensure_ascii=False)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """A migrated store that hears of every call."""
    store = Store.open(f"sqlite:///{tmp_path}/oms.db", Vault.from_keys([("test-1", b"k" * 32)], b"d" * 32))
    store.migrate()
    yield Kept(store)
    store.close()


async def worked_through(place: PlatformWorld) -> Any:
    """Ask a platform what we ask it every day, and return the order that it was about."""
    order = place.order(draft=two_lines(place))
    now = datetime.now(UTC)
    await place.payloads(now - timedelta(minutes=5), now + timedelta(seconds=1))
    await place.channel.check()
    if isinstance(place.channel, RevealsReceivers):
        receiver = (await place.seen(order.number)).receiver
        assert receiver is not None
        await place.channel.reveal(order.number, receiver)
    await place.channel.write_back(await a_parcel(place, order.number, "SF1234567890123"))
    return order


def personal(order: Any) -> list[str]:
    """Whatever the simulator knows of an order's buyer."""
    person = order.draft.buyer if hasattr(order, "draft") else None
    if person is None:
        shipping = order.body["shipping"]
        return [f"{shipping['last_name']}{shipping['first_name']}", shipping["address_1"], shipping["phone"]]
    return [person.name, person.phone, person.street]


@pytest.mark.parametrize("name", EVERY)
async def test_every_call_carries_its_system_interface_version_and_shop(name: str, kept: Kept) -> None:
    """And each interface is one that the connector declares, so that the register and the log mean the same."""
    async with a_platform(name, listener=kept) as place:
        await worked_through(place)

    calls = kept.calls()
    declared = {interface.name for interface in CHANNELS[name].interfaces}
    assert len(calls) >= 3
    assert {call.system for call in calls} == {name}
    assert {call.interface for call in calls} <= declared
    assert {call.shop for call in calls} == {f"{name}:main"}
    assert {call.result for call in calls} <= {CallResult.OK, CallResult.REFUSED}
    assert all(call.status in {200, 201} for call in calls)
    assert all(call.bytes_received > 0 and call.excerpt == "" for call in calls)


@pytest.mark.parametrize("name", EVERY)
async def test_a_day_s_calls_leave_nobody_s_data_and_no_secret_in_the_table(name: str, kept: Kept) -> None:
    """Orders, receivers in plain text, tokens: all of it went over the wire, none of it is kept."""
    async with a_platform(name, listener=kept) as place:
        order = await worked_through(place)
        for kind in ("error", "retired", "malformed", "html"):
            place.arm(kind, rate=1.0)
            with pytest.raises(OmsError):
                await place.channel.fetch(order.number)
            place.world.faults.clear()
        secrets = [secret for secret in place.secrets.values() if len(secret) > 6]

    text = kept.text()
    assert len(kept.calls(failed=True)) >= 4
    assert [part for part in (*personal(order), *secrets, order.number) if part in text] == []


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    ("kind", "result"),
    [
        ("error", CallResult.UNAVAILABLE),
        ("html", CallResult.UNAVAILABLE),
        ("malformed", CallResult.UNAVAILABLE),
        ("drop", CallResult.UNAVAILABLE),
        ("retired", CallResult.RETIRED),
    ],
)
async def test_a_failed_call_has_the_class_that_its_adapter_reads(
    name: str, kind: str, result: CallResult, kept: Kept
) -> None:
    """Most of these come with HTTP status 200."""
    async with a_platform(name, listener=kept) as place:
        order = place.order()
        place.arm(kind, rate=1.0)

        with pytest.raises(OmsError):
            await place.channel.fetch(order.number)

    last = kept.calls()[-1]
    assert (last.system, last.result) == (name, result)
    assert last.result in FAILED


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("status", [200, 404, 500])
async def test_an_answer_that_repeats_personal_data_leaves_none(name: str, status: int, kept: Kept) -> None:
    """In every field in which platforms explain themselves, in the form of every one of them."""
    said = f"收件人{NAME} {PHONE} {STREET} token={TOKEN} 不存在"
    error = {
        "code": 15, "sub_code": f"isp.{TOKEN}", "msg": said, "sub_msg": said, "error_code": 50001, "error_msg": said,
        "zh_desc": said, "message": said, "receiver": NAME, "request_id": PHONE, "data": {"name": NAME},
    }  # fmt: skip
    body = {"error_response": error, "errcode": -1, "errmsg": said, **error, "code": 20000}

    def respond(_asked: Asked) -> Says:
        return Says(body, status, {"Sunset": NAME.encode().decode("latin-1"), "Deprecation": PHONE})

    async with fake_http(respond) as server, Http(listener=kept) as http:
        kind = CHANNELS[name]
        secrets = {secret: SecretStr(fresh_for(secret)) for secret in kind.secrets}
        shop = ShopConfig(channel=name, shop="main", url=server.url, secrets=secrets)
        channel = kind.open(shop, http, MemoryTokens())
        with contextlib.suppress(OmsError):
            await channel.fetch("100000000000001")

    text = kept.text()
    assert kept.calls()
    assert not [part for part in (NAME, "三丰", PHONE, "文三", "478 号", TOKEN, TOKEN[:12]) if part in text]
