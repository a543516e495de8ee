"""Under which number a shop asks for a payment: its order's number, which plugins prefix or lengthen."""

from pydantic import BaseModel, ConfigDict

from oms.domain.errors import Unmappable

PLACE = "out_trade_no"
"""Both gateways call the merchant's number so."""


class NumberRule(BaseModel):
    """How an order's number stands in a gateway's `out_trade_no`: prefix, number, suffix, perhaps a tail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number_prefix: str = ""
    number_suffix: str = ""
    number_tail: str = ""
    """The mark at which a tail begins that differs with each attempt (`-` in `WC1001-1699999999`); empty: no tail."""

    def order_of(self, theirs: str) -> str:
        """Return the order's number. Raises Unmappable when theirs is not of this form: another shop's, perhaps."""
        whole = theirs.removeprefix(self.number_prefix)
        if not theirs.startswith(self.number_prefix):
            raise Unmappable(f"does not begin with {self.number_prefix!r}: another shop's?", field=PLACE)
        if self.number_tail:
            whole = whole.partition(self.number_tail)[0]
        if not whole.endswith(self.number_suffix):
            raise Unmappable(f"does not end with {self.number_suffix!r}: another shop's?", field=PLACE)
        number = whole.removesuffix(self.number_suffix)
        if not number:
            raise Unmappable("holds no order number", field=PLACE)
        return number

    def asked(self, number: str) -> str | None:
        """Return the number to ask the gateway for; None where a tail makes it unknowable."""
        return None if self.number_tail else f"{self.number_prefix}{number}{self.number_suffix}"
