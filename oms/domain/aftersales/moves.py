"""Where an after-sale is, and every legal way from one place to the next."""

from collections.abc import Mapping

from oms.domain.aftersale import AfterSale
from oms.domain.aftersale import AfterSaleStatus as Status
from oms.domain.errors import IllegalMove

MOVES: Mapping[Status, frozenset[Status]] = {
    Status.REQUESTED: frozenset({Status.APPROVED, Status.REFUNDED, Status.REJECTED, Status.CLOSED}),
    Status.APPROVED: frozenset(
        {Status.RETURNING, Status.RECEIVED, Status.REFUNDED, Status.REJECTED, Status.CLOSED}
    ),
    Status.RETURNING: frozenset({Status.RECEIVED, Status.REFUNDED, Status.REJECTED, Status.CLOSED}),
    Status.RECEIVED: frozenset({Status.REFUNDED, Status.REJECTED, Status.CLOSED}),
    Status.REJECTED: frozenset({Status.REQUESTED, Status.APPROVED, Status.REFUNDED, Status.CLOSED}),
    Status.REFUNDED: frozenset(),
    Status.CLOSED: frozenset(),
    Status.UNKNOWN: frozenset(),
}
"""A refused buyer may ask again, and a platform may overrule us: so `rejected` is not the end.
Nobody is ever at `unknown`: a word that we do not know keeps its raw text and moves nothing."""

ENDED = frozenset({Status.REFUNDED, Status.CLOSED})
"""Nothing happens to an after-sale after these."""

_RANK = {status: place for place, status in enumerate(Status)}


def check_move(now: Status, then: Status) -> None:
    """Raise IllegalMove, saying what would have been legal, when the table does not list the move."""
    if then not in MOVES[now]:
        legal = ", ".join(sorted(MOVES[now])) or "nothing, it has ended"
        raise IllegalMove(f"an after-sale cannot go from {now} to {then}; legal: {legal}")


def reachable(now: Status, then: Status) -> bool:
    """Tell whether legal moves lead there, in however many steps: the words between may never have reached us."""
    seen, waiting = {now}, [now]
    while waiting:
        fresh = MOVES[waiting.pop()] - seen
        seen |= fresh
        waiting.extend(fresh)
    return then in seen and then is not now


def is_newer(one: AfterSale, other: AfterSale) -> bool:
    """Tell whether one word of a platform overrules another: later, or of one moment the one further on its way.

    Of two different words of one moment and one status always the same one wins, in whatever order they come.
    """
    return _place(one) > _place(other)


def _place(case: AfterSale) -> tuple[object, int, str]:
    return (case.modified_at, _RANK[case.status], case.model_dump_json())
