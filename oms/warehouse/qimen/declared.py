"""What we call at warehouses behind Qimen, for the register of interfaces: methods without `taobao.qimen.`."""

from oms.domain.interfaces import Interface

SYSTEM, VERSION = "qimen", "2.0"

INTERFACES: tuple[Interface, ...] = (
    Interface(system=SYSTEM, name="deliveryorder.create", purpose="ask for a delivery", version=VERSION),
    Interface(system=SYSTEM, name="order.cancel", purpose="ask not to ship", version=VERSION),
    Interface(system=SYSTEM, name="inventory.query", purpose="count what is there", version=VERSION),
    Interface(
        system=SYSTEM, name="returnorder.create", purpose="announce goods that come back", version=VERSION
    ),
)
