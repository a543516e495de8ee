"""A roll of waybill numbers for a platform that stands alone."""

from collections.abc import Callable
from datetime import datetime

import httpx

from simulator.carrier.callbacks import Callbacks
from simulator.carrier.journey import Journeys
from simulator.carrier.roll import Roll
from simulator.clock import Timeline
from simulator.faults import Faults
from simulator.ledger import Ledger
from simulator.plans import Plans
from simulator.post import Postman


def a_roll(now: Callable[[], datetime], client: httpx.AsyncClient) -> Roll:
    """A full one, of a carrier whose parcels never move."""
    ledger, faults, timeline = Ledger(now), Faults(7), Timeline(3600, now)
    callbacks = Callbacks(Postman(faults, client), faults, timeline)
    return Roll(Journeys(7, timeline, ledger, Plans(), callbacks), ledger)
