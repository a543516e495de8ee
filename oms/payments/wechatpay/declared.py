"""What we call at WeChat Pay, for the register of interfaces."""

from oms.domain.interfaces import Interface

INTERFACES: tuple[Interface, ...] = (
    Interface(
        system="wechatpay", name="v3/pay/transactions/out-trade-no", purpose="ask whether an order was paid",
        version="v3",
    ),
)  # fmt: skip
