"""What we call at an own shop, for the register of interfaces: paths below the version, with `:id` for an order's number."""

from oms.domain.interfaces import Interface

SYSTEM = "woocommerce"

INTERFACES: tuple[Interface, ...] = (
    Interface(system=SYSTEM, name="orders", purpose="find the orders that changed"),
    Interface(system=SYSTEM, name="orders/:id", purpose="read one order, or change it"),
    Interface(system=SYSTEM, name="orders/:id/fulfillments", purpose="say that a parcel left"),
    Interface(system=SYSTEM, name="orders/:id/notes", purpose="tell the buyer of a waybill"),
    Interface(system=SYSTEM, name="orders/:id/refunds", purpose="give money back, and see what was given"),
)
"""The version is each shop's own (`api_version`): a shop that speaks `wc/v4` is not concerned by the end of `wc/v3`."""
