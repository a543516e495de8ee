"""Whom the web process works with; made in its entry, handed to every route."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request
from pydantic import SecretStr

from oms.cashier import Cashier
from oms.domain.ids import ShopKey
from oms.intake import Intake
from oms.ports import Channel
from oms.pushes import Pushes
from oms.reports import ParcelReports, WarehouseReports
from oms.rules.table import read_table
from oms.rules.tables import OnlyTable, Tables
from oms.store import Store
from oms.violations.files import Reports
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
    temporal_ui: str = ""
    """Address of the list of workflows in the Temporal UI; empty: no links."""


def collaborators(request: Request) -> Collaborators:
    """Return the collaborators of the app that the request came to."""
    parts = request.app.state.collaborators
    assert isinstance(parts, Collaborators)  # noqa: S101 - create_app puts it there
    return parts
