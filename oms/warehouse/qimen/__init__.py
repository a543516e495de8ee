"""Warehouses that speak Qimen (奇门): we ask them over HTTP, and they call us back."""

from oms.warehouse.qimen.client import Qimen
from oms.warehouse.qimen.config import QimenConfig, Sender

__all__ = ["Qimen", "QimenConfig", "Sender"]
