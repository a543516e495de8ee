"""What platforms demand of the shipping of one order, read from their words; what nobody understands demands nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oms.channels.douyin.mapping import to_mapped as douyin
from oms.channels.jd.mapping import to_mapped as jd
from oms.channels.pdd.mapping import to_mapped as pdd
from oms.channels.taobao.carriers import carriers_in
from oms.channels.taobao.mapping import to_mapped as taobao
from oms.channels.wechat.mapping import to_mapped as wechat
from oms.channels.woocommerce.mapping import to_mapped as woocommerce
from oms.domain.couriers import ANY, CourierMode, CourierTerms
from oms.domain.order import Snapshot
from oms.ports import Mapped
from tests.channels import douyin_words, pdd_world, taobao_trades, test_jd_mapping, wechat_orders
from tests.channels.taobao_trades import a_line, a_trade
from tests.unit import woocommerce_orders

FIRST, SECOND = 4263900000000000012, 13
OUT_BY, DAY = "2026-11-23 18:00:00", "2026-11-30 00:00:00"
NONSENSE = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=40), st.lists(st.text(max_size=9), max_size=3),
    st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3), st.floats(allow_nan=False),
)  # fmt: skip


def of_taobao(*lines: dict[str, Any], **changes: Any) -> Snapshot:
    """A trade, changed and read."""
    return taobao(a_trade(*lines, **changes), taobao_trades.SHOP, now=taobao_trades.NOW).snapshot


def advised(*infos: dict[str, Any], **changes: Any) -> Snapshot:
    """A trade of two lines with advice on them."""
    return of_taobao(a_line(), a_line(oid=SECOND), logistics_infos={"logistics_info": list(infos)}, **changes)


def of_douyin(**changes: Any) -> Snapshot:
    """An order of Douyin's, changed and read."""
    return douyin(douyin_words.an_order(**changes), douyin_words.SHOP, now=douyin_words.NOW).snapshot


def of_pdd(**changes: Any) -> Snapshot:
    """An order of Pinduoduo's, changed and read."""
    return pdd(pdd_world.an_order(**changes), pdd_world.SHOP, now=pdd_world.NOW).snapshot


def of_wechat(place: str, value: Any) -> Snapshot:
    """An order of WeChat's, changed and read."""
    return wechat(wechat_orders.an_order(place, value), wechat_orders.SHOP, now=wechat_orders.NOW).snapshot


@pytest.mark.parametrize(
    ("read", "words", "fingerprint"),
    [
        (taobao, taobao_trades, "66348e562ac765c70930c60ce366eb92"),
        (douyin, douyin_words, "7ff1ca596d3b2c278d7560ddab74abd1"),
        (pdd, pdd_world, "e70bd8b579c5c4fa61a0594e8c9a6643"),
        (wechat, wechat_orders, "16e97998087e012fa725d4e3c81f3fb1"),
        (jd, test_jd_mapping, "423224a603842a83cf16065a46c13ee6"),
        (woocommerce, woocommerce_orders, "738fc0310fbdcb88878f97e15f9b58c0"),
    ],
)
def test_an_order_without_demands_is_what_it_was_before_we_read_any(
    read: Callable[..., Mapped], words: Any, fingerprint: str
) -> None:
    """The constants are of the release before: an upgrade is no news about any order."""
    payload = words.a_trade() if words is taobao_trades else words.an_order()

    snapshot = read(payload, words.SHOP, now=words.NOW).snapshot

    assert snapshot.fingerprint == fingerprint
    assert (snapshot.sale, snapshot.ship_from, snapshot.couriers) == ("spot", None, ANY)


@pytest.mark.parametrize(
    ("info", "terms"),
    [
        ({"biz_delivery_type": 0, "delivery_cps": "SF"}, ANY),
        ({"biz_delivery_type": 1, "delivery_cps": "SF,YTO"}, CourierTerms(mode=CourierMode.ADVISORY, names=("sf", "yto"))),
        ({"biz_delivery_type": 2, "delivery_cps": "YTO,ZTO"}, CourierTerms(mode=CourierMode.ONLY, names=("yto", "zto"))),
        ({"biz_delivery_type": "2", "white_delivery_cps": "JTSD"}, CourierTerms(mode=CourierMode.ONLY, names=("jt",))),
        ({"biz_delivery_type": 2, "biz_delivery_code": "DBL"}, CourierTerms(mode=CourierMode.ONLY, names=("deppon",))),
        ({"biz_delivery_type": 3, "black_delivery_cps": "SF"}, CourierTerms(mode=CourierMode.EXCEPT, names=("sf",))),
        ({"biz_delivery_type": 2, "delivery_cps": "NEW-CP"}, CourierTerms(mode=CourierMode.ONLY, names=("new-cp",))),
        ({"biz_delivery_type": 2}, ANY),
        ({"biz_delivery_type": 3}, ANY),
        ({"biz_delivery_type": 7, "delivery_cps": "SF"}, ANY),
        ({"biz_delivery_type": ["2"], "delivery_cps": {"SF": 1}}, ANY),
    ],
)  # fmt: skip
def test_taobao_says_whom_an_order_may_go_with(info: dict[str, Any], terms: CourierTerms) -> None:
    """Advice, a list to keep to, a list to keep away from; a code that we have no word for stays as it is."""
    assert advised(info).couriers == terms


def test_the_lines_of_a_trade_travel_together_so_the_narrowest_demand_holds() -> None:
    """Whom all lists allow and none forbids; nobody, if they contradict one another: a person decides then."""
    one = {"sub_trade_id": FIRST, "biz_delivery_type": 2, "delivery_cps": "YTO,ZTO,SF"}
    other = {"sub_trade_id": SECOND, "biz_delivery_type": 2, "delivery_cps": "SF,ZTO"}
    never = {"sub_trade_id": SECOND, "biz_delivery_type": 3, "black_delivery_cps": "SF"}

    assert advised(one, other).couriers.names == ("zto", "sf")
    assert advised(one, never).couriers == CourierTerms(mode=CourierMode.ONLY, names=("yto", "zto"))
    assert not advised(one, {**other, "delivery_cps": "EMS"}).couriers.allow("ems")


def test_a_line_that_is_not_sent_demands_nothing() -> None:
    """Its advice is still in the trade."""
    gone = a_line(oid=SECOND, status="TRADE_CLOSED")
    info = {
        "sub_trade_id": SECOND,
        "biz_delivery_type": 2,
        "delivery_cps": "EMS",
        "promise_outbound_time": OUT_BY,
    }

    snapshot = of_taobao(a_line(), gone, logistics_infos={"logistics_info": [info]})

    assert (snapshot.couriers, snapshot.ship_by) == (ANY, None)


def test_the_earliest_of_taobao_s_promises_counts() -> None:
    """Out of the warehouse, or picked up: whichever comes first, of any line."""
    late = {"promise_outbound_time": DAY}
    soon = {"promise_collect_time": OUT_BY}

    snapshot = advised(late, soon, delivery_time="2026-11-24 09:31:20")

    assert snapshot.ship_by == datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "sale"),
    [
        ({"new_presell": True}, "presale"),
        ({"new_presell": "true"}, "presale"),
        ({"step_trade_status": "FRONT_PAID_FINAL_PAID"}, "presale"),
        ({"new_presell": False}, "spot"),
        ({"new_presell": True, "status": "TRADE_FINISHED"}, "spot"),
    ],
)
def test_a_presale_of_taobao_is_one_while_it_is_under_way(changes: dict[str, Any], sale: str) -> None:
    """Afterwards the list tells nothing of it any more, and the two must not differ."""
    assert of_taobao(**changes).sale == sale


def test_a_presale_of_taobao_is_sent_by_its_own_time() -> None:
    """`send_time` is when it leaves at the latest."""
    assert of_taobao(new_presell=True, send_time=DAY).ship_by == datetime(2026, 11, 29, 16, tzinfo=UTC)


def test_a_list_of_carriers_is_read_in_any_shape() -> None:
    """Codes, names, other marks between them, each once."""
    assert carriers_in("SF, YTO;sf|顺丰速运") == ("sf", "yto")
    assert carriers_in('["STO","POSTB"]') == ("sto", "postb")
    assert (carriers_in(None), carriers_in(["SF"]), len(carriers_in(",".join(map(str, range(999)))))) == (
        (),
        (),
        50,
    )


@pytest.mark.parametrize(
    ("changes", "sale"),
    [({"is_pre_sale": 1}, "presale"), ({"is_pre_sale": "1"}, "presale"), ({"trade_type": 1}, "presale"), ({"is_pre_sale": 0}, "spot")],
)  # fmt: skip
def test_pinduoduo_tells_presales(changes: dict[str, Any], sale: str) -> None:
    """The promise stays the platform's own."""
    snapshot = of_pdd(**changes)

    assert (snapshot.sale, snapshot.ship_by) == (sale, datetime(2026, 11, 24, 1, 31, 25, tzinfo=UTC))


def test_the_presale_time_of_pinduoduo_is_a_last_day_and_no_first_one() -> None:
    """Its manual takes 23:59:59 of a day only; it counts where no promise is named."""
    last = {"is_pre_sale": 1, "pre_sale_time": "2026-12-05 23:59:59"}

    assert of_pdd(**last, last_ship_time=None).ship_by == datetime(2026, 12, 5, 15, 59, 59, tzinfo=UTC)
    assert of_pdd(**last).ship_by == datetime(2026, 11, 24, 1, 31, 25, tzinfo=UTC)
    assert of_pdd(**last).ship_from is None


def test_douyin_tells_presales_and_the_day_a_buyer_has_booked() -> None:
    """On the order or on a line; all lines travel on the latest day."""
    soon, later = douyin_words.SECOND + 3600, douyin_words.SECOND + 7200
    lines = [
        douyin_words.a_line(pre_sale_type=1, appointment_ship_time=later),
        douyin_words.a_line(order_id="6900000000000000003", pre_sale_type="0"),
    ]

    snapshot = of_douyin(sku_order_list=lines, appointment_ship_time=soon)

    assert snapshot.sale == "presale"
    assert snapshot.ship_from == douyin_words.NOW + timedelta(hours=2)
    assert of_douyin(order_phase_list=[{"total_phase": 2}]).sale == "presale"
    assert of_douyin(sku_order_list=[douyin_words.a_line(pre_sale_type=2)]).sale == "spot"


def test_a_first_day_on_which_it_must_have_left_is_none() -> None:
    """Doudian's own sample names one second for both."""
    last = douyin_words.SECOND + 86_400

    assert of_douyin(appointment_ship_time=last).ship_from is None
    assert of_douyin(appointment_ship_time=last - 1).ship_from == douyin_words.NOW + timedelta(seconds=86_399)


def test_douyin_s_promise_is_the_order_s_or_that_of_its_earliest_line() -> None:
    """Both are in its documents."""
    lines = [douyin_words.a_line(exp_ship_time=douyin_words.SECOND + 60)]

    assert of_douyin(sku_order_list=lines).ship_by == douyin_words.NOW + timedelta(days=1)
    assert of_douyin(sku_order_list=lines, exp_ship_time=0).ship_by == douyin_words.NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("told", "sale"), [({"stock_type": 1}, "presale"), ({"stock_type": 0}, "spot"), ("1", "spot")]
)
def test_wechat_tells_presales_product_by_product(told: object, sale: str) -> None:
    """One of them is enough."""
    assert of_wechat("order_detail.product_infos.0.sku_deliver_info", told).sale == sale


@settings(max_examples=150, deadline=None)
@given(NONSENSE, NONSENSE, NONSENSE)
def test_no_nonsense_in_a_demand_breaks_an_order(one: object, two: object, three: object) -> None:
    """It would stop an order over something that is good to know; the raw payload is kept anyway."""
    line = douyin_words.a_line(pre_sale_type=one, appointment_ship_time=two, exp_ship_time=three)
    info = {
        "sub_trade_id": one, "biz_delivery_type": two, "delivery_cps": three, "white_delivery_cps": one,
        "biz_delivery_code": two, "black_delivery_cps": three, "promise_outbound_time": one, "promise_collect_time": two,
    }  # fmt: skip

    read = [
        advised(info, send_time=one, new_presell=two), of_taobao(logistics_infos=three),
        of_taobao(a_line(promise_collect_time=one), logistics_infos={"logistics_info": [two, three]}),
        of_pdd(is_pre_sale=one, pre_sale_time=two, trade_type=three),
        of_douyin(sku_order_list=[line], appointment_ship_time=one, order_phase_list=two),
        of_wechat("order_detail.product_infos.0.sku_deliver_info", one),
        of_wechat("order_detail.product_infos.0.sku_deliver_info", {"stock_type": two}),
    ]  # fmt: skip

    assert all(snapshot.total_fen for snapshot in read)
