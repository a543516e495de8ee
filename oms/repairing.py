"""Put together what repairs a shop by configuration: conditions of its polls, its holes, its other versions (R31)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from oms.backfilling import Backfill
from oms.channels import CHANNELS
from oms.domain.interfaces import Interface
from oms.polling import Polling
from oms.ports.alarms import Alarms
from oms.pulls import Known, Pulls
from oms.repair import Repair
from oms.store import Store
from oms.switchboard import Switchboard

MISSED_POLLS = 4
"""A cursor as old as so many intervals between polls is told of: an hour, where polls come every quarter."""


def repair_of(
    store: Store, board: Switchboard, polling: Polling, alarms: Alarms, clock: Callable[[], datetime],
    poll_interval: timedelta,
) -> Repair:  # fmt: skip
    """Return what draws the consequences of polls; `poll_interval` is real time."""
    pulls = Pulls(alarms, store, board.neighbours, clock, registered(store))
    return Repair(pulls, Backfill(polling, store.holes, clock), board, clock, MISSED_POLLS * poll_interval)


def registered(store: Store) -> Known:
    """Return what finds an interface: as its connector declares it, with the end that people or answers told of."""

    def known(system: str, name: str) -> Interface | None:
        declared = CHANNELS[system].interfaces if system in CHANNELS else ()
        found = next((each for each in declared if each.name == name), None)
        if found is None:
            return None
        row = store.interfaces.get(found.key)
        return found.model_copy(
            update={"expires_at": row.expires_at or found.expires_at, "expiry_source": row.expiry_source}
        )

    return known
