"""What a platform demands of the shipping of one order, and what it fines: before it is put into its own words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CourierRule = Literal["any", "advised", "only", "never"]


@dataclass(frozen=True)
class Demand:
    """The demands on one order; moments are whole seconds, for platforms know no finer ones."""

    ship_by: datetime | None = None
    ship_from: datetime | None = None
    presale: bool = False
    rule: CourierRule = "any"
    couriers: tuple[str, ...] = ()
    """By their Qimen codes, which are Taobao's."""

    def allows(self, courier: str) -> bool:
        """Tell whether a parcel may go with a courier."""
        match self.rule:
            case "only":
                return courier in self.couriers
            case "never":
                return courier not in self.couriers
            case _:
                return True


NOTHING = Demand()
