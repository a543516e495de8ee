"""Warehouses that speak Qimen (奇门): we ask them over HTTP, and they call us back."""

from oms.warehouse.qimen.client import Qimen
from oms.warehouse.qimen.config import QimenConfig, Sender
from oms.warehouse.qimen.declared import INTERFACES

__all__ = ["INTERFACES", "Qimen", "QimenConfig", "Sender"]
