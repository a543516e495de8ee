"""The list of changed trades, newest first, and the single trade."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from simulator.market.market import Market
from simulator.taobao.answers import business, missing, wrapped, wrong
from simulator.taobao.words import chosen, trade
from simulator.wire import CHINA, Json

LONGEST = timedelta(days=1)
MOST, USUAL = 100, 40
ONLY_IN_DETAIL = frozenset({"buyer_message", "seller_memo", "send_time", "new_presell", "logistics_infos"})
RowT = TypeVar("RowT")


class Trades:
    """Shows the trades of one market."""

    def __init__(self, market: Market) -> None:
        """Stand in front of a market."""
        self._market = market

    def list_changed(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.trades.sold.increment.get`."""
        fields = required(params, "fields")
        found = self._market.changed(*window(params))[::-1]
        rows, paging = page(found, params)
        halved = len(rows) // 2 if self._market.truncates() else len(rows)
        shown = [
            {
                name: value
                for name, value in chosen(trade(order), fields).items()
                if name not in ONLY_IN_DETAIL
            }
            for order in rows[:halved]
        ]
        self._market.stir(found)
        return paging | wrapped("trades", "trade", shown)

    def detail(self, params: Mapping[str, str]) -> Json:
        """Answer `taobao.trade.fullinfo.get`."""
        fields, order = required(params, "fields"), self._market.find(required(params, "tid"))
        if order is None:
            raise business("trade-not-exist", "交易不存在")
        shown = chosen(trade(order), fields)
        if params.get("include_oaid") != "true":
            shown.pop("oaid", None)
        return {"trade": shown}


def window(params: Mapping[str, str]) -> tuple[datetime, datetime]:
    """Read the window, of which both bounds are part. Raises Refused for one longer than a day."""
    since, until = (_moment(params, name) for name in ("start_modified", "end_modified"))
    if until < since:
        raise wrong("end_modified", "结束时间必须大于开始时间")
    if until - since > LONGEST:
        raise wrong("end_modified", "查询修改时间跨度不能大于一天")
    return since, until


def page(found: list[RowT], params: Mapping[str, str]) -> tuple[list[RowT], Json]:
    """Cut a page out, and tell how many there are or only whether there are more."""
    number, size = _count(params, "page_no", 1), _count(params, "page_size", USUAL)
    if size > MOST:
        raise wrong("page_size", "每页条数不能大于100")
    rows = found[(number - 1) * size : number * size]
    if params.get("use_has_next") == "true":
        return rows, {"has_next": len(found) > number * size}
    return rows, {"total_results": len(found)}


def _count(params: Mapping[str, str], name: str, usual: int) -> int:
    text = params.get(name) or str(usual)
    if not text.isdecimal() or int(text) < 1:
        raise wrong(name, "必须是大于零的整数")
    return int(text)


def _moment(params: Mapping[str, str], name: str) -> datetime:
    try:
        return datetime.strptime(required(params, name), "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        raise wrong(name, "格式：yyyy-MM-dd HH:mm:ss") from None


def required(params: Mapping[str, str], name: str) -> str:
    """Read a parameter. Raises Refused when it is missing."""
    if not params.get(name):
        raise missing(name)
    return params[name]
