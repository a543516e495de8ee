"""Every payload is kept as received, and what became of it is known."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oms.domain.errors import Misused
from oms.domain.messages import Way
from oms.store import SealBroken, Store
from tests.unit.store_builders import NOON, SHOP, a_key


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.binary(max_size=2000))
def test_a_payload_is_kept_byte_for_byte(store: Store, payload: bytes) -> None:
    """Whatever a platform sends, even what is no text at all."""
    inbox_id = store.inbox.put(SHOP, Way.WEBHOOK, "channel", payload, NOON)

    assert store.inbox.payload(inbox_id) == payload


def test_what_became_of_payloads_can_be_seen(store: Store) -> None:
    """Counted by status; parked ones listed oldest first with their reason, broken-off ones apart."""
    minutes = [NOON + timedelta(minutes=n) for n in range(5)]
    late = store.inbox.put(SHOP, Way.POLL, "channel", b"{}", minutes[2])
    early = store.inbox.put(None, Way.WEBHOOK, "carrier", b"{}", minutes[1])
    done = store.inbox.put(SHOP, Way.SWEEP, "channel", b"{}", minutes[3])
    broken_off = store.inbox.put(SHOP, Way.POLL, "channel", b"{}", minutes[4])

    store.inbox.settle(late, "parked", None, "status: unknown word")
    store.inbox.settle(early, "parked", None, "no waybill")
    store.inbox.settle(done, "delivered", a_key())

    parked = store.inbox.parked()
    assert [(row.inbox_id, row.shop, row.source, row.reason) for row in parked] == [
        (early, None, "carrier", "no waybill"),
        (late, SHOP, "channel", "status: unknown word"),
    ]
    assert parked[1].received_at == minutes[2]
    assert store.inbox.count_by_status() == {"parked": 2, "delivered": 1, "received": 1}
    assert [row.inbox_id for row in store.inbox.unsettled()] == [broken_off]


def test_a_payload_under_another_id_stays_shut(store: Store) -> None:
    """A row's seal names the row."""
    inbox_id = store.inbox.put(SHOP, Way.POLL, "channel", b"{}", NOON)
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE inbox SET inbox_id = 'other'"))

    with pytest.raises(SealBroken):
        store.inbox.payload("other")
    with pytest.raises(Misused):
        store.inbox.payload(inbox_id)
