"""The full JSON of an order as WooCommerce shows it."""

from datetime import datetime
from hashlib import sha256

from simulator.draft import Draft, DraftLine
from simulator.people import Person
from simulator.wire import Json, gmt_time, site_time, yuan

WOOCOMMERCE_VERSION = "10.3.0"


def order_body(number: int, draft: Draft, *, paid: bool, now: datetime, site: str) -> Json:
    """Write a new order; afterwards it only changes through the shop."""
    return {
        "id": number,
        "parent_id": 0,
        "number": str(number),
        "order_key": f"wc_order_{sha256(str(number).encode()).hexdigest()[:13]}",
        "created_via": "checkout",
        "version": WOOCOMMERCE_VERSION,
        "status": "processing" if paid else "pending",
        "currency": "CNY",
        "currency_symbol": "¥",
        "prices_include_tax": True,
        **_dates(now, paid=paid),
        **_amounts(draft),
        "customer_id": draft.buyer.customer_id,
        "customer_ip_address": "127.0.0.1",
        "customer_user_agent": "Mozilla/5.0",
        "customer_note": draft.note,
        "billing": {**address(draft.buyer), "email": draft.buyer.email, "phone": draft.buyer.phone},
        "shipping": {**address(draft.buyer), "phone": draft.buyer.phone},
        "payment_method": "alipay",
        "payment_method_title": "支付宝",
        "transaction_id": transaction_id(number) if paid else "",
        "cart_hash": sha256(f"cart{number}".encode()).hexdigest()[:32],
        "meta_data": [
            {"id": number * 100 + place, "key": key, "value": value}
            for place, (key, value) in enumerate(_notes(draft).items())
        ],
        "line_items": [_line(number * 100 + place, line) for place, line in enumerate(draft.lines, start=1)],
        "tax_lines": [],
        "shipping_lines": [_shipping(number * 100 + 90, draft.shipping_fen)],
        "fee_lines": [],
        "coupon_lines": [],
        "refunds": [],
        "is_editable": not paid,
        "needs_payment": not paid,
        "needs_processing": True,
        **_where_it_is(number, site),
    }


def _notes(draft: Draft) -> dict[str, str]:
    """Write a promised time the way a plugin of the shop does."""
    promised = draft.demand.ship_by
    return draft.meta | ({"_ship_by": promised.isoformat()} if promised else {})


def _where_it_is(number: int, site: str) -> Json:
    return {
        "payment_url": f"{site}/checkout/order-pay/{number}/",
        "_links": {
            "self": [{"href": f"{site}/wp-json/wc/v3/orders/{number}"}],
            "collection": [{"href": f"{site}/wp-json/wc/v3/orders"}],
        },
    }


def transaction_id(number: int) -> str:
    """Give the payment's number at the payment provider."""
    return f"2026{number:020d}"


def address(person: Person) -> Json:
    """Write an address; names as Chinese shops hold them: family name last_name, given name first_name."""
    return {
        "first_name": person.given,
        "last_name": person.surname,
        "company": "",
        "address_1": person.district + person.street,
        "address_2": "",
        "city": person.city,
        "state": person.province,
        "postcode": person.postcode,
        "country": "CN",
    }


def _dates(now: datetime, *, paid: bool) -> Json:
    both = {
        "date_created": now,
        "date_modified": now,
        "date_paid": now if paid else None,
        "date_completed": None,
    }
    local = {name: site_time(moment) for name, moment in both.items()}
    return local | {f"{name}_gmt": gmt_time(moment) for name, moment in both.items()}


def _amounts(draft: Draft) -> Json:
    return {
        "discount_total": "0.00",
        "discount_tax": "0.00",
        "shipping_total": yuan(draft.shipping_fen),
        "shipping_tax": "0.00",
        "cart_tax": "0.00",
        "total": yuan(draft.total_fen),
        "total_tax": "0.00",
    }


def _line(line_id: int, line: DraftLine) -> Json:
    whole = line.price_fen // 100 if line.price_fen % 100 == 0 else line.price_fen / 100
    return {
        "id": line_id,
        "name": line.name,
        "product_id": line.product_id,
        "variation_id": 0,
        "quantity": line.quantity,
        "tax_class": "",
        "subtotal": yuan(line.total_fen),
        "subtotal_tax": "0.00",
        "total": yuan(line.total_fen),
        "total_tax": "0.00",
        "taxes": [],
        "meta_data": [],
        "sku": line.sku,
        "global_unique_id": "",
        "price": whole,
        "image": {"id": "", "src": ""},
        "parent_name": None,
    }


def _shipping(line_id: int, fen: int) -> Json:
    return {
        "id": line_id,
        "method_title": "快递" if fen else "包邮",
        "method_id": "flat_rate" if fen else "free_shipping",
        "instance_id": "1",
        "total": yuan(fen),
        "total_tax": "0.00",
        "taxes": [],
        "tax_status": "taxable",
        "meta_data": [],
    }
