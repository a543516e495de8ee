"""The carriers that the simulated Pinduoduo knows, one of them out of service."""

from simulator.wire import Json

COMPANIES: tuple[tuple[int, str, str, int], ...] = (
    (1, "申通快递", "STO", 1),
    (3, "百世快递", "HT", 1),
    (44, "顺丰快递", "SF", 1),
    (85, "圆通快递", "YTO", 1),
    (115, "中通快递", "ZTO", 1),
    (118, "邮政EMS", "EMS", 1),
    (120, "京东配送", "JD", 1),
    (121, "韵达快递", "YUNDA", 1),
    (131, "德邦快递", "DB", 1),
    (132, "邮政快递包裹", "YZXB", 1),
    (229, "天天快递", "TT", 0),
    (384, "极兔速递", "JTSD", 1),
)
"""Number, name, code, and whether it may be used."""
USABLE = {number: code for number, _name, code, available in COMPANIES if available}


def company_list() -> list[Json]:
    """Show them all."""
    return [
        {"id": number, "logistics_company": name, "code": code, "available": available}
        for number, name, code, available in COMPANIES
    ]
