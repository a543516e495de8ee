"""The payment gateways' part of `shops check`: whether each answers us, and whether we believe it."""

import asyncio
from collections.abc import Sequence

from oms.domain.errors import OmsError
from oms.http import Http
from oms.logs import words_of
from oms.payments import open_gateways
from oms.ports import PaymentGateway
from oms.settings import ShopConfig, WrongSetting

NOBODYS = "orderloom-check"
"""A number under which nobody pays: "no such payment", signed, is the answer of a gateway that is fine."""


async def check_gateways(shops: Sequence[ShopConfig]) -> list[dict[str, object]]:
    """Ask every gateway of the shops for a payment that does not exist; one finding each, as those of shops."""
    async with Http() as http:
        asking = []
        for shop in shops:
            try:
                opened = open_gateways([shop], http).get(shop.key, {})
            except WrongSetting as error:
                asking.append(_said(f"{shop.key} gateways", str(error)))
            else:
                asking += [_ask(f"{shop.key} {kind}", gateway) for kind, gateway in opened.items()]
        return list(await asyncio.gather(*asking))


async def _ask(name: str, gateway: PaymentGateway) -> dict[str, object]:
    try:
        await gateway.query(NOBODYS)
    except OmsError as error:
        return await _said(name, words_of(error))
    return await _said(name, "")


async def _said(name: str, problem: str) -> dict[str, object]:
    fine = not problem
    return {
        "shop": name, "fine": fine, "authorised": fine, "active": fine, "version": "", "clock_skew_seconds": None,
        "problem": problem,
    }  # fmt: skip
