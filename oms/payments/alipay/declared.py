"""What we call at Alipay, for the register of interfaces."""

from oms.domain.interfaces import Interface
from oms.payments.alipay.client import METHOD

INTERFACES: tuple[Interface, ...] = (
    Interface(system="alipay", name=METHOD, purpose="ask whether an order was paid", version="1.0"),
)
