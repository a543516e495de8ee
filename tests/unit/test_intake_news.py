"""What counts as news to an order, as a table."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.domain.ids import OrderKey, Sku
from oms.domain.news import (
    Known,
    News,
    is_news,
    is_news_after_the_end,
    is_parcel_news,
    mark_of,
    not_from_the_future,
)
from oms.domain.order import Line, PlatformStatus, Snapshot
from oms.domain.parcels import Parcel, ParcelState

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
S = PlatformStatus


def a_snapshot(status: PlatformStatus = S.PAID, *, minutes: int = 0, **more: Any) -> Snapshot:
    fields: dict[str, object] = {
        "key": OrderKey(channel="woocommerce", shop="main", number="1001"),
        "created_at": NOON - timedelta(hours=1),
        "modified_at": NOON + minutes * MINUTE,
        "status": status,
        "raw_status": status.value,
        "total_fen": 18800,
        "lines": (Line(id="1", sku=Sku("MB-1"), title="a cup", quantity=2, total_fen=18800),),
        "receiver_digest": "r1",
    }
    return Snapshot.model_validate(fields | more)


def known(heard: Snapshot, stage: str = "") -> Known:
    return Known(mark=mark_of(heard), modified_at=heard.modified_at, stage=stage)


PAID = a_snapshot()
MOVED: dict[str, Any] = {"receiver_digest": "r2"}


@pytest.mark.parametrize(
    ("before", "stage", "now", "verdict"),
    [
        (None, "", PAID, News.NEW),
        (PAID, "accepted", PAID, News.REPEATED),
        (PAID, "accepted", a_snapshot(minutes=5), News.REPEATED),
        (PAID, "accepted", a_snapshot(minutes=-5), News.REPEATED),
        (PAID, "accepted", a_snapshot(minutes=-5, **MOVED), News.STALE),
        (PAID, "accepted", a_snapshot(minutes=0, **MOVED), News.CHANGED),
        (PAID, "accepted", a_snapshot(S.CANCELLED, minutes=5), News.CHANGED),
        (PAID, "accepted", a_snapshot(S.SHIPPED, minutes=5), News.CHANGED),
        (PAID, "released", a_snapshot(S.SHIPPED, minutes=5), News.CHANGED),
        (PAID, "shipped", a_snapshot(S.SHIPPED, minutes=5), News.ECHO),
        (PAID, "in_transit", a_snapshot(S.SHIPPED, minutes=5), News.ECHO),
        (PAID, "completed", a_snapshot(S.SHIPPED, minutes=5), News.ECHO),
        (PAID, "shipped", a_snapshot(S.SHIPPED, minutes=5, **MOVED), News.CHANGED),
        (PAID, "shipped", a_snapshot(S.SHIPPED, minutes=5, refund_open=True), News.CHANGED),
        (PAID, "shipped", a_snapshot(S.CONFIRMED, minutes=5), News.CHANGED),
        (PAID, "shipped", a_snapshot(S.REFUNDED, minutes=5), News.CHANGED),
        (PAID, "cancelled", a_snapshot(S.CANCELLED, minutes=5), News.ECHO),
        (PAID, "cancelled", a_snapshot(S.PAID, minutes=5, **MOVED), News.CHANGED),
        (PAID, "", a_snapshot(S.SHIPPED, minutes=5), News.CHANGED),
    ],
)
def test_what_is_news_to_an_order(before: Snapshot | None, stage: str, now: Snapshot, verdict: News) -> None:
    """Repetitions, older content and our own echo are none; everything else is."""
    heard = known(before, stage) if before else None

    answer = is_news(heard, now)

    assert answer is verdict
    assert answer.reason


@pytest.mark.parametrize(
    ("stage", "now", "verdict"),
    [
        ("completed", a_snapshot(S.SHIPPED, minutes=5), News.ECHO),
        ("completed", a_snapshot(S.CONFIRMED, minutes=5), News.ECHO),
        ("completed", a_snapshot(S.CONFIRMED, minutes=5, ship_by=NOON), News.ECHO),
        ("completed", a_snapshot(S.CONFIRMED, minutes=5, refund_open=True), News.CHANGED),
        ("completed", a_snapshot(S.REFUNDED, minutes=5, refunded_fen=18800), News.CHANGED),
        ("completed", a_snapshot(S.CANCELLED, minutes=5), News.CHANGED),
        ("cancelled", a_snapshot(S.REFUNDED, minutes=5, refunded_fen=18800), News.ECHO),
        ("cancelled", a_snapshot(S.SHIPPED, minutes=5), News.CHANGED),
        ("cancelled", a_snapshot(S.PAID, minutes=5, **MOVED), News.CHANGED),
        ("closed", a_snapshot(S.REFUNDED, minutes=5), News.ECHO),
        ("closed", a_snapshot(S.REFUNDED, minutes=5, refunded_fen=100), News.CHANGED),
        ("closed", PAID, News.REPEATED),
    ],
)
def test_what_is_news_of_an_order_that_has_ended(stage: str, now: Snapshot, verdict: News) -> None:
    """What follows from the end is an echo; money and goods moving afterwards are for a person."""
    heard = known(PAID, stage)

    assert is_news_after_the_end(heard, now) is verdict


def test_a_bare_fingerprint_of_the_read_model_tells_a_repetition() -> None:
    """After a loss of `order_seen` the read model's fingerprint still costs no signal."""
    heard = Known(mark=PAID.fingerprint, modified_at=PAID.modified_at, stage="shipped")

    assert is_news(heard, a_snapshot(minutes=9)) is News.REPEATED
    assert is_news(heard, a_snapshot(S.SHIPPED, minutes=9)) is News.CHANGED


@pytest.mark.parametrize(("ahead", "taken"), [(4, 4), (5, 5), (6, 0), (60 * 24 * 365, 0)])
def test_a_time_in_the_future_is_taken_as_now(ahead: int, taken: int) -> None:
    """Otherwise one wrong clock would make every later word stale."""
    snapshot = not_from_the_future(a_snapshot(minutes=ahead), NOON)

    assert snapshot.modified_at == NOON + taken * MINUTE


P = ParcelState


@pytest.mark.parametrize(
    ("now_in", "said", "hears"),
    [
        (P.CREATED, P.PICKED_UP, True),
        (P.CREATED, P.IN_TRANSIT, True),
        (P.CREATED, P.CREATED, False),
        (P.PICKED_UP, P.IN_TRANSIT, False),
        (P.IN_TRANSIT, P.OUT_FOR_DELIVERY, False),
        (P.OUT_FOR_DELIVERY, P.IN_TRANSIT, False),
        (P.IN_TRANSIT, P.EXCEPTION, True),
        (P.EXCEPTION, P.EXCEPTION, False),
        (P.EXCEPTION, P.IN_TRANSIT, True),
        (P.IN_TRANSIT, P.AT_PICKUP_POINT, True),
        (P.IN_TRANSIT, P.DELIVERED, True),
        (P.DELIVERED, P.DELIVERED, False),
        (P.DELIVERED, P.IN_TRANSIT, False),
        (P.DELIVERED, P.RETURNING, True),
        (P.OUT_FOR_DELIVERY, P.REJECTED, True),
        (P.REJECTED, P.RETURNING, True),
        (P.RETURNING, P.RETURNED, True),
        (P.RETURNED, P.DELIVERED, False),
        (P.IN_TRANSIT, P.UNKNOWN, False),
        (P.UNKNOWN, P.IN_TRANSIT, True),
    ],
)
def test_which_scans_an_order_hears(now_in: ParcelState, said: ParcelState, hears: object) -> None:
    """The first movement, troubles and their end, and every end of the way; the rest is trace."""
    parcel = Parcel(
        waybill="SF1", carrier="sf", delivery_order="OL1-1", pieces=(), shipped_at=NOON, state=now_in
    )

    assert is_parcel_news(parcel, said) is hears


def test_late_words_may_raise_a_parcel_but_not_undo_an_equal() -> None:
    """A trouble that is over, by the carrier's own clock, is not told; a signature heard late is, also of one turned round."""
    parcel = Parcel(
        waybill="SF1", carrier="sf", delivery_order="OL1-1", pieces=(), shipped_at=NOON, state=P.IN_TRANSIT
    )
    turned = parcel.model_copy(update={"state": P.RETURNING})

    assert not is_parcel_news(parcel, P.EXCEPTION, late=True)
    assert is_parcel_news(parcel, P.DELIVERED, late=True)
    assert is_parcel_news(turned, P.DELIVERED, late=True)
    assert not is_parcel_news(turned.model_copy(update={"delivered_at": NOON}), P.DELIVERED, late=True)
