"""What we call at Taobao's Open Platform, for the register of interfaces.

Taobao announces the end of an interface on its site only, never in an answer [2+]; a person writes it into the register.
"""

from oms.channels.taobao import aftersales, ewaybills, listing, messages, reveal, tokens, trades, writeback
from oms.channels.taobao.checkup import CLOCK
from oms.domain.interfaces import Interface

SYSTEM = "taobao"

INTERFACES: tuple[Interface, ...] = (
    Interface(system=SYSTEM, name=listing.METHOD, purpose="find the orders that changed"),
    Interface(system=SYSTEM, name=trades.METHOD, purpose="read one order whole"),
    Interface(system=SYSTEM, name=messages.CONSUME, purpose="take the messages that wait for us"),
    Interface(system=SYSTEM, name=messages.CONFIRM, purpose="say which messages we have"),
    Interface(system=SYSTEM, name=writeback.SEND, purpose="say that a parcel left"),
    Interface(system=SYSTEM, name=writeback.SEND_PIECES, purpose="say that a part of an order line left"),
    Interface(system=SYSTEM, name=writeback.RESEND, purpose="correct a waybill"),
    Interface(system=SYSTEM, name=aftersales.LIST, purpose="find the after-sales that changed"),
    Interface(system=SYSTEM, name=aftersales.DETAIL, purpose="read one after-sale whole"),
    Interface(system=SYSTEM, name=aftersales.AGREE, purpose="agree to a refund"),
    Interface(system=SYSTEM, name=aftersales.AGREE_TO_RETURN, purpose="agree to a return"),
    Interface(system=SYSTEM, name=aftersales.REFUSE, purpose="refuse a refund"),
    Interface(system=SYSTEM, name=reveal.METHOD, purpose="read a receiver in plain text, for a carrier"),
    Interface(system=SYSTEM, name=ewaybills.DRAW, purpose="draw Cainiao's waybill numbers"),
    Interface(system=SYSTEM, name=ewaybills.CANCEL, purpose="give a number back to Cainiao"),
    Interface(system=SYSTEM, name=tokens.METHOD, purpose="renew the shop's token"),
    Interface(system=SYSTEM, name=CLOCK, purpose="compare clocks"),
)
