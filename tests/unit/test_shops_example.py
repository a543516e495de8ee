"""The shops file that people copy opens every shop it shows."""

from pathlib import Path

import yaml

from oms.channels import CHANNELS, open_channel
from oms.http import Http
from oms.payments import GATEWAYS, open_gateways
from oms.rules.table import read_table
from oms.settings import read_shops
from oms.stack.keys import fresh_for
from tests.channels.platform_world import MemoryTokens

EXAMPLE = Path(__file__).parents[2] / "shops.example.yaml"


async def test_every_shop_of_the_example_opens() -> None:
    """One of each channel: with the secrets and options that the channel takes, under a row that the rules have."""
    rows = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["shops"]
    entries = rows + [gateway for row in rows for gateway in row.get("gateways", [])]
    environ = {variable: fresh_for(name) for entry in entries for name, variable in entry["secrets"].items()}

    shops = read_shops(EXAMPLE, environ)
    async with Http() as http:
        opened = [open_channel(shop, http, MemoryTokens()).shop for shop in shops]
        gateways = open_gateways(shops, http)

    assert {key.channel for key in opened} == set(CHANNELS)
    assert [set(kinds) for kinds in gateways.values()] == [set(GATEWAYS)]
    assert all(set(row["secrets"]) == set(CHANNELS[row["channel"]].secrets) for row in rows)
    assert {shop.platform for shop in shops} <= set(read_table().platforms)
