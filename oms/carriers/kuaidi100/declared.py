"""What we call at Kuaidi100, for the register of interfaces: paths of tracking, and methods of the label interface."""

from oms.domain.interfaces import Interface

SYSTEM = "kuaidi100"

INTERFACES: tuple[Interface, ...] = (
    Interface(system=SYSTEM, name="poll", purpose="ask to be told of a parcel's scans"),
    Interface(system=SYSTEM, name="poll/query.do", purpose="ask where a parcel is"),
    Interface(system=SYSTEM, name="order", purpose="draw a waybill number"),
    Interface(system=SYSTEM, name="cancel", purpose="give a number back"),
    Interface(system=SYSTEM, name="interceptOrder", purpose="stop a parcel that is on its way"),
)
