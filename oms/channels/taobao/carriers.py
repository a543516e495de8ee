"""Carriers in the platform's words; the warehouse protocol Qimen uses the same ones."""

import re
from collections.abc import Mapping

from oms.domain.carriers import carrier_named

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
_ALSO: Mapping[str, str] = {"JT": "jt", "DBL": "deppon", "DEPPON": "deppon", "EYB": "ems"}
_OURS: Mapping[str, str] = {**{theirs: ours for ours, theirs in COMPANY_CODES.items()}, **_ALSO}
_NAME = re.compile(r"[\w:.-]{1,40}")
MOST_NAMES = 50


def company_code(carrier: str) -> str | None:
    """Name a carrier as `taobao.logistics.companies.get` does; None for one nobody mapped.

    A carrier we have no word for came from the warehouse with its Qimen code, which is the platform's own.
    """
    if carrier.startswith(OTHER):
        return carrier.removeprefix(OTHER) or None
    return COMPANY_CODES.get(carrier)


def carriers_in(listed: object) -> tuple[str, ...]:
    """Read a list of carriers, `SF,YTO,STO`, in our words and in its order, each once.

    A code that we have no word for stays as it is, in lower case; what is no text lists nobody.
    """
    found = _NAME.findall(listed if isinstance(listed, str) else "")
    return tuple(dict.fromkeys(map(_our_word, found[:MOST_NAMES])))


def _our_word(name: str) -> str:
    known = _OURS.get(name.upper()) or ("" if name.isascii() else carrier_named(name))
    return known or name.lower()
