"""Find an order for whoever knows its number and the end of its phone; tell nobody else anything.

Number and digits become one digest and one question (`oms.store.lookups`), so a wrong number, wrong digits, nonsense and
an order that ended long ago take the same way to the same answer. Tries are counted before anything is asked, in the
database, so that all web processes count together: by where they come from, and by the number that is asked for, whether
there is such an order or not.
"""

import ipaddress
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, NamedTuple

from oms.languages.marks import N_
from oms.store import Store
from oms.store.lookups import plain

OF_AN_ADDRESS: Final = 30, timedelta(hours=1)
"""Tries from one address: a whole office may share it."""
OF_A_NUMBER: Final = 12, timedelta(days=1)
"""Tries for one order number: at this rate four digits take more than a year on average."""
LONGEST: Final = 64


class Asked(NamedTuple):
    """What somebody typed."""

    number: str
    tail: str

    def __repr__(self) -> str:
        """Never show it, whoever prints this."""
        return "Asked(***)"


class Answer(NamedTuple):
    """Why nothing is shown."""

    status: int
    heading: str
    words: str


NOT_FOUND: Final = Answer(
    HTTPStatus.NOT_FOUND,
    N_("We cannot find this order"),
    N_(
        "Please check the order number and the last four digits of the receiver's phone. A new order may take a "
        "few minutes to appear here."
    ),
)
TOO_OFTEN: Final = Answer(
    HTTPStatus.TOO_MANY_REQUESTS,
    N_("Too many tries"),
    N_("Please try again later, tomorrow at the latest, or ask customer service for the link."),
)


def look_up(store: Store, asked: Asked, caller: str, now: datetime, after_the_end: timedelta) -> str | Answer:
    """Return the business id of the order, or why nothing is shown. Raises Unavailable.

    An order is found until so long after it has ended.
    """
    number, tail = plain(asked.number)[:LONGEST], plain(asked.tail)[:LONGEST]
    of_number = store.vault.digest(f"lookup number|{number}")
    tried = [
        store.attempts.tried(subject, now, within) > most
        for subject, (most, within) in (
            (store.vault.digest(f"lookup from|{_neighbourhood(caller)}"), OF_AN_ADDRESS),
            (of_number, OF_A_NUMBER),
        )
    ]
    if any(tried):
        return TOO_OFTEN
    found = store.lookups.find(number, tail, now - after_the_end)
    if found is None:
        return NOT_FOUND
    store.attempts.forget(of_number, now)
    return found


def _neighbourhood(caller: str) -> str:
    """Return whom an address stands for: of IPv6 the /64, which is one household's."""
    try:
        address = ipaddress.ip_address(caller.partition("%")[0])
    except ValueError:
        return caller
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
