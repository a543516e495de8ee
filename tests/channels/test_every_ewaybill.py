"""What every channel with e-waybills of its own must do, against its simulated platform on a real port."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

import pytest

from oms.channels import CHANNELS
from oms.domain.errors import InterfaceRetired, Misused, RateLimited, Unavailable
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.domain.stock import Piece
from oms.http import Answer, Http
from oms.ports import Drawn, DrawRefused, DrawsWaybills, WaybillWish
from simulator.shipment import Shipment
from tests.channels.platform_world import PlatformWorld, a_platform, two_lines

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "taobao": {"waybill_template_url": "http://cloudprint.example/1", "seller_id": "2000000001"},
    "pdd": {"waybill_template_url": "http://cloudprint.example/1", "mall_id": "123", "settle_seconds": "0"},
    "douyin": {},
    "wechat": {"waybill_shop_id": "5009", "waybill_account": "6635"},
}
CAPABLE = sorted(OPTIONS)
HANGZHOU = Sender(
    name="商家仓储部",
    phone="057188886666",
    province="浙江省",
    city="杭州市",
    district="余杭区",
    address="示例路1号",
)


@dataclass
class Wire:
    """An HTTP client that keeps what it sent, read as a person would read it."""

    inner: Http
    sent: list[str] = field(default_factory=list)

    async def ask(
        self, method: str, url: str, *, headers: Any = None, content: bytes | None = None
    ) -> Answer:
        self.sent.append(unquote_plus((content or b"").decode()).encode().decode("unicode_escape", "ignore"))
        self.sent.append(unquote_plus((content or b"").decode()))
        return await self.inner.ask(method, url, headers=headers, content=content)


@dataclass
class Desk:
    """One platform, our channel on it, and what we sent."""

    place: PlatformWorld
    channel: DrawsWaybills
    wire: Wire

    async def wish(self, order: Any, code: str = "OLABCDEFGH12345-1", carrier: str = "sf") -> WaybillWish:
        snapshot = (await self.place.seen(order.number)).snapshot
        return WaybillWish(
            code=code, order=snapshot.key, warehouse="HZ01", carrier=carrier,
            pieces=tuple(Piece(line=line.id, sku=line.sku, quantity=line.quantity) for line in snapshot.lines),
            titles={line.sku: line.title for line in snapshot.lines},
        )  # fmt: skip

    async def receiver(self, order: Any) -> Receiver:
        receiver = (await self.place.seen(order.number)).receiver
        assert receiver is not None
        return receiver

    async def draw(
        self, order: Any, code: str = "OLABCDEFGH12345-1", carrier: str = "sf"
    ) -> Drawn | DrawRefused:
        wish = await self.wish(order, code, carrier)
        return await self.channel.draw_waybill(wish, HANGZHOU, await self.receiver(order))

    @property
    def labels(self) -> Any:
        return self.place.world.roll.verdict()


@asynccontextmanager
async def a_desk(name: str) -> AsyncIterator[Desk]:
    """Serve a platform and open our channel on it, with everything that its e-waybills want to know."""
    async with a_platform(name, options=dict(OPTIONS[name])) as place:
        wire = Wire(place.http)
        channel: Any = CHANNELS[name].open(place.shop, wire, place.tokens)  # type: ignore[arg-type]  # asks as Http does
        assert isinstance(channel, DrawsWaybills)
        yield Desk(place, channel, wire)


def drawn(answer: Drawn | DrawRefused) -> Drawn:
    """The number, or the reason why there is none as the test's failure."""
    assert isinstance(answer, Drawn), answer
    return answer


async def test_every_channel_with_e_waybills_is_held_to_this_suite() -> None:
    """Whoever gains the capability is tested here."""
    capable = set()
    for name, kind in CHANNELS.items():
        async with a_platform(name) as place:
            if isinstance(place.channel, DrawsWaybills):
                capable.add(name)
            assert set(kind.waybill_options) <= set(OPTIONS.get(name, {}))

    assert capable == set(CAPABLE)


@pytest.mark.parametrize("name", CAPABLE)
async def test_a_number_is_drawn_once_for_one_code(name: str) -> None:
    """The answer may have been lost: asked again, the platform says the same number; another code gets another one."""
    async with a_desk(name) as desk:
        order = desk.place.order(draft=two_lines(desk.place))

        first, again = drawn(await desk.draw(order)), drawn(await desk.draw(order))
        other = drawn(await desk.draw(order, code="OLABCDEFGH12345-2"))

    assert (first, first.carrier) == (again, "sf")
    assert other.waybill != first.waybill
    assert (desk.labels["drawn"], desk.labels["drawn_twice"]) == (2, [])


@pytest.mark.parametrize("name", CAPABLE)
async def test_nothing_of_a_person_travels_in_plain_text(name: str) -> None:
    """The receiver goes as the platform's token, cipher or mask; name, phone and street never leave us."""
    async with a_desk(name) as desk:
        order = desk.place.order(draft=two_lines(desk.place))
        wish, receiver = await desk.wish(order), await desk.receiver(order)
        desk.wire.sent.clear()

        answer = await desk.channel.draw_waybill(wish, HANGZHOU, receiver)

        person, sent = order.buyer, "\n".join(desk.wire.sent)
    drawn(answer)
    assert HANGZHOU.address in sent
    assert [part for part in (person.name, person.phone, person.street) if part in sent] == []
    assert not {"decrypt", "sensitiveinfo"} & {word for word in ("decrypt", "sensitiveinfo") if word in sent}


@pytest.mark.parametrize("name", CAPABLE)
async def test_a_number_is_given_back_and_given_back_again_harmlessly(name: str) -> None:
    """It may be given back twice, for the first answer may have been lost."""
    async with a_desk(name) as desk:
        order = desk.place.order(draft=two_lines(desk.place))
        answer = drawn(await desk.draw(order))

        await desk.channel.give_back_waybill("OLABCDEFGH12345-1", answer.waybill, "sf")
        await desk.channel.give_back_waybill("OLABCDEFGH12345-1", answer.waybill, "sf")

    assert (desk.labels["given_back"], desk.labels["unused"]) == (1, [])


@pytest.mark.parametrize("name", CAPABLE)
async def test_a_number_that_was_used_cannot_be_given_back(name: str) -> None:
    """A parcel travels under it: the platform knows, and a person must."""
    async with a_desk(name) as desk:
        order = desk.place.order(draft=two_lines(desk.place))
        answer = drawn(await desk.draw(order))
        left = Shipment(
            answer.waybill, "shunfeng", (order.number,), order.ordered, order.phone, "杭州市", "广州市"
        )
        desk.place.world.journeys.hand_over(left)

        with pytest.raises(Misused, match=answer.waybill):
            await desk.channel.give_back_waybill("OLABCDEFGH12345-1", answer.waybill, "sf")

    assert (desk.labels["used"], desk.labels["given_back"]) == (1, 0)


@pytest.mark.parametrize("name", CAPABLE)
async def test_an_order_that_is_called_off_gets_no_number(name: str) -> None:
    """The platform refuses in its own words, and the refusal is a value that shows nobody's address."""
    async with a_desk(name) as desk:
        order = desk.place.order(draft=two_lines(desk.place))
        wish, receiver = await desk.wish(order), await desk.receiver(order)
        desk.place.world.buyers.cancel(order, "refunded")

        answer = await desk.channel.draw_waybill(wish, HANGZHOU, receiver)

        person = order.buyer
    assert isinstance(answer, DrawRefused)
    assert answer.reason
    assert not [part for part in (person.name, person.phone, person.street) if part in answer.reason]
    assert desk.labels["drawn"] == 0


@pytest.mark.parametrize("name", CAPABLE)
async def test_a_carrier_that_nobody_mapped_is_refused_before_the_platform_is_asked(name: str) -> None:
    """With the name of what is to be mapped."""
    async with a_desk(name) as desk:
        order = desk.place.order(draft=two_lines(desk.place))

        answer = await desk.draw(order, carrier="pigeon")

    assert isinstance(answer, DrawRefused)
    assert "pigeon" in answer.reason


@pytest.mark.parametrize("name", CAPABLE)
async def test_a_lost_answer_costs_no_second_number(name: str) -> None:
    """The platform drew, we heard nothing: asked again, it is the same number."""
    async with a_desk(name) as desk:
        order = desk.place.order(draft=two_lines(desk.place))
        match = {"taobao": "waybill", "pdd": "waybill", "douyin": "newCreateOrder", "wechat": "ewaybill"}[
            name
        ]
        desk.place.arm("lost_answer", match=match)
        with pytest.raises(Unavailable):
            await desk.draw(order)

        answer = drawn(await desk.draw(order))

    assert (desk.labels["drawn"], desk.labels["drawn_twice"]) == (1, [])
    assert desk.labels["unused"] == [answer.waybill]


@pytest.mark.parametrize("name", CAPABLE)
@pytest.mark.parametrize(
    ("kind", "error"), [("error", Unavailable), ("throttle", RateLimited), ("retired", InterfaceRetired)]
)
async def test_a_platform_in_trouble_is_an_error_and_no_refusal(
    name: str, kind: str, error: type[Exception]
) -> None:
    """What the caller can do about it is told by the kind of error, as everywhere."""
    async with a_desk(name) as desk:
        order = desk.place.order(draft=two_lines(desk.place))
        wish, receiver = await desk.wish(order), await desk.receiver(order)
        desk.place.arm(kind)

        with pytest.raises(error):
            await desk.channel.draw_waybill(wish, HANGZHOU, receiver)


@pytest.mark.parametrize("name", CAPABLE)
async def test_a_parcel_can_travel_under_the_number(name: str) -> None:
    """The carrier knows it: what the warehouse hands over is scanned until it is signed for."""
    async with a_desk(name) as desk:
        order = desk.place.order(draft=two_lines(desk.place))
        answer = drawn(await desk.draw(order))
        parcel = desk.place.world.journeys.parcels[answer.waybill]

    assert (parcel.company, parcel.phone) == ("shunfeng", order.phone)
