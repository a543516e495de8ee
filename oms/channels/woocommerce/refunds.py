"""Give money back through the shop, once, however often we have to ask."""

from collections.abc import Mapping
from typing import Any

from oms.channels.woocommerce.rest import UNKNOWN_ORDER, Reply, Rest
from oms.domain.errors import Unavailable
from oms.domain.money import fen_to_yuan, yuan_to_fen
from oms.ports import Refunded, RefundRefused

KEY = "_orderloom_refund"
"""The note of the machine kind that says which of our wishes a refund fulfils."""
LARGEST_PAGE = "100"
LONGEST_REASON = 200


class Refunds:
    """Refunds orders of one shop.

    We look before we write, because an earlier attempt may have worked though its answer was lost: each of our
    refunds carries our key, in its notes and, for shops that drop those, behind its reason.
    """

    def __init__(self, rest: Rest) -> None:
        self._rest = rest

    async def give(self, number: str, amount_fen: int, key: str, why: str) -> Refunded | RefundRefused:
        """Give back so many fen, through the payment gateway of the shop, which does it by itself."""
        path = f"orders/{number}"
        order = await self._rest.ask("GET", path)
        if order.refusal:
            return _refused(order)
        given = await self._given(path)
        if key in given:
            return _settled(given[key], amount_fen)
        left = _fen(order.order().get("total")) - sum(_fen(row.get("amount")) for row in given.values())
        if not 0 < amount_fen <= left:
            return RefundRefused(
                reason=f"{fen_to_yuan(amount_fen)} cannot be given back: {fen_to_yuan(left)} of the order is left"
            )
        answer = await self._rest.ask("POST", f"{path}/refunds", body=_wish(amount_fen, key, why))
        return _refused(answer) if answer.refusal else Refunded(reference=_number(answer.order()))

    async def _given(self, path: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the refunds of an order by our key; those of others by their own number."""
        reply = await self._rest.ask("GET", f"{path}/refunds", {"per_page": LARGEST_PAGE})
        rows = [row for row in reply.rows() if isinstance(row, Mapping)]
        return {_key_of(row): row for row in rows}


def _wish(amount_fen: int, key: str, why: str) -> Mapping[str, Any]:
    return {
        "amount": fen_to_yuan(amount_fen),
        "reason": f"{why[:LONGEST_REASON]} [{key}]".strip(),
        "api_refund": True,
        "meta_data": [{"key": KEY, "value": key}],
    }


def _settled(row: Mapping[str, Any], wanted_fen: int) -> Refunded | RefundRefused:
    given = _fen(row.get("amount"))
    if given == wanted_fen:
        return Refunded(reference=_number(row))
    return RefundRefused(
        reason=f"{fen_to_yuan(given)} was given back for this already: look at it in the shop"
    )


def _number(row: Mapping[str, Any]) -> str:
    return str(row.get("id", ""))


def _key_of(row: Mapping[str, Any]) -> str:
    notes = row.get("meta_data")
    for note in notes if isinstance(notes, list) else ():
        if isinstance(note, Mapping) and note.get("key") == KEY and note.get("value"):
            return str(note["value"])
    reason = str(row.get("reason") or "")
    return reason.rpartition("[")[2][:-1] if reason.endswith("]") else f"#{row.get('id')}"


def _fen(amount: object) -> int:
    """Read an amount of the shop's, whose sign says only where it is shown. Raises Unavailable for what is none."""
    try:
        return abs(yuan_to_fen(str(amount)))
    except ValueError:
        raise Unavailable("the shop shows an amount that is none") from None


def _refused(reply: Reply) -> RefundRefused:
    if reply.refusal in UNKNOWN_ORDER:
        return RefundRefused(reason="the shop knows no such order")
    return RefundRefused(reason=f"the shop answered {reply.refusal}")
