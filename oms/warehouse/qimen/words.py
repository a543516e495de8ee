"""Qimen's words in ours: carriers, sales platforms, and times, which are always GMT+8."""

import re
from collections.abc import Mapping
from datetime import datetime

from oms.clock import CHINA
from oms.domain.errors import Unmappable

STAMP = "%Y-%m-%d %H:%M:%S"

CARRIERS: Mapping[str, str] = {
    "SF": "sf",
    "YTO": "yto",
    "ZTO": "zto",
    "STO": "sto",
    "YUNDA": "yunda",
    "EMS": "ems",
    "EYB": "ems",
    "JD": "jd",
    "JTSD": "jt",
    "JT": "jt",
    "DBKD": "deppon",
    "DBL": "deppon",
    "DEPPON": "deppon",
}
LOGISTICS_CODES: Mapping[str, str] = {
    "sf": "SF",
    "yto": "YTO",
    "zto": "ZTO",
    "sto": "STO",
    "yunda": "YUNDA",
    "ems": "EMS",
    "jd": "JD",
    "jt": "JTSD",
    "deppon": "DBKD",
}
OTHER = "other:"
LONGEST_CODE = 14
"""A carrier's code in our words has at most twenty characters."""

PLATFORMS: Mapping[str, str] = {
    "taobao": "TB",
    "tmall": "TM",
    "jd": "JD",
    "pinduoduo": "PDD",
    "douyin": "DYXS",
    "weixin": "WXXD",
}


def carrier(logistics_code: str) -> str:
    """Name a carrier in our words; one we have no word for keeps theirs, as `other:HTKY`."""
    code = re.sub(r"[^A-Z0-9_-]", "", logistics_code.upper())[:LONGEST_CODE]
    return CARRIERS.get(code, OTHER + (code or "OTHER"))


def logistics_code(carrier_name: str) -> str:
    """Name a carrier in theirs."""
    if carrier_name.startswith(OTHER):
        return carrier_name.removeprefix(OTHER)
    return LOGISTICS_CODES.get(carrier_name, "OTHER")


def platform(channel: str) -> str:
    """Name a sales platform in theirs."""
    return PLATFORMS.get(channel, "OTHER")


def stamp(moment: datetime | None) -> str:
    """Write a moment; none is empty."""
    return moment.astimezone(CHINA).strftime(STAMP) if moment else ""


def moment(text: str, field: str) -> datetime:
    """Read a moment. Raises Unmappable naming the field."""
    try:
        found = datetime.strptime(text, STAMP).replace(tzinfo=CHINA)
    except ValueError:
        raise Unmappable("is not a time like 2026-11-22 10:00:00", field=field) from None
    if found.year < 2000:  # noqa: PLR2004 - earlier times are nonsense, and overflow when converted
        raise Unmappable("is not a time of our days", field=field)
    return found
