"""The one way we connect to Temporal: pydantic payloads, our codec, Temporal's own standard settings."""

import dataclasses
from collections.abc import Mapping, Sequence

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.envconfig import ClientConfig
from temporalio.runtime import Runtime

from oms.settings import DataKey
from oms.temporal.codec import EncryptionCodec, WordsConverter

ORDERS_QUEUE = "orders"
"""The queue of every order workflow and of the activities that its worker runs eagerly."""
EVENTS_QUEUE = "events"
"""The queue of the relays, which hold their place for minutes: no order waits behind one."""


def channel_queue(channel: str) -> str:
    """Name the queue that carries one platform's quota."""
    return f"channel-{channel}"


def converter(keys: Sequence[DataKey]) -> DataConverter:
    """Return the converter of every client, worker and replayer; encrypting when there are keys."""
    if not keys:
        return dataclasses.replace(pydantic_data_converter, payload_converter_class=WordsConverter)
    return dataclasses.replace(
        pydantic_data_converter,
        payload_converter_class=WordsConverter,
        payload_codec=EncryptionCodec.from_keys(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def connect(
    keys: Sequence[DataKey] = (),
    *,
    address: str = "",
    runtime: Runtime | None = None,
    environ: Mapping[str, str] | None = None,
) -> Client:
    """Connect as Temporal's standard variables and profile say; `address` overrules theirs.

    `environ` stands in for the process's own environment. Raises RuntimeError when the server cannot be reached.
    """
    config = ClientConfig.load_client_connect_config(override_env_vars=environ)
    if address:
        config["target_host"] = address
    config.setdefault("target_host", "127.0.0.1:7233")
    return await Client.connect(**config, data_converter=converter(keys), runtime=runtime)
