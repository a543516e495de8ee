"""A shop on Taobao: the gateway of the open platform with its quirks, and the message queue beside it."""

from simulator.taobao.platform import Taobao

__all__ = ["Taobao"]
