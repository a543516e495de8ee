"""Douyin's shop platform Doudian (抖店): signed calls with JSON in the body, and signed messages to the order centre."""

from simulator.douyin.platform import Douyin

__all__ = ["Douyin"]
