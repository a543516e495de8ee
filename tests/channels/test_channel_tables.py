"""The tables of oms/channels/README.md say what the code declares."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from oms.channels import CHANNELS
from oms.ports import (
    AnswersAddressChanges,
    CorrectsWaybills,
    DrawsWaybills,
    FetchesAfterSales,
    Hears,
    Listens,
    Properties,
    RefundsOrders,
    RevealsReceivers,
)
from tests.channels.platform_world import that_can

README = (Path(__file__).parents[2] / "oms/channels/README.md").read_text(encoding="utf-8")
CAPABILITIES = (
    CorrectsWaybills,
    AnswersAddressChanges,
    FetchesAfterSales,
    RefundsOrders,
    RevealsReceivers,
    DrawsWaybills,
    Hears,
    Listens,
)
AN_HOUR = timedelta(hours=1)


def hours(life: timedelta | None) -> str:
    """Write a stretch of time as the table does."""
    return "–" if life is None else f"{life / AN_HOUR:g} h"


def declared(name: str, properties: Properties) -> str:
    """Write a channel's row."""
    way = {"backwards": "backwards to page", "by_time": "by_time from page", "cursor": "cursor"}[
        properties.walk
    ]
    cells = [
        f"`{name}`", way if properties.first_page is None else f"{way} {properties.first_page}",
        str(properties.page_size), hours(properties.longest_window), str(properties.most_rows or "–"),
        properties.bounds, properties.time_unit, properties.amount_unit,
        f"{properties.calls_per_second:g}" if properties.calls_per_second else "–", hours(properties.token_life),
        properties.push, ", ".join(f"`{version}`" for version in properties.versions),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("name", sorted(CHANNELS))
def test_the_table_says_what_the_channel_declares(name: str) -> None:
    """Change both together."""
    assert declared(name, CHANNELS[name].properties) in README.splitlines()


@pytest.mark.parametrize("name", sorted(CHANNELS))
def test_the_table_names_the_capabilities_that_the_channel_has(name: str) -> None:
    """All of them, and no other."""
    row = re.findall(rf"^\| `{name}` \| ((?:`\w+`(?:, )?)+) \|", README, re.MULTILINE)
    has = [f"`{each.__name__}`" for each in CAPABILITIES if name in that_can(each)]

    assert row == [", ".join(has)]


@pytest.mark.parametrize("capability", [CorrectsWaybills, RevealsReceivers])
def test_every_marketplace_has_what_the_shared_suite_asks_of_the_capable(capability: type) -> None:
    """Else the suite would hold nobody to it, and nobody would notice."""
    assert {"douyin", "jd", "pdd", "taobao", "wechat"} <= set(that_can(capability))
