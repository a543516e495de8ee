"""Carriers by the numbers that Pinduoduo gives them, read from its own list: its manual prints none."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from oms.channels.pdd.gateway import Gateway
from oms.channels.pdd.interfaces import COMPANIES
from oms.channels.pdd.wire import whole


class Company(NamedTuple):
    """How the platform's list names a carrier: by its code, else by how its name begins."""

    code: str
    name: str


COMPANY_OF: Mapping[str, Company] = {
    "sf": Company("SF", "顺丰"),
    "yto": Company("YTO", "圆通"),
    "zto": Company("ZTO", "中通"),
    "sto": Company("STO", "申通"),
    "yunda": Company("YUNDA", "韵达"),
    "jd": Company("JD", "京东"),
    "ems": Company("EMS", "EMS"),
    "jt": Company("JTSD", "极兔"),
    "deppon": Company("DB", "德邦"),
    "postb": Company("YZXB", "邮政"),
    "ht": Company("HT", "百世"),
}
"""Our carriers; one line adds another."""


class Carriers:
    """Knows the platform's list of carriers, asked once and again when one is missing."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._known: dict[str, int] = {}

    async def number_of(self, carrier: str) -> int | None:
        """Return the platform's number of one of our carriers; None when it is not mapped or not served there."""
        if carrier in COMPANY_OF and carrier not in self._known:
            content = (await self._gateway.ask(COMPANIES)).expect(COMPANIES.type)
            rows = content.get("logistics_companies")
            self._known |= _numbers(
                [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
            )
        return self._known.get(carrier)


def _numbers(rows: list[dict[str, Any]]) -> dict[str, int]:
    served = [row for row in rows if whole(row.get("available", 1)) != 0 and whole(row.get("id")) > 0]
    by_code = {str(row.get("code", "")).upper(): whole(row["id"]) for row in reversed(served)}
    found: dict[str, int] = {}
    for carrier, company in COMPANY_OF.items():
        named = (
            whole(row["id"])
            for row in served
            if str(row.get("logistics_company", "")).startswith(company.name)
        )
        number = by_code.get(company.code) or next(named, None)
        if number is not None:
            found[carrier] = number
    return found
