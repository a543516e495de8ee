"""Carriers in the platform's words; the warehouse protocol Qimen uses the same ones."""

from collections.abc import Mapping

COMPANY_CODES: Mapping[str, str] = {
    "sf": "SF",
    "yto": "YTO",
    "zto": "ZTO",
    "sto": "STO",
    "yunda": "YUNDA",
    "jd": "JD",
    "ems": "EMS",
    "jt": "JTSD",
    "deppon": "DBKD",
    "postb": "POSTB",
    "ht": "HTKY",
}
OTHER = "other:"


def company_code(carrier: str) -> str | None:
    """Name a carrier as `taobao.logistics.companies.get` does; None for one nobody mapped.

    A carrier we have no word for came from the warehouse with its Qimen code, which is the platform's own.
    """
    if carrier.startswith(OTHER):
        return carrier.removeprefix(OTHER) or None
    return COMPANY_CODES.get(carrier)
