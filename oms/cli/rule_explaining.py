"""`rules explain`: which version and which rows an order lives by, and what they say of it now."""

import asyncio
from datetime import datetime
from typing import Any

import typer

from oms.cli.options import AsJson
from oms.cli.orders import Order
from oms.cli.output import Output, Trouble
from oms.cli.place import Place
from oms.cli.rule_files import Lang
from oms.clock import wall_clock
from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey
from oms.domain.rulings import Finding
from oms.domain.state import OrderState
from oms.rules.explaining import Explanation, explain, layers_of
from oms.rules.shelf import Shelf
from oms.rules.table import RuleTable
from oms.store import OrderView
from oms.temporal.mailbox import TemporalMailbox


def explain_(context: typer.Context, order: Order, lang: Lang = "en", as_json: AsJson = False) -> None:
    """Say why an order is judged as it is: version, rows, deadlines with their rule, reviews, and the gate's word now.

    Asks the order itself; when it does not answer, what the database knows of it.

    Examples:

    ```
    starter.py rules explain 1001
    starter.py rules explain douyin:main:6937 --lang zh --json | jq .gate.findings
    ```
    """
    place: Place = context.obj
    key, now = place.order(order), wall_clock()
    view = place.store().orders.get(key)
    if view is None:
        raise Trouble(
            f"no order {key} is known here", "not here yet? `starter.py order resync` asks the shop for it"
        )
    try:
        state = asyncio.run(_ask(place, key))
    except (Trouble, Unavailable) as trouble:
        place.output.say(f"the order itself does not answer: {trouble}")
        state = None
    found = _of_order(place, state, now) if state else _of_row(place, view, now)
    if as_json:
        place.output.json(found.model_dump(mode="json"))
    else:
        _show(place.output, found, lang)


async def _ask(place: Place, key: OrderKey) -> OrderState | None:
    return await TemporalMailbox(await place.temporal()).order_state(key)


def _of_order(place: Place, order: OrderState, now: datetime) -> Explanation:
    shelf, key = place.shelf(), order.key
    version = order.assessment.policy.version if order.assessment else ""
    return explain(
        _pinned(shelf, version, now), shelf.in_force(now).version, order, now, _platform(place, key)
    )


def _of_row(place: Place, view: OrderView, now: datetime) -> Explanation:
    """Say what the read model allows: the version of its last assessment, and the rows."""
    shelf, key, row = place.shelf(), view.row.key, view.row
    judged = [c.rule_version for c in place.store().orders.timeline(key) if c.what == "order.assessed"]
    table = _pinned(shelf, judged[-1] if judged else "", now)
    platform, shop, paid = _platform(place, key), str(key.shop_key), row.paid_at or now
    return Explanation(
        order=str(key), platform=platform, shop=shop, version=table.version, digest=table.digest,
        in_force=shelf.in_force(now).version, judged_at=paid,
        layers=layers_of(table, platform, shop, paid), tags=row.tags,
    )  # fmt: skip


def _pinned(shelf: Shelf, version: str, now: datetime) -> RuleTable:
    """Return the version an order lives by; the one in force for an order that was not judged yet."""
    return (shelf.version(version) if version else None) or shelf.in_force(now)


def _platform(place: Place, key: OrderKey) -> str:
    platforms = {shop.key: shop.platform for shop in place.settings().shops}
    return platforms.get(key.shop_key, key.channel)


def _show(output: Output, found: Explanation, lang: Lang) -> None:
    facts = found.model_dump(
        include={"platform", "shop", "version", "in_force", "judged_at", "reviews", "tags", "courier"}
    )
    output.facts(f"Rules of {found.order}", facts, as_json=False)
    layers = [
        {"row": each.source, "why": each.why, "from": each.start, "to": each.end,
         "sets": each.count if each.source == "defaults" else each.figures}
        for each in found.layers
    ]  # fmt: skip
    output.rows("Rows that apply, the later over the earlier", layers, as_json=False)
    deadlines = [
        {"due": each.due, "step": str(each.step), "done": each.id in found.done, "source": each.source,
         "rule": each.rule, "text": (each.text_zh if lang == "zh" else "") or each.text}
        for each in sorted(found.deadlines, key=lambda each: each.due)
    ]  # fmt: skip
    output.rows("Deadlines", deadlines, as_json=False, none="none")
    asked = [_finding(each, lang) for each in found.asked]
    output.rows("Rules behind reviews and tags", asked, as_json=False, none="none")
    if found.gate is not None:
        gate = [_finding(each, lang) for each in found.gate.findings]
        output.rows("What the gate says now", gate, as_json=False, none="it may go")
        faults = [{"rule": fault} for fault in found.gate.faults]
        output.rows("Rules that could not be asked", faults, as_json=False, none="none")


def _finding(found: Finding, lang: Lang) -> dict[str, Any]:
    zh = lang == "zh"
    return {
        "rule": found.rule, "asks": str(found.action), "what": found.zh if zh else found.en,
        "remedy": found.remedy_zh if zh else found.remedy_en,
    }  # fmt: skip
