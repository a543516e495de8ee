"""What few channels can do beside orders and after-sales, as Protocols."""

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from oms.domain.aftersale import AfterSale
from oms.ports.channels import WriteBackRefused, WrittenBack


@runtime_checkable
class TellsAddressWishes(Protocol):
    """A channel whose orders say themselves that their buyer waits for an answer about another address."""

    def address_wish(self, payload: Mapping[str, Any]) -> str:
        """Name the wish that is open, the same for as long as it is; empty when none is. Never raises."""


@runtime_checkable
class HearsOfNewParcels(Protocol):
    """A channel that is told under which waybill an exchange or a re-sending went out."""

    async def tell_new_parcel(
        self, case: AfterSale, waybill: str, carrier: str
    ) -> WrittenBack | WriteBackRefused:
        """Tell the platform; told twice, it is told once. `carrier` is in our words."""
