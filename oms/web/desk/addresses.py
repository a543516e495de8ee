"""Another receiver for an order: into the vault first, for the order itself hears only the digest."""

import asyncio
from collections.abc import Mapping

from oms.domain import commands
from oms.domain.errors import Misused
from oms.domain.ids import OrderKey
from oms.domain.messages import ChangeAddress
from oms.domain.receiver import Receiver
from oms.ports.asking import Answer, Declined, NotRunning
from oms.store import Store
from oms.store.vault import SealBroken
from oms.temporal.asking import the_order
from oms.web.collaborators import Collaborators
from oms.web.desk.forms import Form, once_for
from oms.web.people.person import Person

UPDATE = "change_address"
NEEDED = ("name", "phone", "province", "city", "address")
LONGEST = 200


async def readdress(parts: Collaborators, person: Person, key: OrderKey, form: Form) -> Answer:
    """Ask an order to go elsewhere; what it refuses leaves no receiver behind.

    Raises Unavailable, and ValueError naming the fields that are missing.
    """
    receiver = _receiver(form)
    why, province = form.text("why"), receiver.province
    digest = parts.store.receivers.digest(receiver)
    message = ChangeAddress(by=person.name, why=why, receiver_digest=digest, province=province)
    refused = await _refusal(parts, key, message)
    if refused:
        return Declined(why=refused)
    fresh = await asyncio.to_thread(_put, parts.store, key, receiver, person.name)
    answer = await parts.asking.ask(
        the_order(key), UPDATE, message, once=once_for(form.once, UPDATE, message)
    )
    if fresh and isinstance(answer, Declined | NotRunning):
        await asyncio.to_thread(parts.store.receivers.forget, key, digest)
    return answer


async def _refusal(parts: Collaborators, key: OrderKey, message: ChangeAddress) -> str:
    """Ask what the order remembers whether it would refuse, before anything is written."""
    state = None if parts.remembers is None else await parts.remembers.order_state(key)
    return "" if state is None else commands.refusal(state, message, parts.clock())


def _put(store: Store, key: OrderKey, receiver: Receiver, who: str) -> bool:
    """Seal the receiver beside the one before, with the same remark; tell whether the order had not known it."""
    receivers = store.receivers
    fresh = not receivers.has(key, receivers.digest(receiver))
    receivers.put(key, receiver, _remark(store, key, who))
    return fresh


def _remark(store: Store, key: OrderKey, who: str) -> str:
    digest = store.receivers.newest(key)
    try:
        return store.receivers.get(key, digest, who=who, purpose="change the address")[1] if digest else ""
    except (Misused, SealBroken):
        return ""


def _receiver(form: Form) -> Receiver:
    typed: Mapping[str, str] = {
        name: form.text(name, LONGEST)
        for name in ("name", "phone", "province", "city", "district", "address")
    }
    missing = [name for name in NEEDED if not typed[name]]
    if missing:
        raise ValueError(", ".join(missing))
    return Receiver(**typed)
