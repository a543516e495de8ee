"""What the tests of JD share: our channel on the simulated platform, and a client of the test's own."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx

from oms.channels.jd.client import Jd
from oms.channels.jd.signature import sign
from oms.channels.jd.words import signed_stamp
from simulator.draft import Draft
from simulator.market.market import Market
from simulator.people import a_person
from tests.channels.platform_world import PlatformWorld
from tests.serving import TRUST


def two_lines(place: PlatformWorld) -> Draft:
    """A basket of two things: two of the one, one of the other."""
    assortment = place.world.assortment
    return Draft(
        a_person(place.world.buyers_random), (assortment.line("SKU-8802", 2), assortment.line("SKU-8803", 1))
    )


def jd(place: PlatformWorld) -> Jd:
    """Our channel, with all that it can do."""
    assert isinstance(place.channel, Jd)
    return place.channel


def market(place: PlatformWorld) -> Market:
    """Where the buyers order, with all that they can do."""
    assert isinstance(place.market, Market)
    return place.market


async def call(place: PlatformWorld, method: str, business: Mapping[str, Any], /, **changes: str) -> Any:
    """Ask the simulated JD as a client of its own would; `changes` are made before signing, `sign` after."""
    fields = {
        "method": method,
        "app_key": place.secrets["app_key"],
        "access_token": place.secrets["access_token"],
        "timestamp": signed_stamp(datetime.now(UTC)),
        "v": "2.0",
        "360buy_param_json": json.dumps(business, ensure_ascii=False),
    }
    forged = changes.pop("sign", "")
    fields |= changes
    fields = {name: value for name, value in fields.items() if value}
    fields["sign"] = forged or sign(place.secrets["app_secret"], fields)
    async with httpx.AsyncClient(trust_env=False, verify=TRUST) as client:
        answer = await client.post(f"{place.shop.url}/routerjson?{urlencode(fields)}")
    assert answer.status_code == 200
    return answer.json()
