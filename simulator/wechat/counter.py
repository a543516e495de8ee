"""What a shop may do with an order: look, ship, correct, answer, decode."""

from simulator.market.market import Market
from simulator.market.order import MarketOrder
from simulator.wechat.answers import Refused, accept
from simulator.wechat.words import COMPANIES, address_body, order_body, product_of
from simulator.wire import Json

SHIPPABLE = frozenset({20, 21})


class OrderCounter:
    """Serves questions about single orders; every method raises Refused."""

    def __init__(self, market: Market) -> None:
        """Serve a market's orders."""
        self._market = market

    def show(self, question: Json) -> Json:
        """Answer `/channels/ec/order/get`."""
        return accept(order=order_body(self._find(question)))

    def decode(self, question: Json) -> Json:
        """Answer `/channels/ec/order/sensitiveinfo/decode`."""
        order = self._find(question)
        return accept(address_info=address_body(order.buyer, order.token, masked=False))

    def companies(self, _question: Json) -> Json:
        """Answer `/channels/ec/order/deliverycompanylist/new/get`."""
        rows = [{"delivery_id": code, "delivery_name": name} for code, name in COMPANIES.items()]
        return accept(company_list=rows)

    def send(self, question: Json) -> Json:
        """Answer `/channels/ec/order/delivery/send`: one or more parcels, each with what is in it."""
        order = self._find(question)
        for row in _parcels(question):
            if order.raw.get("status", 20) not in SHIPPABLE:
                raise Refused(10020101)
            pieces = _spread(order, row["product_infos"])
            match self._market.ship(order, row["waybill_id"], row["delivery_id"], pieces):
                case "accepted":
                    continue
                case "repeated":
                    raise Refused(10020104)
                case "not_to_ship":
                    raise Refused(10020101)
                case "unknown_line":
                    raise Refused(10020102)
                case "nothing_left":
                    raise Refused(10020103)
        return accept()

    def correct(self, question: Json) -> Json:
        """Answer `/channels/ec/order/deliveryinfo/update`: the parcels as they should be, all of them."""
        order = self._find(question)
        rows = {row["waybill_id"]: row["delivery_id"] for row in _parcels(question)}
        known = [parcel.waybill for parcel in order.parcels]
        if not known or len(rows) != len(known):
            raise Refused(10020107)
        wrong = [waybill for waybill in known if waybill not in rows]
        right = [waybill for waybill in rows if waybill not in known]
        for old, new in zip(wrong, right, strict=True):
            self._market.correct(order, old, new, rows[new])
        return accept()

    def accept_address(self, question: Json) -> Json:
        """Answer `/channels/ec/order/addressmodify/accept`."""
        return self._answer_move(question, accepted=True)

    def reject_address(self, question: Json) -> Json:
        """Answer `/channels/ec/order/addressmodify/reject`."""
        return self._answer_move(question, accepted=False)

    def _answer_move(self, question: Json, *, accepted: bool) -> Json:
        if not self._market.answer_move(self._find(question), accept=accepted):
            raise Refused(10020106)
        return accept()

    def _find(self, question: Json) -> MarketOrder:
        number = question.get("order_id")
        if not isinstance(number, str):
            raise Refused(40097)
        order = self._market.find(number)
        if order is None:
            raise Refused(100002)
        return order


def _parcels(question: Json) -> list[Json]:
    """Read `delivery_list`."""
    rows = question.get("delivery_list")
    if not isinstance(rows, list) or not rows:
        raise Refused(40097)
    for row in rows:
        complete = isinstance(row, dict) and {"delivery_id", "waybill_id", "product_infos"} <= row.keys()
        if not complete or row.get("deliver_type") != 1 or not row["waybill_id"] or not row["product_infos"]:
            raise Refused(40097)
        if row["delivery_id"] not in COMPANIES:
            raise Refused(10020105)
    return rows


def _spread(order: MarketOrder, products: list[Json]) -> dict[str, int]:
    """Find the lines that hold the products, the first ones first; more than there is stays on the last."""
    pieces: dict[str, int] = {}
    for product in products:
        named = (product.get("product_id"), product.get("sku_id"))
        lines = [line for line in order.lines if product_of(line) == named]
        wanted = product.get("product_cnt")
        if not lines:
            raise Refused(10020102)
        if not isinstance(wanted, int) or wanted < 1:
            raise Refused(40097)
        for line in lines:
            left = line.draft.quantity - line.shipped - pieces.get(line.id, 0)
            taken = wanted if line is lines[-1] else min(wanted, left)
            pieces[line.id] = pieces.get(line.id, 0) + taken
            wanted -= taken
    return pieces
