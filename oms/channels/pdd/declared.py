"""What we call at Pinduoduo, for the register of interfaces."""

from oms.channels.pdd import ewaybills, interfaces
from oms.domain.interfaces import Interface

SYSTEM = "pdd"

INTERFACES: tuple[Interface, ...] = (
    Interface(system=SYSTEM, name=interfaces.ORDERS.type, purpose="find the orders that changed"),
    Interface(system=SYSTEM, name=interfaces.ORDER.type, purpose="read one order whole"),
    Interface(
        system=SYSTEM, name=interfaces.COMPANIES.type, purpose="know the platform's numbers of couriers"
    ),
    Interface(system=SYSTEM, name=interfaces.SHIP.type, purpose="say that an order left"),
    Interface(system=SYSTEM, name=interfaces.MORE_PARCELS.type, purpose="tell of an order's further parcels"),
    Interface(system=SYSTEM, name=interfaces.REFUNDS.type, purpose="find the after-sales that changed"),
    Interface(system=SYSTEM, name=interfaces.REFUND_AGREE.type, purpose="agree to a refund"),
    Interface(system=SYSTEM, name=interfaces.RETURN_AGREE.type, purpose="agree to a return"),
    Interface(
        system=SYSTEM, name=interfaces.DECRYPT.type, purpose="read a receiver in plain text, for a carrier"
    ),
    Interface(system=SYSTEM, name=ewaybills.DRAW.type, purpose="draw Pinduoduo's waybill numbers"),
    Interface(system=SYSTEM, name=ewaybills.CANCEL.type, purpose="give a number back"),
    Interface(system=SYSTEM, name=interfaces.REFRESH.type, purpose="renew the shop's token"),
    Interface(system=SYSTEM, name=interfaces.TIME.type, purpose="compare clocks"),
)
