"""The call log (R32): what the door to HTTP saw, what the adapters say of it, and who writes it down.

Nothing here may slow or fail a call.
"""

from oms.calls.calling import OpenCall, calling, for_order
from oms.calls.log import CallLog

__all__ = ["CallLog", "OpenCall", "calling", "for_order"]
