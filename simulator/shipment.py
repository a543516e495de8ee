"""A parcel at the moment it changes hands from the warehouse to the carrier."""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Shipment:
    """What left a warehouse: under which waybill, for which orders, to whom."""

    waybill: str
    company: str
    orders: tuple[str, ...]
    pieces: Counter[str]
    phone: str
    from_city: str
    to_city: str


COMPANY_OF_LOGISTICS_CODE = {
    "SF": "shunfeng",
    "YTO": "yuantong",
    "ZTO": "zhongtong",
    "STO": "shentong",
    "YUNDA": "yunda",
    "JD": "jd",
    "EMS": "ems",
    "JTSD": "jtexpress",
    "DBKD": "debangwuliu",
    "POSTB": "youzhengguonei",
    "HTKY": "huitongkuaidi",
}


def company_of(logistics_code: str) -> str:
    """Translate a warehouse's code of a carrier into the carrier platform's."""
    return COMPANY_OF_LOGISTICS_CODE.get(logistics_code, logistics_code.lower())


COMPANY_NAMES = {
    "SF": "顺丰速运", "YTO": "圆通速递", "ZTO": "中通快递", "STO": "申通快递", "YUNDA": "韵达快递", "JD": "京东快递",
    "EMS": "EMS", "JTSD": "极兔速递",
}  # fmt: skip


def name_of(logistics_code: str) -> str:
    """Give a carrier's name as people write it; nothing for no carrier."""
    return COMPANY_NAMES.get(logistics_code, logistics_code)
