"""What we call at WeChat's shops, for the register of interfaces: paths below `/channels/ec/`, and the token's own."""

from oms.channels.wechat import ewaybills, tokens
from oms.domain.interfaces import Interface

SYSTEM = "wechat"

INTERFACES: tuple[Interface, ...] = (
    Interface(system=SYSTEM, name="order/list/get", purpose="find the orders that changed"),
    Interface(system=SYSTEM, name="order/get", purpose="read one order whole"),
    Interface(system=SYSTEM, name="order/delivery/send", purpose="say that a parcel left"),
    Interface(system=SYSTEM, name="order/deliveryinfo/update", purpose="correct a waybill"),
    Interface(system=SYSTEM, name="order/addressmodify/accept", purpose="agree to another address"),
    Interface(system=SYSTEM, name="order/addressmodify/reject", purpose="refuse another address"),
    Interface(
        system=SYSTEM,
        name="order/sensitiveinfo/decode",
        purpose="read a receiver in plain text, for a carrier",
    ),
    Interface(system=SYSTEM, name="aftersale/getaftersalelist", purpose="find the after-sales that changed"),
    Interface(system=SYSTEM, name="aftersale/getaftersaleorder", purpose="read one after-sale whole"),
    Interface(system=SYSTEM, name="aftersale/acceptapply", purpose="agree to an after-sale"),
    Interface(system=SYSTEM, name="aftersale/rejectapply", purpose="refuse an after-sale"),
    Interface(system=SYSTEM, name=f"{ewaybills.PATH}/create", purpose="draw WeChat's waybill numbers"),
    Interface(system=SYSTEM, name=f"{ewaybills.PATH}/get", purpose="read a number that was drawn"),
    Interface(system=SYSTEM, name=f"{ewaybills.PATH}/cancel", purpose="give a number back"),
    Interface(system=SYSTEM, name=tokens.PATH.lstrip("/"), purpose="fetch the shop's token"),
)
