"""What can be asked about orders: the list, one of them, its receiver, an answer to an address change."""

from datetime import UTC, datetime, timedelta

from simulator.douyin.access import whole
from simulator.douyin.ciphers import Ciphers
from simulator.douyin.refusals import Refusal, Refused, business, invalid
from simulator.douyin.rows import order_row, words_of
from simulator.market.market import Market
from simulator.market.order import MarketOrder
from simulator.wire import Json

LONGEST_RANGE = timedelta(days=90)
LARGEST_PAGE = 100
MOST_CIPHERS = 50
ANSWERS = frozenset({0, 1001, 1002, 1003, 1004, 1005})


class Trade:
    """The order interface of one shop."""

    def __init__(self, market: Market, ciphers: Ciphers, most_rows: int) -> None:
        """Open it; no page reaches beyond `most_rows`."""
        self._market = market
        self._ciphers = ciphers
        self._most_rows = most_rows
        self._address_answers: dict[str, int] = {}

    def find(self, params: Json, name: str = "order_id") -> MarketOrder:
        """Find the order a call is about. Raises Refused."""
        order = self._market.find(str(params.get(name, "")))
        if order is None:
            raise Refused(business(60033, "订单不存在，请仔细检查后重试。"))
        return order

    def search(self, params: Json) -> Json:
        """Answer order/searchList: pages begin at 0, the newest first unless asked otherwise."""
        page, size = whole(params, "page", 0), whole(params, "size", 10)
        self._check_page(page, size)
        by = "create_time" if params.get("order_by") == "create_time" else "update_time"
        orders = self._within(params)
        orders.sort(key=lambda order: (_time(order, by), order.number), reverse=not params.get("order_asc"))
        shown = _of_status(orders, params.get("combine_status"))
        rows = [order_row(order, self._ciphers) for order in shown[page * size : (page + 1) * size]]
        if self._market.truncates():
            rows = rows[: len(rows) // 2]
        self._market.stir(shown)
        return {"page": page, "size": size, "total": len(shown), "shop_order_list": rows or None}

    def _check_page(self, page: int, size: int) -> None:
        if page < 0:
            raise Refused(invalid(10035, "查询订单列表页数不能小于0"))
        if not 0 < size <= LARGEST_PAGE:
            raise Refused(invalid(20008, "单次查询订单数超过限制"))
        if page * size >= self._most_rows:
            raise Refused(invalid(20013, f"订单查询最多支持查询{self._most_rows}"))

    def _within(self, params: Json) -> list[MarketOrder]:
        kind = "update_time" if "update_time_start" in params else "create_time"
        if f"{kind}_start" not in params:
            raise Refused(invalid(20011, "订单查询开始时间不能为空"))
        since = datetime.fromtimestamp(whole(params, f"{kind}_start"), UTC)
        usual_end = int(self._market.now().timestamp())
        until = datetime.fromtimestamp(whole(params, f"{kind}_end", usual_end), UTC)
        if until - since > LONGEST_RANGE:
            raise Refused(invalid(20022, "查询时间范围不能超过90天"))
        if kind == "update_time":
            return self._market.changed(since, until)
        return [order for order in self._market if since <= order.created.replace(microsecond=0) <= until]

    def detail(self, params: Json) -> Json:
        """Answer order/orderDetail."""
        number = str(params.get("shop_order_id", ""))
        if not number:
            raise Refused(Refusal(40002, "isv.missing-parameter:20000", "请输入查询订单号"))
        order = self._market.find(number)
        if order is None:
            raise Refused(invalid(20014, "查询订单不存在"))
        return {"shop_order_detail": order_row(order, self._ciphers)}

    def decrypt(self, params: Json) -> Json:
        """Answer order/batchDecrypt; one cipher that does not belong to its order spoils the whole call."""
        asked = params.get("cipher_infos")
        if not isinstance(asked, list) or not 0 < len(asked) <= MOST_CIPHERS:
            raise Refused(business(300003, "cipher_infos不合法"))
        found = []
        for one in asked:
            number, cipher = str(one.get("auth_id", "")), str(one.get("cipher_text", ""))
            plain = self._ciphers.reveal(number, cipher)
            if plain is None:
                raise Refused(business(300008, "解密接口存在部分失败"))
            found.append(
                {
                    "auth_id": number,
                    "cipher_text": cipher,
                    "decrypt_text": plain,
                    "err_no": 0,
                    "err_msg": "",
                    "is_virtual_tel": False,
                }
            )
        return {"decrypt_infos": found, "custom_err": {"err_code": 0, "err_msg": ""}}

    def confirm_address(self, params: Json) -> Json:
        """Answer order/addressConfirm: 0 agrees, the others name the step the order has reached."""
        order, answer = self.find(params), whole(params, "is_approved")
        if answer not in ANSWERS:
            raise Refused(invalid(50049, "is_approved不合法"))
        if order.wanted_address is None:
            before = self._address_answers.get(order.number)
            if before is None:
                raise Refused(invalid(50039, "该订单不存在修改地址审核记录"))
            raise Refused(
                business(50041 if before else 50040, "该任务已经被驳回" if before else "该任务已经被通过")
            )
        self._market.answer_move(order, accept=answer == 0)
        self._address_answers[order.number] = answer
        return {}


def _time(order: MarketOrder, by: str) -> datetime:
    moment = order.created if by == "create_time" else order.modified
    return moment.replace(microsecond=0)


def _of_status(orders: list[MarketOrder], asked: object) -> list[MarketOrder]:
    if not asked:
        return orders
    if not isinstance(asked, list) or len(asked) > 1 or not isinstance(asked[0], dict):
        raise Refused(invalid(20012, "订单查询状态条件超过限制，只支持1个元素"))
    wanted = [_numbers(asked[0].get(name)) for name in ("order_status", "main_status")]
    return [
        order
        for order in orders
        if all(not some or str(word) in some for some, word in zip(wanted, words_of(order), strict=True))
    ]


def _numbers(text: object) -> set[str]:
    return {part.strip() for part in str(text or "").split(",") if part.strip()}
