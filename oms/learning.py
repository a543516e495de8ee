"""Learning from real answers when an interface ends (R30)."""

import logging
from collections.abc import Callable, Sequence

from oms.domain.calls import CallMade
from oms.domain.errors import OmsError
from oms.domain.marks import marked
from oms.store import Store
from oms.store.interfaces import Interfaces, NewExpiry

log = logging.getLogger(__name__)


class Learning:
    """Writes what answers say of their own end into the register."""

    def __init__(self, interfaces: Interfaces) -> None:
        self._interfaces = interfaces

    def take(self, calls: Sequence[CallMade]) -> None:
        """Note how calls went and learn from their marks. Raises nothing: what is lost here the next call says again."""
        try:
            self._interfaces.called(calls)
            for call in {
                (each.system, each.interface, each.version, each.marks): each for each in calls
            }.values():
                self.learn(call)
        except OmsError as error:
            log.warning("interface.calls_not_noted", extra={"calls": len(calls), "reason": str(error)})

    def learn(self, call: CallMade) -> bool:
        """Take in what a call's marks say; tells whether anything was new. Asks the database only where there are marks.

        An end is taken when it is earlier than the one known, or none is; so what a person set gives way to an
        earlier end only. Raises Unavailable with the database.
        """
        said = marked(call) if call.marks else None
        if said is None or said.says_nothing:
            return False
        key, new = f"interface:{call.system}/{call.interface}", False
        if said.ends_at is not None:
            end = NewExpiry(key=key, at=said.ends_at, source=said.source, version=call.version)
            new = self._interfaces.learnt(end)
        if said.deprecated_at is not None:
            new = self._interfaces.deprecated(key, said.deprecated_at) or new
        if new:
            log.warning(
                "interface.end_learnt", extra={"interface": key, "source": said.source or "Deprecation"}
            )
        return new


def noting(store: Store) -> Callable[[Sequence[CallMade]], None]:
    """Return what writes calls down and lets the register learn from them. Raises Unavailable when none was written."""
    learning = Learning(store.interfaces)

    def note(calls: Sequence[CallMade]) -> None:
        store.calls.add(calls)
        learning.take(calls)

    return note
