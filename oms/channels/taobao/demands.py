"""What Taobao and Tmall demand of the shipping of one trade: by when, and with whom."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce

from oms.channels.taobao.wire import Advice, SubOrder, Trade
from oms.domain.couriers import ANY, CourierMode, CourierTerms

PAID_WHOLE = "FRONT_PAID_FINAL_PAID"
"""A presale in steps of which everything is paid."""
ADVISED, ONE_OF, NONE_OF = "1", "2", "3"


def is_presale(theirs: Trade) -> bool:
    """Tell whether the goods were sold before they are there."""
    return theirs.new_presell or theirs.step_trade_status == PAID_WHOLE


def promises(theirs: Trade, lines: Iterable[SubOrder]) -> tuple[datetime | None, ...]:
    """List every moment by which something of these lines must be out of the warehouse, or with the carrier."""
    wanted = tuple(lines)
    advice = advice_on(theirs, wanted)
    return (
        theirs.send_time,
        *(line.promise_collect_time for line in wanted),
        *(each.promise_outbound_time for each in advice),
        *(each.promise_collect_time for each in advice),
    )


def advice_on(theirs: Trade, lines: Iterable[SubOrder]) -> tuple[Advice, ...]:
    """Leave out what is about a line that is not sent."""
    gone = {line.oid for line in theirs.orders} - {line.oid for line in lines}
    return tuple(each for each in theirs.logistics_infos if str(each.sub_trade_id) not in gone)


def couriers_of(advice: Sequence[Advice]) -> CourierTerms:
    """Put the demands of all lines together, for they travel in one parcel.

    The narrowest holds: whom every list allows and none forbids. An empty list and a type nobody knows demand nothing.
    """
    allowed = [listed for each in advice if _type(each) == ONE_OF and (listed := _listed(each))]
    denied = _once(each.black_delivery_cps for each in advice if _type(each) == NONE_OF)
    if allowed:
        first, *others = allowed
        everywhere = reduce(lambda kept, names: tuple(n for n in kept if n in names), others, first)
        return CourierTerms(mode=CourierMode.ONLY, names=tuple(n for n in everywhere if n not in denied))
    if denied:
        return CourierTerms(mode=CourierMode.EXCEPT, names=denied)
    advised = _once(_listed(each) for each in advice if _type(each) == ADVISED)
    return CourierTerms(mode=CourierMode.ADVISORY, names=advised) if advised else ANY


def _listed(each: Advice) -> tuple[str, ...]:
    return each.delivery_cps or each.white_delivery_cps or each.biz_delivery_code


def _type(each: Advice) -> str:
    return str(each.biz_delivery_type)


def _once(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in lists for name in names))
