"""What both sides agree on: ids, delays, sizes, and what a worker process is told on its start."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel

from oms.domain.ids import OrderKey, ShopKey, Sku

Side = Literal["ours", "bare", "lean"]
"""`ours`; `bare` with three calls as regular activities; `lean`, which calls the third one in place, as ours does."""
SHOP = ShopKey(channel="bench", shop="main")
SKU = Sku("SKU-8801")
WAREHOUSE = "HZ01"
PACE = 2400
"""An hour is 1.5 s: `table.py` completes an hour after shipping, so that this is the wait at the end."""
LAST_WAIT = timedelta(hours=1) / PACE
SHIP_BY = timedelta(hours=24) / PACE
SHIP_AFTER = 0.2
SCAN_AFTER = 0.4
SIGN_AFTER = 0.4
"""Real seconds from the warehouse being asked to its word, from there to the first scan, to the signature."""


class WorkerPlan(BaseModel):
    """Everything a worker process needs to know."""

    side: Side
    address: str
    database_url: str = ""
    data_key: str = ""
    digest_key: str = ""
    payload_keys: str = ""
    cached_workflows: int = 2000
    sandboxed: bool = False


def key_of(number: str) -> OrderKey:
    """Return the key of the order that the bench calls `number`."""
    return OrderKey(channel=SHOP.channel, shop=SHOP.shop, number=number)


def workflow_id(side: Side, number: str) -> str:
    """Return the id under which a side runs the order."""
    return key_of(number).workflow_id if side == "ours" else f"{side}:{number}"


def number_of(workflow: str) -> str:
    """Return the order's number from its workflow id."""
    return workflow.rpartition(":")[2]
