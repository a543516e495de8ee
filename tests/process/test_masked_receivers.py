"""A platform that shows masked receivers reveals one when its parcel is about to leave, and only then."""

from oms.domain.errors import Unavailable
from oms.domain.receiver import Receiver
from tests.process.conftest import World
from tests.process.fakes import FakeChannel
from tests.process.orders import SHOP, Told, a_snapshot

MASKED = Receiver(
    name="张*", phone="138******00", province="浙江省", city="杭州市", address="***", token="oaid-1"
)
PLAIN = Receiver(name="张伟", phone="13800001234", province="浙江省", city="杭州市", address="文三路1号")


class RevealingChannel(FakeChannel):
    """Reveals a receiver at the second asking."""

    def __init__(self) -> None:
        super().__init__(SHOP)
        self.asked: list[tuple[str, str]] = []

    async def reveal(self, number: str, receiver: Receiver) -> Receiver:
        """Say who it is."""
        self.asked.append((number, receiver.token))
        if len(self.asked) == 1:
            raise Unavailable("busy, ask again")
        return PLAIN


def masked(world: World) -> Told:
    """An order of somebody whom its platform shows masked."""
    order = world.order(a_snapshot())
    digest = world.store.receivers.put(order.key, MASKED, "", "")
    order.snapshot = order.snapshot.model_copy(update={"receiver_digest": digest})
    return order


async def test_the_warehouse_is_told_who_it_really_is(world: World) -> None:
    """Asked of the platform just before, as often as it takes, and noted in the log of decryptions."""
    channel = RevealingChannel()
    world.channels[SHOP] = channel
    order = masked(world)

    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")

    assert world.warehouse.receivers == [PLAIN]
    assert channel.asked == [(order.key.number, "oaid-1")] * 2
    looked = [look.purpose for look in world.store.decryptions.of(str(order.key))]
    assert looked.count("have its platform reveal it, to ship") == 2


async def test_what_was_revealed_is_nowhere_in_the_order_s_history(world: World) -> None:
    """It lives for one call."""
    world.channels[SHOP] = RevealingChannel()
    order = masked(world)
    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")

    events = [event.SerializeToString() async for event in order.handle.fetch_history_events()]

    assert any(order.key.number.encode() in event for event in events)
    assert not any(PLAIN.phone.encode() in event for event in events)
    assert world.store.receivers.get(
        order.key, order.snapshot.receiver_digest, who="test", purpose="look"
    ) == (MASKED, "")


async def test_a_platform_that_reveals_nothing_ships_what_it_gave(world: World) -> None:
    """Its warehouse passes the token on to the carrier."""
    order = masked(world)

    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[0].status == "accepted")

    assert world.warehouse.receivers == [MASKED]
