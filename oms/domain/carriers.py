"""Carriers by the names that people and platforms write, in our words."""

from collections.abc import Mapping

_NAMES: Mapping[str, str] = {
    "顺丰": "sf",
    "圆通": "yto",
    "中通": "zto",
    "申通": "sto",
    "韵达": "yunda",
    "京东": "jd",
    "EMS": "ems",
    "极兔": "jt",
    "德邦": "deppon",
    "邮政": "postb",
    "百世": "ht",
}


def carrier_named(name: str) -> str:
    """Tell a carrier by how its name begins or what it contains; empty for one we have no word for."""
    return next((word for known, word in _NAMES.items() if known in name), "")
