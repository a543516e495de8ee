"""How far each subscriber has been told, how often in a row that failed, and whether it goes on."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, select, update

from oms.domain.model import Fact, Moment
from oms.domain.relaying import STOPPED, RelayState
from oms.store.engine import Database
from oms.store.statements import once
from oms.store.tables import SubscriptionsRow, table_of

SUBSCRIPTIONS = table_of(SubscriptionsRow)
ON = tuple(state for state in RelayState if state not in STOPPED)
UNTROUBLED: dict[str, Any] = {"failures": 0, "failing_since": None, "next_try_at": None}


class Subscription(Fact):
    """Where one subscriber stands."""

    name: str
    cursor: int
    ahead: tuple[int, ...] = ()
    term: int = 0
    state: RelayState = RelayState.ACTIVE
    why: str = ""
    failures: int = 0
    """In a row: since the cursor moved last."""
    failing_since: Moment | None = None
    next_try_at: Moment | None = None
    last_answer: str = ""
    last_ok_at: Moment | None = None
    delivered: int = 0
    """How many deliveries were taken, repetitions included."""


class Subscriptions:
    """The state of every relay. Only who holds the newest term writes; every change by a person begins a new one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._put = once(database, SUBSCRIPTIONS)

    def begin(self, name: str, cursor: int) -> None:
        """Remember a new subscriber, which hears what comes behind `cursor`; one that is known stays as it is."""
        row = {**Subscription(name=name, cursor=cursor).model_dump(), "ahead": []}
        with self._database.write() as connection:
            connection.execute(self._put, row)

    def get(self, name: str) -> Subscription | None:
        """Return where a subscriber stands; None for one that was never told of."""
        with self._database.read() as connection:
            row = connection.execute(_rows().where(SUBSCRIPTIONS.c.name == name)).mappings().one_or_none()
        return None if row is None else Subscription(**row)

    def all(self) -> tuple[Subscription, ...]:
        """Return where every subscriber stands, those that left the settings too."""
        with self._database.read() as connection:
            rows = connection.execute(_rows().order_by(SUBSCRIPTIONS.c.name)).mappings().all()
        return tuple(Subscription(**row) for row in rows)

    def take_over(self, name: str) -> Subscription:
        """Begin a new term: whoever relayed before may write no more. The row must be there."""
        self._change(name, {})
        found = self.get(name)
        if found is None:
            raise LookupError(f"no subscription {name}")
        return found

    def progress(self, of: Subscription, *, delivered: int, answer: str, moved: bool) -> bool:
        """Keep how far it came (`cursor` and `ahead` of `of`); False when another term has begun, or it was stopped.

        When the cursor `moved`, the row of failures is over.
        """
        values: dict[str, Any] = {"cursor": of.cursor, "ahead": list(of.ahead)}
        if delivered:
            values |= {"delivered": SUBSCRIPTIONS.c.delivered + delivered, "last_answer": answer}
            values["last_ok_at"] = self._database.clock()
        if moved:
            values |= {**UNTROUBLED, "state": RelayState.ACTIVE, "why": ""}
        return self._write(of, values)

    def failed(self, of: Subscription, answer: str, since: datetime, next_try_at: datetime) -> bool:
        """Note one failure more, and when it is tried again; False as in `progress`."""
        values = {
            "state": RelayState.WAITING, "failures": SUBSCRIPTIONS.c.failures + 1, "failing_since": since,
            "next_try_at": next_try_at, "last_answer": answer, "why": answer,
        }  # fmt: skip
        return self._write(of, values)

    def gave_up(self, of: Subscription, state: RelayState, answer: str, why: str) -> bool:
        """Note that it is not told any more until a person resumes it; False as in `progress`."""
        values = {"state": state, "why": why, "last_answer": answer, "next_try_at": None}
        return self._write(of, {**values, "failures": SUBSCRIPTIONS.c.failures + 1})

    def pause(self, name: str, why: str) -> bool:
        """Stop telling it, by a person's wish; False when there is no such subscriber."""
        return self._change(name, {"state": RelayState.PAUSED, "why": why, "next_try_at": None})

    def resume(self, name: str) -> bool:
        """Go on at once where it stopped; False when there is no such subscriber."""
        return self._change(name, {**UNTROUBLED, "state": RelayState.ACTIVE, "why": ""})

    def replay(self, name: str, cursor: int) -> bool:
        """Set the cursor: everything behind it is sent (again); False when there is no such subscriber."""
        state = SUBSCRIPTIONS.c.state
        tried_again = case((state == RelayState.WAITING, RelayState.ACTIVE), else_=state)
        return self._change(name, {"cursor": cursor, "ahead": [], "state": tried_again, **UNTROUBLED})

    def _change(self, name: str, values: dict[str, Any]) -> bool:
        statement = update(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.name == name)
        with self._database.write() as connection:
            done = connection.execute(statement.values(**values, term=SUBSCRIPTIONS.c.term + 1))
        return done.rowcount == 1

    def _write(self, of: Subscription, values: dict[str, Any]) -> bool:
        statement = update(SUBSCRIPTIONS).where(
            SUBSCRIPTIONS.c.name == of.name, SUBSCRIPTIONS.c.term == of.term, SUBSCRIPTIONS.c.state.in_(ON)
        )
        with self._database.write() as connection:
            return connection.execute(statement.values(**values)).rowcount == 1


def _rows() -> Select[Any]:
    return select(*(SUBSCRIPTIONS.c[name] for name in Subscription.model_fields))
