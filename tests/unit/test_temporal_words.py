"""What people read in the Temporal UI is open; everything else that reaches the server is sealed."""

from datetime import UTC, datetime

from pydantic import SecretStr
from temporalio.api.common.v1 import Payload
from temporalio.api.sdk.v1 import WorkflowMetadata

from oms.domain import summaries
from oms.domain.deadlines import Deadline, Step
from oms.domain.deliveries import DeliveryOrder
from oms.domain.ids import Sku
from oms.domain.stock import Piece
from oms.domain.summaries import Words
from oms.settings import DataKey
from oms.temporal.client import converter

KEY = DataKey(id="k1", key=SecretStr("MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE="))


async def sealed(value: object) -> Payload:
    """Return what the server gets to see of a value."""
    return (await converter([KEY]).encode([value]))[0]


async def test_words_stay_open_and_come_back_as_they_were() -> None:
    """Anyone reads them without a key; with one they read the same."""
    payload = await sealed(summaries.assess())

    assert payload.data == b'"look up the rules: deadlines, reviews, tags"'
    assert await converter([KEY]).decode([payload], [str]) == [str(summaries.assess())]


async def test_a_text_that_is_not_words_is_sealed() -> None:
    """Also one that was made of words: what is forgotten is hidden, not shown."""
    plain = [await sealed("王小明"), await sealed(Words("reserve") + " for 王小明")]

    assert [payload.metadata["encoding"] for payload in plain] == [b"binary/orderloom-aesgcm"] * 2
    assert all("王小明".encode() not in payload.data for payload in plain)


async def test_the_card_reaches_the_ui() -> None:
    """It travels in the answer to the UI's own query, which nobody stores."""
    payload = await sealed(WorkflowMetadata(current_details="**Where:** shipped"))

    assert b"**Where:** shipped" in payload.data


def test_a_step_says_what_it_does() -> None:
    """In the words of the trade, with the rule that asks for it."""
    pieces = (Piece(line="1", sku=Sku("SKU-8812"), quantity=2),)
    due = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    deadline = Deadline(
        step=Step.ESCALATE,
        due=due,
        source="rule",
        rule="tmall.ship.escalate_after",
        version="2026-11",
        text="",
    )

    said = [
        summaries.reserve(pieces),
        summaries.release(DeliveryOrder(code="OL1-1", warehouse="HZ01", pieces=pieces)),
        summaries.timer(deadline),
    ]

    assert said == [
        "reserve 2 × SKU-8812",
        "ask HZ01 to ship 2 × SKU-8812 as OL1-1",
        "wait until 11-23 18:00, then tell the supervisor if it has not shipped (tmall.ship.escalate_after, 2026-11)",
    ]
