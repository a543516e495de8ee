"""The live board of a run: a picture on a terminal, plain lines elsewhere."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from oms.cli.observer import Seen
from oms.cli.output import spoken
from oms.domain.stages import Stage
from oms.store import OutboxEvent

PLAIN_EVERY_SECONDS = 5.0
BAR_WIDTH = 28


@dataclass(frozen=True)
class Picture:
    """What the board shows at one moment."""

    seen: Seen
    offered: int
    to_offer: int | None
    seconds: float
    approved: int
    troubles: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """Orders that ended, per real second."""
        return self.seen.ended / self.seconds if self.seconds > 0 else 0.0

    def line(self) -> str:
        """One line of everything that moves."""
        stages = " ".join(f"{stage}={count}" for stage, count in in_order(self.seen.stages))
        holds = " ".join(f"{hold}={count}" for hold, count in self.seen.holds.items()) or "none"
        return (
            f"{self.seconds:6.1f}s offered={self.offered} started={self.seen.started} ended={self.seen.ended} "
            f"{self.rate:.2f}/s [{stages}] holds: {holds} sla-alerts={self.seen.sla_alerts} approved={self.approved} "
            f"{self.seen.rules.line()} "
            f"after-sales: {_counted(self.seen.cases)} subscribers: {_standing(self.seen)}"
        )


def _counted(counts: Mapping[str, int]) -> str:
    return " ".join(f"{name}={count}" for name, count in sorted(counts.items()) if count) or "none"


def _standing(seen: Seen) -> str:
    return ", ".join(f"{name} {words}" for name, words in sorted(seen.subscribers.items())) or "none"


def in_order(stages: Mapping[str, int]) -> list[tuple[str, int]]:
    """List the stages that have orders, in the order of an order's way."""
    return [(stage.value, stages[stage.value]) for stage in Stage if stages.get(stage.value)]


@dataclass
class Board:
    """Shows pictures as they come; use it as a context manager."""

    console: Console
    addresses: Mapping[str, str]
    _live: Live | None = field(default=None, init=False)
    _told_at: float = field(default=0.0, init=False)

    def __enter__(self) -> Self:
        """Begin to show."""
        if self.console.is_terminal:
            self._live = Live(console=self.console, refresh_per_second=4, transient=True)
            self._live.start()
        else:
            for name, address in self.addresses.items():
                self.console.print(f"{name}: {address}", soft_wrap=True)
        return self

    def __exit__(self, *error: object) -> None:
        """Give the screen back."""
        if self._live:
            self._live.stop()

    def show(self, picture: Picture, *, at_once: bool = False) -> None:
        """Show the newest picture; without a terminal, one line every few seconds."""
        if self._live:
            self._live.update(self.draw(picture))
        elif at_once or time.monotonic() - self._told_at >= PLAIN_EVERY_SECONDS:
            self._told_at = time.monotonic()
            self.console.print(picture.line(), soft_wrap=True, markup=False)

    def draw(self, picture: Picture) -> Panel:
        """Draw the whole board."""
        parts: list[RenderableType] = [
            _heading(picture),
            _stages(picture.seen),
            _worries(picture),
            Text(f"rules: {picture.seen.rules.line().replace('=', ' ')}"),
            Text(f"after-sales: {_counted(picture.seen.cases)}   subscribers: {_standing(picture.seen)}"),
            _events(picture.seen),
        ]
        parts += [Text(f"! {trouble}", style="red") for trouble in picture.troubles[-2:]]
        parts.append(
            Text("\n".join(f"{name}: {address}" for name, address in self.addresses.items()), style="dim")
        )
        return Panel(Group(*parts), title="Orderloom", border_style="cyan")


def _heading(picture: Picture) -> Text:
    of = f" of {picture.to_offer}" if picture.to_offer else ""
    return Text.assemble(
        (f"{picture.seconds:5.0f} s  ", "dim"),
        ("offered ", ""), (f"{picture.offered}{of}", "bold"),
        ("  started ", ""), (str(picture.seen.started), "bold"),
        ("  ended ", ""), (str(picture.seen.ended), "bold green"),
        ("  ", ""), (f"{picture.rate:.2f} orders/s", "bold cyan"),
    )  # fmt: skip


def _stages(seen: Seen) -> Table:
    table = Table.grid(padding=(0, 1))
    most = max(seen.stages.values(), default=1)
    for stage in Stage:
        count = seen.stages.get(stage.value, 0)
        bar = ProgressBar(total=most, completed=count, width=BAR_WIDTH, complete_style="cyan")
        table.add_row(Text(stage.value, style="" if count else "dim"), Text(str(count), justify="right"), bar)
    return table


def _worries(picture: Picture) -> Text:
    seen = picture.seen
    holds = ", ".join(f"{hold} {count}" for hold, count in seen.holds.items()) or "none"
    alerts = (
        ", ".join(f"{topic.removeprefix('sla.')} {count}" for topic, count in sorted(seen.alerts.items()))
        or "none"
    )
    return Text(f"holds: {holds}   reviews approved: {picture.approved}   SLA alerts: {alerts}")


def _events(seen: Seen) -> Table:
    table = Table.grid(padding=(0, 1))
    for event in reversed(seen.last):
        table.add_row(
            Text(spoken(event.at), style="dim"),
            Text(event.order.number),
            Text(event.topic),
            Text(_why(event), style="dim"),
        )
    return table


def _why(event: OutboxEvent) -> str:
    return str(event.payload.get("why", ""))[:60]
