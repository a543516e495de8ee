"""Open what both the driver and the workers need: the store and the clients, as our programs open them."""

import base64

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bench.plan import WorkerPlan
from oms.settings import DataKey
from oms.store import Store
from oms.store.vault import Vault
from oms.temporal.client import connect


def open_store(plan: WorkerPlan) -> Store:
    """Open the database of the plan."""
    keys = [("k1", base64.b64decode(plan.data_key))]
    return Store.open(plan.database_url, Vault.from_keys(keys, base64.b64decode(plan.digest_key)))


async def our_client(plan: WorkerPlan) -> Client:
    """Connect as our programs do, payloads encrypted when the plan has a key for it."""
    keys = [DataKey.model_validate({"id": "k1", "key": plan.payload_keys})] if plan.payload_keys else []
    return await connect(keys, address=plan.address, environ={})


async def bare_client(plan: WorkerPlan) -> Client:
    """Connect without anything of ours."""
    return await Client.connect(plan.address, data_converter=pydantic_data_converter)
