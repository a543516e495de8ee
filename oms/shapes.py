"""Look at the shape of what platforms send, now and then: a field that vanishes is noticed before it loses orders (R29)."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from oms.domain.errors import Unavailable
from oms.domain.ids import ShopKey
from oms.domain.shapes import MISSED, Contract, Shape, compared, resembles, shape_of
from oms.logs import words_of
from oms.store import Store
from oms.store.shapes import Recorded
from oms.weighing import Payload

log = logging.getLogger(__name__)

EVERY, EVERY_PARKED = timedelta(minutes=1), timedelta(seconds=1)
"""How often an interface's answers are looked at: when all is well, and when payloads are parked."""
SAMPLE = 10
"""Payloads of a page that are looked at."""
SURE = 2
"""So many parked payloads in a row that lack a usual field are enough, when they are what they should be otherwise."""

VersionOf = Callable[[ShopKey], str]


class ShapeWatch:
    """Holds answers against the recorded contract of their interface and version, and learns from them.

    It may be asked with every page: it looks at few. What it finds stands in the store; the watch tells people.
    """

    def __init__(self, store: Store, version_of: VersionOf, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._version_of = version_of
        self._clock = clock
        self._looked: dict[tuple[str, bool], datetime] = {}

    async def look(
        self, shop: ShopKey, kind: str, payloads: Sequence[Payload], parked: Sequence[Payload] = ()
    ) -> None:
        """Look at some of the payloads, unless that was just done; those `parked` are worth an earlier look. Never fails."""
        interface, now = f"{shop.channel}/{kind}", self._clock()
        last = self._looked.get((interface, bool(parked)))
        if last is not None and now - last < (EVERY_PARKED if parked else EVERY):
            return
        ill = [shape_of(each) for each in parked[:SAMPLE] if isinstance(each, Mapping)]
        odd = {id(each) for each in parked}
        well = [each for each in payloads[: 2 * SAMPLE] if isinstance(each, Mapping) and id(each) not in odd]
        self._looked[interface, bool(parked)] = now
        try:
            version, others = self._version_of(shop), [shape_of(each) for each in well[:SAMPLE]]
            await asyncio.to_thread(self._hold, interface, version, ill, others)
        except Unavailable as error:
            log.info("shape.not_looked_at", extra={"interface": interface, "reason": words_of(error)})

    def _hold(self, interface: str, version: str, parked: Sequence[Shape], others: Sequence[Shape]) -> None:
        known = self._store.shapes.get(interface, version)
        before = known.contract if known else Contract()
        after = before
        for shape in parked:
            after = compared(after, [shape], enough=SURE if resembles(before, shape) else MISSED)
        after = compared(after, others)
        now = self._clock()
        since = (known and known.broken_since) or now
        self._store.shapes.put(
            Recorded(
                interface=interface, version=version, contract=after, looked_at=now,
                broken_since=since if after.broken else None,
            )
        )  # fmt: skip
        if set(after.broken) - set(before.broken):
            how = ", ".join(after.broken)
            log.warning("shape.changed", extra={"interface": interface, "version": version, "fields": how})
            self._store.interfaces.shape_changed(f"interface:{interface}", now, how)
