"""Kuaidi100 (快递100): one service that speaks to every carrier."""

from oms.carriers.kuaidi100.client import Kuaidi100
from oms.carriers.kuaidi100.config import Kuaidi100Config, Partner
from oms.carriers.kuaidi100.declared import INTERFACES
from oms.carriers.kuaidi100.labels import Labels

__all__ = ["INTERFACES", "Kuaidi100", "Kuaidi100Config", "Labels", "Partner"]
