"""To whom an order goes now: the receiver it was told of last, or the one that a person at the desk has set."""

import asyncio
from typing import Final

from oms.domain.errors import Misused, Unavailable
from oms.domain.ids import OrderKey
from oms.store import Store
from oms.store.vault import SealBroken
from oms.web.collaborators import Collaborators

PATIENCE_SECONDS: Final = 3.0
PLATFORM: Final = "platform"
SHOWN_MASKED: Final = "shown masked on the desk"


async def going_to(parts: Collaborators, key: OrderKey) -> str:
    """Return the digest of the receiver; empty when none is known.

    Of an order whose address a person has changed only the order itself knows: whatever its platform says later
    is put into the vault once more, and is the newest there. While it does not answer, that one is shown.
    """
    readdressed, newest = await asyncio.to_thread(_look, parts.store, key)
    if not readdressed or parts.remembers is None:
        return newest
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            state = await parts.remembers.order_state(key)
    except (Unavailable, TimeoutError):
        return newest
    return newest if state is None else state.receiver_digest


def masked(store: Store, key: OrderKey, digest: str, who: str) -> str:
    """Return one line that says there is a receiver, not who; empty when there is none. The look is logged."""
    if not digest:
        return ""
    try:
        receiver, _ = store.receivers.get(key, digest, who=who, purpose=SHOWN_MASKED)
    except (Misused, SealBroken):
        return ""
    return receiver.masked()


def _look(store: Store, key: OrderKey) -> tuple[bool, str]:
    by_hand = any(
        change.what == "address.changed" and change.actor != PLATFORM for change in store.orders.timeline(key)
    )
    return by_hand, store.receivers.newest(key)
