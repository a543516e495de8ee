"""Whom the web process works with; made in its entry, handed to every route."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request
from pydantic import SecretStr

from oms.cashier import Cashier
from oms.clock import wall_clock
from oms.domain.ids import ShopKey
from oms.intake import Intake
from oms.ports import Channel, KnowsOrders
from oms.ports.asking import Asks, Unconnected
from oms.pushes import Pushes
from oms.register import Register
from oms.reports import ParcelReports, WarehouseReports
from oms.rules.table import read_table
from oms.rules.tables import OnlyTable, Tables
from oms.store import Store
from oms.store.engine import Clock
from oms.temporal.codec import EncryptionCodec
from oms.violations.files import Reports
from oms.web.people.entrance import Entrance
from oms.web.people.oidc import IdentityProvider
from oms.web.tokens import TrackingTokens

Probe = Callable[[], Awaitable[None]]
"""Raises when what it asks cannot work."""


@dataclass(frozen=True)
class Collaborators:
    """Everything the routes need; none of them reads the environment."""

    store: Store
    intake: Intake
    warehouse: WarehouseReports
    parcels: ParcelReports
    tracking: TrackingTokens
    channels: Mapping[ShopKey, Channel]
    pushes: Pushes
    cashier: Cashier
    qimen_secret: SecretStr
    kuaidi100_salt: SecretStr
    rules: Tables = field(default_factory=lambda: OnlyTable(read_table()))
    """The versions of the rule table, for the staff guide."""
    probes: Mapping[str, Probe] = field(default_factory=dict)
    reports: Reports = field(default_factory=lambda: Reports(Path("reports")))
    """Where finished reports lie."""
    register: Register | None = None
    """The outside interfaces in use; None where nobody is named who looks after them."""
    platforms: Mapping[ShopKey, str] = field(default_factory=dict)
    """By which row of the rule table each shop lives."""
    pace: int = 1
    returns: Mapping[ShopKey, str] = field(default_factory=dict)
    """Where buyers ask for a return, of shops that have a page for it."""
    temporal_ui: str = ""
    """Address of the list of workflows in the Temporal UI; empty: no links."""
    asking: Asks = field(default_factory=Unconnected)
    """Who carries a request to an order."""
    remembers: KnowsOrders | None = None
    """Who can be asked what an order remembers; None where there is no Temporal."""
    entrance: Entrance = field(default_factory=Entrance)
    """What signing in and sessions go by."""
    identity: IdentityProvider | None = None
    """Where people may sign in instead; None: with name and password only."""
    codec: EncryptionCodec | None = None
    """Decodes payloads for the Temporal UI of signed-in people; None: they are not encrypted."""
    clock: Clock = wall_clock


def collaborators(request: Request) -> Collaborators:
    """Return the collaborators of the app that the request came to."""
    parts = request.app.state.collaborators
    assert isinstance(parts, Collaborators)  # noqa: S101 - create_app puts it there
    return parts
