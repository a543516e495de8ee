"""What can go wrong, told apart by what the caller can do about it.

    OmsError
    ├── Unavailable              ask again (after `retry_after` seconds when they said so)
    │   └── RateLimited          ask again, but not sooner than they allow
    ├── CredentialsExpired       refresh once, then a person
    ├── InterfaceRetired         page a person at once; never "no orders"
    ├── Misused                  our fault: asking again changes nothing
    ├── Forged                   not from whom it says: answer 401, keep nothing
    ├── Unmappable               a payload that means nothing to us: park it, bother nobody else
    └── IllegalMove              a stage move that the table of moves does not list

What business expects (refused, out of stock, too late) is a value, not an exception.
Messages name the order and the next step and never hold personal data or secrets.
"""


class OmsError(Exception):
    """Anything of ours that went wrong."""


class Unavailable(OmsError):
    """The other side could not answer now; asking again is right."""

    def __init__(self, what: str, *, retry_after: float | None = None) -> None:
        super().__init__(what)
        self.retry_after = retry_after


class RateLimited(Unavailable):
    """We asked too often; `retry_after` (seconds) is the other side's own figure when it gave one."""


class CredentialsExpired(OmsError):
    """The token or key is no longer accepted."""


class InterfaceRetired(OmsError):
    """The interface we called does not exist any more."""


class Misused(OmsError):
    """We asked something that can never succeed as asked."""


class Forged(OmsError):
    """A message whose signature is not its sender's; it is refused and leaves no trace."""


class Unmappable(OmsError):
    """A payload that cannot be turned into an order; `field` names the place."""

    def __init__(self, reason: str, *, field: str = "") -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.field = field


class IllegalMove(OmsError):
    """A stage move that is not in the table of moves."""
