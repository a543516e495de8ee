"""Write down what orders did: read model, audit, outbox and stock moves in one transaction."""

from temporalio import activity

from oms.domain.book import OrderBook
from oms.store import Store


class RecordActivities:
    """The order's book-keeper; its methods run as local activities."""

    def __init__(self, store: Store) -> None:
        """Take the store that holds the books."""
        self._store = store

    @activity.defn(name="records.save")
    def save(self, book: OrderBook) -> None:
        """Commit a book; committed twice, it is there once. A store that is away delays, never fails."""
        self._store.books.commit(book)
