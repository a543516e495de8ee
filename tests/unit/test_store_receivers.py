"""Receivers are sealed, opened on the record, and known by digest only."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from oms.domain.errors import Misused
from oms.domain.messages import Way
from oms.ports import Scan
from oms.store import PutAway, SealBroken, Store, Vault
from tests.unit.store_builders import NOON, SHOP, ZHANG, a_key, a_row
from tests.unit.store_builders import a_book as a_book_of

REMARK = "务必上午送达，打李四电话 13987654321"
PERSONAL = [ZHANG.name, ZHANG.phone, ZHANG.address, REMARK, "李四", "13987654321", "buyer-4711"]


def placed(number: int, buyer_digest: str, at: datetime = NOON) -> PutAway:
    """Whose an order is; where its goods go is put away elsewhere."""
    return PutAway(a_key(number), None, "", "", "", buyer_digest, at)


def test_a_receiver_comes_back_as_put(store: Store) -> None:
    """With the remark; the digest is the same in every order, and another for another receiver."""
    digest = store.receivers.put(a_key(1), ZHANG, REMARK, "buyer-4711")
    elsewhere = store.receivers.put(a_key(2), ZHANG, "", "")
    moved = store.receivers.put(a_key(1), ZHANG.model_copy(update={"address": "文二路 1 号"}), REMARK, "")

    assert store.receivers.get(a_key(1), digest, who="worker", purpose="ship") == (ZHANG, REMARK)
    assert elsewhere == digest == store.receivers.digest(ZHANG)
    assert moved != digest
    assert store.receivers.get(a_key(1), moved, who="worker", purpose="ship")[0].address == "文二路 1 号"


def test_the_database_file_holds_no_person(tmp_path: Path, vault: Vault) -> None:
    """Neither receiver nor remark, buyer id, payload or trace can be found in any file of the database."""
    store = Store.open(f"sqlite:///{tmp_path}/oms.db", vault)
    store.migrate()
    store.receivers.put(a_key(), ZHANG, REMARK, "buyer-4711")
    store.receivers.put_away([placed(1001, store.receivers.buyer_digest("buyer-4711"))])
    store.inbox.put(SHOP, Way.POLL, "channel", "|".join(PERSONAL).encode(), NOON)
    store.orders.add_scans(
        "SF1001", [Scan(at=NOON, raw_state="3", text=f"已签收，签收人 {ZHANG.name} {ZHANG.phone}")]
    )

    while_open = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    store.close()
    afterwards = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"SF1001" in while_open
    for content in (while_open, afterwards):
        for text in PERSONAL:
            assert text.encode() not in content
            assert text.encode("unicode_escape") not in content


def test_every_look_is_on_record(open_store: Callable[..., Store]) -> None:
    """Who, whose, what for, when: for receivers, phone tails and payloads."""
    store = open_store(clock=lambda: NOON)
    digest = store.receivers.put(a_key(), ZHANG, "", "")
    inbox_id = store.inbox.put(SHOP, Way.POLL, "channel", b"{}", NOON)

    store.receivers.get(a_key(), digest, who="worker", purpose="ship OLX-1")
    tail = store.receivers.phone_tail(a_key(), digest, "worker", "subscribe SF1001")
    store.inbox.payload(inbox_id, who="anna", purpose="look at parked")

    looks = [(look.who, look.purpose, look.at) for look in store.decryptions.of(str(a_key()))]
    assert looks == [("worker", "ship OLX-1", NOON), ("worker", "subscribe SF1001", NOON)]
    assert [look.who for look in store.decryptions.of(inbox_id)] == ["anna"]
    assert tail == "5678"


def test_a_receiver_moved_to_another_order_stays_shut(store: Store) -> None:
    """Somebody with the database, but not the keys, cannot have the goods sent elsewhere."""
    digest = store.receivers.put(a_key(1), ZHANG, "", "")
    store.receivers.put(a_key(2), ZHANG, "", "")
    with store.database.write() as connection:
        connection.execute(
            sa.text(
                "UPDATE receivers SET blob = (SELECT blob FROM receivers WHERE order_key = 'woo:main:2')"
                " WHERE order_key = 'woo:main:1'"
            )
        )

    with pytest.raises(SealBroken):
        store.receivers.get(a_key(1), digest, who="worker", purpose="ship")

    assert store.decryptions.of(str(a_key(1))) == ()


def test_a_receiver_nobody_put_is_our_mistake(store: Store) -> None:
    """Asking again changes nothing; the message says what to do."""
    with pytest.raises(Misused, match="resync"):
        store.receivers.get(a_key(), "0" * 32, who="worker", purpose="ship")


def test_after_rotation_the_old_key_is_not_needed(open_store: Callable[..., Store]) -> None:
    """Receivers, payloads and traces are sealed anew, in more than one batch; a second run finds nothing."""
    old, new = ("old", b"o" * 32), ("new", b"n" * 32)
    before = open_store(Vault.from_keys([old], b"d" * 32))
    digests = [before.receivers.put(a_key(n), ZHANG, REMARK, "") for n in range(230)]
    inbox_id = before.inbox.put(SHOP, Way.POLL, "channel", b"\x00payload", NOON)
    before.orders.add_scans("SF1001", [Scan(at=NOON, raw_state="0", text="已揽收")])

    during = open_store(Vault.from_keys([new, old], b"d" * 32))
    rotated, again = during.rotate(), during.rotate()
    after = open_store(Vault.from_keys([new], b"d" * 32))

    assert (rotated, again) == (232, 0)
    assert after.receivers.get(a_key(229), digests[229], who="worker", purpose="ship") == (ZHANG, REMARK)
    assert after.inbox.payload(inbox_id) == b"\x00payload"
    assert after.orders.scans("SF1001")[0].text == "已揽收"


def test_a_buyer_who_bought_before_is_known(store: Store) -> None:
    """By digest, in this shop, earlier, and not by an order that was never paid."""
    buyers, later = store.receivers, NOON + timedelta(hours=1)
    anna, ben, carl = (buyers.buyer_digest(name) for name in ("anna", "ben", "carl"))
    buyers.put_away(
        [placed(1, anna), placed(2, anna, later), placed(3, ben), placed(4, ben), placed(5, carl)]
    )
    store.books.commit(a_book_of(5, paid_at=None))

    before = {
        n: buyers.bought_before(who, a_key(n))
        for n, who in ((1, anna), (2, anna), (3, ben), (4, ben), (6, carl))
    }
    store.books.commit(a_book_of(5, seq=2, paid_at=NOON))

    assert before == {1: False, 2: True, 3: False, 4: True, 6: False}
    assert buyers.bought_before(carl, a_key(6))
    elsewhere = a_row(9).key.model_copy(update={"shop": "other"})
    assert not buyers.bought_before(anna, elsewhere)
    assert buyers.bought_before(anna, elsewhere, everywhere=True)
    assert not buyers.bought_before(anna, elsewhere.model_copy(update={"channel": "jd"}), everywhere=True)


def test_nobody_in_particular_has_never_bought(store: Store) -> None:
    """A guest has no buyer id; two guests are two people."""
    nobody = store.receivers.buyer_digest("")

    store.receivers.put_away([placed(1, nobody)])

    assert nobody == ""
    assert not store.receivers.bought_before(nobody, a_key(2))
