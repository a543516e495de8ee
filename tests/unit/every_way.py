"""One order's words come in, each on its own way, through the real way in: poll, push, sweep, manual resync."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from oms.domain.errands import PollFailed
from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.messages import Way
from oms.domain.receiver import Receiver
from oms.intake import Intake, Receipt
from oms.polling import Polling
from oms.ports import Mailbox, Mapped, Word
from oms.pushes import Pushes
from oms.store import Store
from tests.unit.intake_world import NAME, NOON, PHONE, SHOP, Clock, PlainShop
from tests.unit.order_lives import Said, Trip, payload_of, said_in, snapshot_of

HOUR = timedelta(hours=1)


def receiver_of(said: Said) -> Receiver:
    """Return who gets it."""
    return Receiver(name=NAME, phone=PHONE, address=said.street)


class TalkingShop(PlainShop):
    """A shop that says of one order what it is told to say."""

    def __init__(self, key: OrderKey, created_at: datetime = NOON) -> None:
        super().__init__()
        self.key, self.created_at = key, created_at

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        said = said_in(payload)
        return Mapped(snapshot=snapshot_of(said, self.key, self.created_at), receiver=receiver_of(said))


@dataclass
class EveryWay:
    """The ways of one order's words; an hour goes by before each."""

    store: Store
    mailbox: Mailbox
    shop: TalkingShop
    clock: Clock = field(default_factory=Clock)

    @property
    def intake(self) -> Intake:
        """The way in of a process that has begun just now."""
        return Intake(self.store, self.mailbox, {SHOP: self.shop}, self.clock)

    async def says(self, *trips: Trip) -> None:
        """Let words come in, as the platform holds each at its moment. Raises Unavailable."""
        for trip in trips:
            await self._says(trip)

    async def _says(self, trip: Trip) -> None:
        self.shop.payloads = [payload_of(trip.said, self.shop.key.number)]
        self.clock.now += HOUR
        polling = Polling(self.store, self.intake, {SHOP: self.shop}, self.clock)
        match trip.way:
            case Way.POLL:
                done = await polling.poll(SHOP)
                if isinstance(done, PollFailed):
                    raise Unavailable(done.error)
            case Way.SWEEP:
                await polling.sweep(SHOP, self.clock.now - 24 * HOUR, self.clock.now)
            case Way.WEBHOOK:
                await self.pushed(trip)
            case _:
                await self.intake.resync(self.shop.key)

    async def pushed(self, trip: Trip) -> Receipt | None:
        """Let the platform tell it by itself; one message has one id, however often it comes."""
        number, said = self.shop.key.number, trip.said
        payload = None if trip.named else payload_of(said, number)
        event_id = f"{number}-{said.second}-{said.status}-{trip.named}"
        word = Word(number=number, topic="order", event_id=event_id, payload=payload)
        return await Pushes(self.store, self.intake).take(SHOP, word, b"{}")
