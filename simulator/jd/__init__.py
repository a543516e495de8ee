"""JD (京东) as an order centre meets it: routerjson, its token interface, and SP-API beside them."""

from simulator.jd.platform import Jd

__all__ = ["Jd"]
