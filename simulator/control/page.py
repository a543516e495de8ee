"""One small page that shows what the outside world is doing and lets a person disturb it."""

from collections.abc import Iterable
from html import escape

from simulator.control.oracle import oracle
from simulator.control.retiring import KINDS, OLD
from simulator.faults import INBOUND_KINDS, OUTBOUND_KINDS
from simulator.wire import Json
from simulator.world import World

RECENT = 40
STYLE = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:1.5rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%} th,td{text-align:left;padding:.15rem .6rem .15rem 0;vertical-align:top}
th{border-bottom:1px solid #8888} td.n{text-align:right;font-variant-numeric:tabular-nums} form{display:inline-block;
margin:.2rem 1rem .2rem 0} .bad{color:#c0392b;font-weight:600} section{margin:1.2rem 0} code{font-size:.9em}
"""
REPAIR = """<button onclick="fetch('/control/faults', {method: 'DELETE'}).then(() => location.reload())">
Repair all</button>"""
SYSTEMS = ("shop", "wms", "carrier", "webhook", "notify", "callback")


def page(world: World) -> str:
    """Write the page."""
    verdict = oracle(world, brief=True)
    parts = (_state(world, verdict), _forms(), _faults(world), _recent(world))
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The outside world</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><h1>The outside world</h1>{''.join(f'<section>{part}</section>' for part in parts)}</body></html>"
    )


def _state(world: World, verdict: Json) -> str:
    totals = verdict["totals"]
    started = world.offering.begun_at
    begun = "done offering" if verdict["done_offering"] else "offering" if started else "not started"
    numbers = {
        "orders offered": verdict["offered"],
        "settled as they should": totals["settled"],
        "delivery orders": totals["delivery_orders"],
        "parcels shipped": totals["shipped_parcels"],
        "waybills written back": totals["write_backs"],
        "orders signed for": totals["signed"],
        "messages under way": totals["letters"]["pending"],
    }
    cells = "".join(f"<tr><td>{name}</td><td class=n>{number}</td></tr>" for name, number in numbers.items())
    wrong = ""
    for name in ("double_shipped", "shipped_after_cancel"):
        if verdict[name]:
            wrong += f"<p class=bad>{name}: {escape(', '.join(verdict[name][:50]))}</p>"
    links = " · ".join(
        f'<a href="/control/{name}">{name}</a>'
        for name in ("oracle", "oracle?brief=1", "ledger", "faults", "clock")
    )
    about = f"{begun}; an hour lasts {3600 / world.timeline.pace:g} s"
    return f"<p>{about} · {links}</p>{wrong}<table style='max-width:24rem'>{cells}</table>"


def _forms() -> str:
    return (
        _form("start", "", "Start offering")
        + _form("orders", _field("count", "1", 3), "Place usual orders")
        + _form(
            "stock",
            _field("warehouse", "HZ01", 5) + _field("sku", "SKU-8838", 9) + _field("quantity", "10", 5),
            "Set stock",
        )
        + _form("wms", "<input type=hidden name=hold_shipping value=true>", "Hold shipping")
        + _form("wms", "<input type=hidden name=hold_shipping value=false>", "Go on shipping")
        + _form("retire", _choice("version", OLD) + _choice("how", KINDS), "Retire a version")
    )


def _choice(name: str, values: Iterable[str]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    return f"<select name={name}>{options}</select> "


def _faults(world: World) -> str:
    systems = "".join(f"<option>{name}</option>" for name in SYSTEMS)
    kinds = "".join(f"<option>{name}</option>" for name in sorted(INBOUND_KINDS | OUTBOUND_KINDS))
    fields = (
        f"<select name=system>{systems}</select> <select name=kind>{kinds}</select> "
        + _field("count", "", 4) + _field("rate", "", 4) + _field("seconds", "", 4) + _field("match", "", 12)
    )  # fmt: skip
    armed = "".join(
        f"<li><code>{escape(fault.model_dump_json(exclude_none=True))}</code></li>"
        for fault in world.faults.armed
    )
    struck = ", ".join(f"{name} × {times}" for name, times in sorted(world.faults.struck.items()))
    break_form = _form("faults", fields, "Break")
    return f"<h2>Faults</h2>{break_form}{REPAIR}<ul>{armed}</ul><p>struck: {escape(struck) or 'none'}</p>"


def _recent(world: World) -> str:
    rows = "".join(
        f"<tr><td>{entry.time:%H:%M:%S}</td><td>{escape(entry.kind)}</td>"
        f'<td><a href="/control/ledger?order={escape(entry.order)}">{escape(entry.order)}</a></td>'
        f"<td>{escape(entry.key)}</td><td>{escape(entry.outcome)}</td><td class=n>{entry.attempt}</td>"
        f"<td>{escape(entry.detail[:60])}</td></tr>"
        for entry in world.ledger.latest(RECENT)
    )
    head = "".join(
        f"<th>{name}</th>" for name in ("UTC", "what", "order", "key", "outcome", "time no.", "detail")
    )
    return f"<h2>Ledger, newest first</h2><table><tr>{head}</tr>{rows}</table>"


def _form(path: str, fields: str, label: str) -> str:
    return f'<form method=post action="/control/{path}">{fields} <button>{label}</button></form>'


def _field(name: str, value: str, size: int) -> str:
    return f'<label>{name} <input name={name} value="{value}" size={size}></label> '
