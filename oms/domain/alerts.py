"""Open conditions that somebody must look after; an alert lives for as long as its condition does."""

from enum import StrEnum
from typing import Literal

from oms.domain.model import Fact, Message, Moment


class AlertKind(StrEnum):
    """What can be wrong; each has words, a severity and whom it concerns in one table."""

    PULLS_FAILING = "pulls_failing"
    """Three pulls of a shop in a row have failed (R5)."""
    CURSOR_OLD = "cursor_old"
    OUT_OF_STOCK = "out_of_stock"
    """Purchasing replenishes (R9)."""
    SLA = "sla"
    """An order waits too long (R15)."""
    RED_LOCK = "red_lock"
    """Douyin without a waybill (R27)."""
    INTERFACE_RETIRED = "interface_retired"
    """At the first answer (R29)."""
    INTERFACE_UNHEALTHY = "interface_unhealthy"
    SHAPE_CHANGED = "shape_changed"
    EXPIRY = "expiry"
    """An interface, a token or a certificate ends (R30)."""
    CANARY = "canary"
    """The engine itself does not answer."""
    ORDER = "order"
    """An order needs a person for another reason."""
    OTHER = "other"


class Condition(Fact):
    """Something that is so now and should not be. Nothing personal."""

    key: str
    """Stable, at most 200 characters of [A-Za-z0-9:._/-]: the same condition reported twice is one alert."""
    kind: AlertKind
    severity: Literal["info", "warning", "red"] = "warning"
    to: Literal["service", "purchasing", "supervisor", "operations", "manager"] = "operations"
    title: str
    body: str
    order: str = ""
    shop: str = ""
    interface: str = ""
    since: Moment


class ConditionOver(Message):
    """The condition has ended; `why` in words."""

    at: Moment
    why: str


class AcknowledgeAlert(Message):
    """A named person looks after it."""

    by: str
    why: str
