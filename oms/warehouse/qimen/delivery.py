"""The delivery order as Qimen wants it written; the receiver is in here and nowhere else."""

from datetime import datetime

from oms.domain.money import fen_to_yuan, share
from oms.domain.receiver import Receiver
from oms.ports import WarehouseOrder
from oms.warehouse.qimen import words
from oms.warehouse.qimen.config import QimenConfig, Sender
from oms.warehouse.qimen.xml import Tree


def delivery_order(
    order: WarehouseOrder, receiver: Receiver, remark: str, config: QimenConfig, now: datetime
) -> Tree:
    """Write the request of `deliveryorder.create`."""
    head: Tree = {
        "deliveryOrderCode": order.code,
        "orderType": "JYCK",
        "warehouseCode": order.warehouse,
        "sourcePlatformCode": words.platform(order.order.channel),
        "createTime": words.stamp(now),
        "placeOrderTime": words.stamp(order.created_at),
        "payTime": words.stamp(order.paid_at),
        "operateTime": words.stamp(now),
        "shopNick": order.order.shop,
        "totalAmount": fen_to_yuan(order.total_fen),
        "gotAmount": fen_to_yuan(order.total_fen if order.paid_at else 0),
        "logisticsCode": words.logistics_code(order.carrier or config.carrier),
        "expressCode": order.waybill,
        "senderInfo": _sender(config.sender),
        "receiverInfo": _receiver(receiver),
        "buyerMessage": remark,
        "latestDeliveryTime": words.stamp(order.ship_by),
    }
    return {"deliveryOrder": head, "orderLines": _lines(order, config.owner_code)}


def _sender(sender: Sender) -> Tree:
    return {
        "name": sender.name,
        "mobile": sender.mobile,
        "province": sender.province,
        "city": sender.city,
        "detailAddress": sender.address,
    }


def _receiver(receiver: Receiver) -> Tree:
    return {
        "name": receiver.name,
        "zipCode": receiver.postcode,
        "mobile": receiver.phone,
        "province": receiver.province or receiver.city,
        "city": receiver.city or receiver.province,
        "area": receiver.district,
        "detailAddress": receiver.address,
        "oaid": receiver.token,
    }


def _lines(order: WarehouseOrder, owner: str) -> Tree:
    """Write the pieces; Qimen wants a price of each, and an even share of the total is the honest one we have."""
    amounts = share(order.total_fen, [piece.quantity for piece in order.pieces])
    lines: list[tuple[str, Tree]] = [
        (
            "orderLine",
            {
                "orderLineNo": str(number),
                "sourceOrderCode": order.order.number,
                "subSourceOrderCode": piece.line,
                "ownerCode": owner,
                "itemCode": piece.sku,
                "itemName": order.titles.get(piece.sku, ""),
                "inventoryType": "ZP",
                "planQty": str(piece.quantity),
                "actualPrice": fen_to_yuan(amount // piece.quantity),
            },
        )
        for number, (piece, amount) in enumerate(zip(order.pieces, amounts, strict=True), start=1)
    ]
    return lines
