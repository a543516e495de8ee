"""A simulated Pinduoduo."""

from simulator.pdd.platform import PinduoduoPlatform

__all__ = ["PinduoduoPlatform"]
