"""Orders that answer as they are told to, and remember what they were asked, each request once."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from oms.domain.book import Change, OrderBook
from oms.domain.desk_requests import Ask
from oms.domain.errors import OmsError
from oms.domain.holds import REVIEWS
from oms.domain.ids import OrderKey
from oms.domain.messages import Command
from oms.domain.model import Message
from oms.ports.asking import Agreed, Answer, Asked
from oms.store import Store


@dataclass
class RememberingOrders:
    """Fulfils `oms.ports.asking.Asks`; an answer given under a name is given again under the same name."""

    answers: dict[str, Answer] = field(default_factory=dict)
    """By order or case; whoever is not named agrees."""
    asked: list[tuple[Asked, str, Message]] = field(default_factory=list)
    """What was really done or refused; a repetition is not in it."""
    calls: int = 0
    fails: OmsError | None = None
    fails_after: int = 0
    """So many calls are answered first."""
    given: dict[tuple[str, str], Answer] = field(default_factory=dict)
    store: Store | None = None
    """Where an order that agrees writes it down; nowhere unless a test says so."""

    async def ask(self, asked: Asked, update: str, message: Message, *, once: str = "") -> Answer:
        self.calls += 1
        if self.fails and self.calls > self.fails_after:
            raise self.fails
        if once and (asked.workflow, once) in self.given:
            return self.given[asked.workflow, once]
        answer = self.answers.get(asked.name, Agreed(note="done as asked"))
        self.asked.append((asked, update, message))
        if isinstance(answer, Agreed):
            self.given[asked.workflow, once] = answer
            self._write_down(asked, update, message)
        return answer

    def _write_down(self, asked: Asked, update: str, message: Message) -> None:
        if self.store is None or asked.what != "order" or not isinstance(message, Command):
            return
        happens(self.store, OrderKey.parse(asked.name), update, message.by, message.why)


def happens(store: Store, key: OrderKey, update: str, by: str, why: str) -> None:
    """Write into the read model what an order does when it is asked."""
    view = store.orders.get(key)
    assert view is not None
    seq = view.row.seq + 1
    holds = view.row.holds
    if update == Ask.APPROVE:
        holds = tuple(hold for hold in holds if hold not in REVIEWS)
    change = Change(
        id=f"{key}#{seq}", seq=seq, at=datetime.now(UTC), actor=by, what=f"desk.{update}", why=why
    )
    row = view.row.model_copy(update={"seq": seq, "holds": holds})
    store.books.commit(OrderBook(row=row, changes=(change,), parcels=view.parcels))
