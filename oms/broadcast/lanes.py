"""Which event may go next: of one order one after the other, of several orders some at once."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from oms.domain.ids import OrderKey
from oms.store import OutboxEvent

WINDOW = 500
"""So many events are read ahead at most; those of them that went through are remembered one by one."""


class Lanes:
    """Events behind a cursor, each order's in a lane of its own.

    Everything up to `cursor` is settled; `ahead` are those settled behind it, because another order's event stands
    in between.
    """

    def __init__(self, cursor: int, ahead: Iterable[int] = ()) -> None:
        """Begin behind a cursor; what went ahead of it in an earlier turn is not sent again."""
        self.cursor = cursor
        self.read_until = cursor
        self._open: deque[int] = deque()
        self._settled = set(ahead)
        self._lanes: dict[OrderKey, deque[OutboxEvent]] = {}
        self._busy: set[OrderKey] = set()

    @property
    def ahead(self) -> tuple[int, ...]:
        """What is settled behind the cursor."""
        return tuple(sorted(self._settled))

    @property
    def room(self) -> int:
        """How many more events may be read."""
        return WINDOW - len(self._open)

    def take(self, events: Sequence[OutboxEvent], wants: Callable[[OutboxEvent], bool]) -> None:
        """Put events into their lanes; those that are not wanted, or went through before, are settled at once."""
        for event in events:
            self.read_until = event.seq
            self._open.append(event.seq)
            if event.seq not in self._settled and wants(event):
                self._lanes.setdefault(event.order, deque()).append(event)
            else:
                self._settled.add(event.seq)
        self._move()

    def next(self) -> OutboxEvent | None:
        """Return an event whose forerunners of the same order have all gone through; None when there is none now."""
        for order, lane in self._lanes.items():
            if order not in self._busy:
                self._busy.add(order)
                return lane[0]
        return None

    def went_through(self, event: OutboxEvent) -> None:
        """Settle an event; its order's next one may go."""
        self._busy.discard(event.order)
        lane = self._lanes[event.order]
        lane.popleft()
        if not lane:
            del self._lanes[event.order]
        self._settled.add(event.seq)
        self._move()

    def came_back(self, event: OutboxEvent) -> None:
        """Leave an event in its place: it was not taken."""
        self._busy.discard(event.order)

    def _move(self) -> None:
        while self._open and self._open[0] in self._settled:
            self.cursor = self._open.popleft()
            self._settled.discard(self.cursor)
