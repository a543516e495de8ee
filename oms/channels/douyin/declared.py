"""What we call at Doudian, for the register of interfaces."""

from oms.channels.douyin import ewaybills, orders
from oms.domain.interfaces import Interface

SYSTEM = "douyin"

INTERFACES: tuple[Interface, ...] = (
    Interface(system=SYSTEM, name="order.searchList", purpose="find the orders that changed"),
    Interface(system=SYSTEM, name=orders.METHOD, purpose="read one order whole"),
    Interface(system=SYSTEM, name="order.logisticsAdd", purpose="say that an order left"),
    Interface(
        system=SYSTEM, name="order.logisticsAddMultiPack", purpose="say that one of several parcels left"
    ),
    Interface(system=SYSTEM, name="order.logisticsEdit", purpose="correct a waybill"),
    Interface(
        system=SYSTEM,
        name="order.logisticsEditByPack",
        purpose="correct the waybill of one of several parcels",
    ),
    Interface(
        system=SYSTEM, name="order.addressConfirm", purpose="answer a buyer's wish for another address"
    ),
    Interface(
        system=SYSTEM, name="order.batchDecrypt", purpose="read a receiver in plain text, for a carrier"
    ),
    Interface(system=SYSTEM, name="afterSale.List", purpose="find the after-sales that changed"),
    Interface(system=SYSTEM, name="afterSale.operate", purpose="agree to an after-sale, or refuse it"),
    Interface(system=SYSTEM, name=ewaybills.DRAW, purpose="draw Doudian's waybill numbers"),
    Interface(system=SYSTEM, name=ewaybills.CANCEL, purpose="give a number back"),
    Interface(system=SYSTEM, name="token.refresh", purpose="renew the shop's token"),
)
