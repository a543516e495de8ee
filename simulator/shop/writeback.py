"""What an order centre may change on an order: status, address, tracking, notes, fulfillments."""

import re
from collections.abc import Iterable, Mapping

from starlette.responses import JSONResponse, Response

from simulator.shop.answers import bad_parameter, refusal
from simulator.shop.orders import STATUSES, Shop, ShopOrder, merged
from simulator.wire import Json, gmt_time, site_time

TRACKING = "_tracking_number"


def waybills_in(meta: object) -> set[str]:
    """Find the waybills in a list of meta_data; one entry may name several."""
    found: set[str] = set()
    for entry in meta if isinstance(meta, list) else []:
        if isinstance(entry, Mapping) and entry.get("key") == TRACKING and entry.get("value"):
            found.update(filter(None, re.split(r"[,;\s]+", str(entry["value"]))))
    return found


def change(shop: Shop, order: ShopOrder, asked: Json) -> Response:
    """Apply `PUT /orders/{id}`."""
    status = asked.get("status")
    if status is not None and status not in STATUSES:
        return bad_parameter("status", f"status is not one of {', '.join(STATUSES)}.")
    meta = asked.get("meta_data", [])
    if not isinstance(meta, list) or not all(isinstance(entry, dict) and "key" in entry for entry in meta):
        return bad_parameter("meta_data", "meta_data is not of type array.")
    for part in ("billing", "shipping"):
        if isinstance(asked.get(part), dict):
            order.body[part] = merged(order.body[part], asked[part])
    if "customer_note" in asked:
        order.body["customer_note"] = str(asked["customer_note"])
    for entry in meta:
        shop.set_meta(order, str(entry["key"]), entry.get("value"))
    if status is not None:
        shop.set_status(order, status)
    waybills = waybills_in(meta)
    if waybills:
        remember(shop, order, waybills, "PUT")
    else:
        shop.ledger.append(
            "shop.update",
            order=order.number,
            key=f"{order.number}:{status or '-'}",
            outcome="ok",
            detail=",".join(asked),
        )
    shop.touch(order)
    return JSONResponse(order.body)


def remember(shop: Shop, order: ShopOrder, waybills: Iterable[str], way: str) -> None:
    """Write down that waybills were written back; saying it again is a repetition, not a new one."""
    order.write_back_calls += 1
    for waybill in sorted(waybills):
        outcome = "repeated" if waybill in order.waybills else "accepted"
        order.waybills.add(waybill)
        shop.ledger.append(
            "shop.write_back",
            order=order.number,
            key=f"{order.number}:{waybill}",
            outcome=outcome,
            detail=way,
        )


def add_note(shop: Shop, order: ShopOrder, asked: Json) -> Response:
    """Apply `POST /orders/{id}/notes`."""
    text = asked.get("note")
    if not isinstance(text, str) or not text:
        return refusal(400, "rest_missing_callback_param", "Missing parameter(s): note", params=["note"])
    entry = shop.ledger.append(
        "shop.note", order=order.number, key=order.number, outcome="ok", detail=text[:80]
    )
    body = {
        "id": entry.seq,
        "author": "REST API",
        "date_created": site_time(entry.time),
        "date_created_gmt": gmt_time(entry.time),
        "note": text,
        "customer_note": bool(asked.get("customer_note", False)),
    }
    return JSONResponse(body, status_code=201)


def fulfill(shop: Shop, order: ShopOrder, asked: Json) -> Response:
    """Apply `POST /orders/{id}/fulfillments`; the order's status stays as it is."""
    meta = asked.get("meta_data")
    keys = (
        {entry.get("key") for entry in meta if isinstance(entry, dict)} if isinstance(meta, list) else set()
    )
    if "_items" not in keys:
        return refusal(
            400, "woocommerce_fulfillment_error", "The fulfillment should contain at least one item."
        )
    waybills = waybills_in(meta)
    remember(shop, order, waybills, "fulfillment")
    entry = shop.ledger.append(
        "shop.fulfillment", order=order.number, key=",".join(sorted(waybills)), outcome="ok"
    )
    shop.set_meta(order, "_fulfillment_status", "fulfilled")
    shop.touch(order)
    body = {
        "id": entry.seq,
        "entity_type": "WC_Order",
        "entity_id": order.number,
        "status": asked.get("status", "fulfilled"),
        "is_fulfilled": bool(asked.get("is_fulfilled", True)),
        "date_updated": gmt_time(entry.time),
        "date_deleted": None,
        "meta_data": meta,
    }
    order.fulfillments.append(body)
    return JSONResponse(body, status_code=201)
