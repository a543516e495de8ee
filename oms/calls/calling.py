"""What the door to HTTP cannot know of a call: whose interface it is, for which order, and what the answer means.

An adapter asks and reads within `with calling(…)`. Marketplaces answer HTTP 200 to nearly everything, so what its
reading comes to is what the call came to: the error it raises, a refusal that it notes, or else success.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from oms.calls.measuring import Made, Named, tell
from oms.domain.calls import CallResult
from oms.domain.errors import CredentialsExpired, InterfaceRetired, Misused, OmsError, RateLimited

BY_ERROR: tuple[tuple[type[OmsError], CallResult], ...] = (
    (RateLimited, CallResult.RATE_LIMITED),
    (CredentialsExpired, CallResult.CREDENTIALS),
    (InterfaceRetired, CallResult.RETIRED),
    (Misused, CallResult.MISUSED),
)
"""Every other error is UNAVAILABLE: no usable answer came."""


class Errand(NamedTuple):
    """What an activity calls for: its order's key, empty when there is none, and which attempt it is."""

    order: str = ""
    attempt: int = 1


class OpenCall:
    """One question of an adapter, from asking to having read the answer."""

    def __init__(self, named: Named) -> None:
        self._named = named
        self._made: Made | None = None
        self._noted: CallResult | None = None

    def note(self, result: CallResult) -> None:
        """Say what the answer means where no error says it."""
        self._noted = result

    def refused(self, refusal: object = True) -> None:  # noqa: FBT002 - whatever an adapter tells a refusal by
        """Say that business said no, when `refusal` is something."""
        if refusal:
            self.note(CallResult.REFUSED)

    def hold(self, made: Made) -> None:
        """Keep what the door saw until the answer is read; what it saw before is told by its HTTP status."""
        if self._made is not None:
            tell(self._made, self._named, result_of(self._made.error))
        self._made = made

    def over(self, error: BaseException | None) -> None:
        """Tell of the call; nothing when nobody was asked."""
        if self._made is not None:
            result = result_of(error) if error is not None else self._noted or CallResult.OK
            tell(self._made, self._named, result)


NO_ERRAND = Errand()
OPEN: ContextVar[OpenCall | None] = ContextVar("call", default=None)
ERRAND: ContextVar[Errand] = ContextVar("errand", default=NO_ERRAND)


@contextmanager
def calling(*, system: str, interface: str, version: str = "", shop: object = "") -> Iterator[OpenCall]:
    """Name the calls made within: whose interface, as its owner calls it, without numbers of orders."""
    errand = ERRAND.get()
    call = OpenCall(Named(system, interface, version, str(shop), errand.order, errand.attempt))
    token = OPEN.set(call)
    try:
        yield call
    except BaseException as error:
        call.over(error)
        raise
    else:
        call.over(None)
    finally:
        OPEN.reset(token)


@contextmanager
def for_order(order: str, attempt: int) -> Iterator[None]:
    """Say for which order (empty: none) the calls within are, and which attempt this is."""
    token = ERRAND.set(Errand(order, attempt))
    try:
        yield
    finally:
        ERRAND.reset(token)


def result_of(error: BaseException | None) -> CallResult:
    """Return the class of a call by what it raised."""
    if error is None:
        return CallResult.OK
    return next((result for kind, result in BY_ERROR if isinstance(error, kind)), CallResult.UNAVAILABLE)


def heard_at_the_door(made: Made) -> None:
    """Take what the door saw of one call: an adapter's block keeps it; without one it is told as it is."""
    call = OPEN.get()
    if call is not None:
        call.hold(made)
        return
    errand = ERRAND.get()
    tell(made, made.by_itself(errand.order, errand.attempt), result_of(made.error))
