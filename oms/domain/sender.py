"""Where a parcel comes from, as its waybill names it: the merchant's own address, one for each warehouse."""

from pydantic import ConfigDict, Field

from oms.domain.model import Fact


class Sender(Fact):
    """A warehouse's name, phone and address; the merchant's and no buyer's, and logged all the same by nobody."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(min_length=1, repr=False)
    phone: str = Field(min_length=1, repr=False)
    province: str = Field(min_length=1, repr=False)
    city: str = Field(min_length=1, repr=False)
    district: str = Field(default="", repr=False)
    address: str = Field(min_length=1, repr=False)
    """From the street on."""

    @property
    def whole_address(self) -> str:
        """The address in one line, as carriers print it."""
        return f"{self.province}{self.city}{self.district}{self.address}"
