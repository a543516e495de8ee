"""Reveal receivers by their token, as long as it is the token of the present address."""

import json
from collections.abc import Mapping
from typing import Any

from simulator.market.market import Market
from simulator.taobao.answers import wrapped, wrong
from simulator.taobao.trades import required
from simulator.wire import Json

MOST = 20


def decrypt(market: Market, params: Mapping[str, str]) -> Json:
    """Answer `taobao.top.oaid.decrypt`."""
    try:
        asked = json.loads(required(params, "query_list"))
    except ValueError:
        raise wrong("query_list", "JSON格式错误") from None
    if not isinstance(asked, list) or not 0 < len(asked) <= MOST:
        raise wrong("query_list", "最多支持20个")
    return wrapped("receiver_list", "receiver", [_reveal(market, query) for query in asked])


def _reveal(market: Market, query: Any) -> Json:
    if not isinstance(query, dict) or not all(query.get(name) for name in ("oaid", "tid", "scene")):
        raise wrong("query_list", "oaid、tid、scene必填")
    order = market.find(str(query["tid"]))
    if order is None:
        raise wrong("query_list", "交易不存在")
    echoed: Json = {"oaid": query["oaid"], "tid": str(query["tid"])}
    if query["oaid"] != order.token:
        return echoed | {"matched": False}
    person = order.buyer
    return echoed | {
        "matched": True,
        "name": person.name,
        "mobile": person.phone,
        "phone": "",
        "state": person.province,
        "city": person.city,
        "district": person.district,
        "town": "",
        "address_detail": person.street,
        "country": "中国",
        "privacy_protection": False,
    }
