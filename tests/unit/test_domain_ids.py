"""Who an order is, for ever: its key, its workflow id, its business id."""

import re
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.ids import OrderKey, ShopKey, business_id
from tests.unit.domain_orders import KEY, NOON, SECOND, repeatable

MARKS = st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}", fullmatch=True, alphabet=st.characters(codec="ascii")
)
KEYS = st.builds(OrderKey, channel=MARKS | st.just("order"), shop=MARKS, number=MARKS)


@repeatable(60)
@given(key=KEYS)
def test_a_key_reads_back_from_its_text_and_from_its_workflow_id(key: OrderKey) -> None:
    """Also for a channel that is called order."""
    assert OrderKey.parse(str(key)) == key
    assert OrderKey.parse(key.workflow_id) == key
    assert key.shop_key == ShopKey(channel=key.channel, shop=key.shop)


@pytest.mark.parametrize(
    "number",
    ["", "9" * 65, "9" * 200, "a:b", ":", "📦", "订单1", "a b", "a/b", "../a", "-a", ".a", "a\n", "a\x00", "%41"],
)  # fmt: skip
def test_a_number_that_is_no_plain_mark_is_refused(number: str) -> None:
    """200 characters, colons, an emoji: nothing that could be mistaken in an id or a URL."""
    with pytest.raises(ValueError, match=r"number|not channel:shop:number"):
        OrderKey.parse(f"woocommerce:main:{number}")


@pytest.mark.parametrize("text", ["", "order:", "1001", "a:b", "a:b:c:d", "order:a:b:c:d", "order:a:b"])
def test_a_text_of_another_shape_is_no_key(text: str) -> None:
    """`order:a:b` reads as the key of a channel named order, and nothing else does."""
    if text == "order:a:b":
        assert OrderKey.parse(text).channel == "order"
        return

    with pytest.raises(ValueError, match="channel:shop:number"):
        OrderKey.parse(text)


@repeatable(100)
@given(key=KEYS, hours=st.integers(-23, 23), microseconds=st.integers(0, 999_999))
def test_the_business_id_is_stable(key: OrderKey, hours: int, microseconds: int) -> None:
    """Whatever time zone or fraction of a second a way of learning of the order writes."""
    other = (NOON + timedelta(microseconds=microseconds)).astimezone(timezone(timedelta(hours=hours)))

    found = business_id(key, other)

    assert found == business_id(key, NOON)
    assert re.fullmatch(r"OL[A-Z2-7]{13}", found)


def test_business_ids_once_given_stay() -> None:
    """This one is in other people's books; and every part of the identity counts."""
    others = [
        business_id(KEY.model_copy(update={"number": "1002"}), NOON),
        business_id(KEY.model_copy(update={"shop": "second"}), NOON),
        business_id(KEY.model_copy(update={"channel": "tmall"}), NOON),
        business_id(KEY, NOON + SECOND),
    ]

    assert business_id(KEY, NOON) == "OLNRRIXPRUUW3QV"
    assert len({*others, "OLNRRIXPRUUW3QV"}) == 5
