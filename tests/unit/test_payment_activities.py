"""When only one way has told of a payment, the other side is asked, and its answer is one of three."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args, get_type_hints

import pytest
from temporalio.testing import ActivityEnvironment

from activities.payments import NO_GATEWAY, UNKNOWN_THERE, PaymentActivities
from activities.requests import ConfirmPayment
from oms.domain.errors import OmsError, Unavailable
from oms.domain.messages import PaymentSeen, Way
from oms.ports import (
    Call,
    GatewayPayment,
    NotPaid,
    PaymentAnswer,
    PaymentGateway,
    PaymentHeard,
    PlatformPaid,
    Reply,
)
from oms.temporal.codec import WordsConverter
from tests.unit.gateway_words import NOON, TRANSACTION
from tests.unit.intake_world import SHOP, IntakeWorld, a_key, a_store, an_order

PAID = GatewayPayment(number="1001", transaction=TRANSACTION, amount_fen=18800, paid_at=NOON)
SEEN = PaymentSeen(event_id=TRANSACTION, way=Way.GATEWAY, paid_at=NOON, amount_fen=18800)
UNPAID = NotPaid(raw_status="NOTPAY")


@dataclass
class PlainGateway:
    """A gateway without a network: it answers as it is told."""

    says: GatewayPayment | NotPaid | OmsError

    def hear(self, call: Call, now: datetime) -> PaymentHeard:
        raise NotImplementedError

    def read(self, body: bytes) -> PaymentHeard:
        raise NotImplementedError

    def refusal(self, status: int, why: str) -> Reply:
        raise NotImplementedError

    async def query(self, number: str) -> GatewayPayment | NotPaid:
        assert number == "1001"
        if isinstance(self.says, OmsError):
            raise self.says
        return self.says


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[IntakeWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield IntakeWorld(store)
    store.close()


async def asked(
    world: IntakeWorld, ask: Literal["gateway", "platform"], *gateways: GatewayPayment | NotPaid | OmsError
) -> PaymentAnswer:
    """Run the activity."""
    named: dict[str, PaymentGateway] = {
        f"g{place}": PlainGateway(says) for place, says in enumerate(gateways)
    }
    activities = PaymentActivities({SHOP: named} if named else {}, world.intake, world.store)
    return await ActivityEnvironment().run(activities.confirm, ConfirmPayment(order=a_key(), ask=ask))


async def test_the_first_gateway_with_the_money_answers(world: IntakeWorld) -> None:
    """As its notification would have; should that come after all, it is a repetition."""
    answer = await asked(world, "gateway", UNPAID, PAID)

    assert answer == SEEN
    assert world.store.pushes.seen(SHOP, f"payment {TRANSACTION}")


async def test_when_no_gateway_has_the_money_each_words_are_kept(world: IntakeWorld) -> None:
    """For the person who decides."""
    assert await asked(world, "gateway", UNPAID, NotPaid(raw_status="ORDER_NOT_EXIST")) == NotPaid(
        raw_status="g0: NOTPAY; g1: ORDER_NOT_EXIST"
    )
    assert await asked(world, "gateway") == NotPaid(raw_status=NO_GATEWAY)


async def test_a_gateway_that_cannot_answer_is_no_answer(world: IntakeWorld) -> None:
    """The activity fails and is tried again; nothing is concluded."""
    with pytest.raises(Unavailable):
        await asked(world, "gateway", Unavailable("away"), PAID)


@pytest.mark.parametrize("word", ["paid", "shipped", "confirmed"])
async def test_a_platform_that_says_paid_is_believed_by_its_snapshot(world: IntakeWorld, word: str) -> None:
    """The answer only says that it did."""
    world.shop.payloads = [an_order("1001", status=word)]

    answer = await asked(world, "platform")

    assert answer == PlatformPaid(word=word)
    assert [message.way for message in world.mailbox.snapshots] == [Way.RESYNC]


async def test_a_platform_that_repeats_itself_answers_all_the_same(world: IntakeWorld) -> None:
    """Also when its words are no news."""
    world.shop.payloads = [an_order("1001", status="paid")]

    answers = [await asked(world, "platform") for _ in range(2)]

    assert answers == [PlatformPaid(word="paid")] * 2
    assert len(world.mailbox.snapshots) == 1


async def test_a_platform_that_does_not_say_paid_is_quoted(world: IntakeWorld) -> None:
    """Its own word, or why there is none."""
    world.shop.payloads = [an_order("1001", status="awaiting_payment")]
    unpaid = await asked(world, "platform")
    world.shop.payloads = [{"number": "1001", "modified": 0}]
    unreadable = await asked(world, "platform")
    world.shop.payloads = []

    assert unpaid == NotPaid(raw_status="awaiting_payment")
    assert unreadable == NotPaid(raw_status="status: is missing")
    assert await asked(world, "platform") == NotPaid(raw_status=UNKNOWN_THERE)


@pytest.mark.parametrize(
    "answer", [SEEN, PlatformPaid(word="paid"), NotPaid(raw_status="NOTPAY"), NotPaid()], ids=repr
)
def test_an_answer_stays_what_it_is_on_its_way(answer: PaymentAnswer) -> None:
    """Though payloads leave out what was never set."""
    converter = WordsConverter()
    declared = get_type_hints(PaymentActivities.confirm)["return"]

    (back,) = converter.from_payloads(converter.to_payloads([answer]), [declared])

    assert type(back) is type(answer)
    assert back == answer
    assert set(get_args(declared)) == {PaymentSeen, PlatformPaid, NotPaid}
