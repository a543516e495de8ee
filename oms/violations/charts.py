"""Bar charts, laid out here and drawn as inline SVG by the page: no script, no network, colours for light and dark."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH = 720
ROW, GAP, LABEL, ROOM = 22, 10, 210, 70
"""Of horizontal bars: height of a row, space between rows, width of the labels, room for the figure at the end."""
HEIGHT, BASE, TOP = 190, 24, 18
"""Of upright bars: height, room for the names below, room for figures above."""
LONGEST = 30


class Bar(NamedTuple):
    """One bar: two parts on top of each other, and the sum of the period before as a mark."""

    name: str
    lower: int
    upper: int
    before: int = 0

    @property
    def total(self) -> int:
        """Both parts."""
        return self.lower + self.upper


class Box(NamedTuple):
    """A rectangle of a drawing; `kind` names its colour."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    title: str


class Label(NamedTuple):
    """A text of a drawing."""

    kind: str
    x: float
    y: float
    anchor: str
    text: str


class Drawing(NamedTuple):
    """Everything that is in a chart, in units of its own."""

    title: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    labels: tuple[Label, ...]


def lying(title: str, bars: Sequence[Bar], parts: tuple[str, str]) -> Drawing:
    """Lay out horizontal bars, one a row, their sum at the end."""
    scale = (WIDTH - LABEL - ROOM) / _largest(bars)
    boxes: list[Box] = []
    labels: list[Label] = []
    for place, bar in enumerate(bars):
        y = place * (ROW + GAP)
        name = bar.name if len(bar.name) <= LONGEST else f"{bar.name[: LONGEST - 1]}…"
        lower, upper = bar.lower * scale, bar.upper * scale
        boxes += [
            Box("violations", LABEL, y, lower, ROW, f"{bar.name}: {bar.lower} {parts[0]}"),
            Box("near", LABEL + lower, y, upper, ROW, f"{bar.name}: {bar.upper} {parts[1]}"),
        ]
        labels += [
            Label("name", LABEL - 8, y + 15, "end", name),
            Label("figure", LABEL + lower + upper + 6, y + 15, "start", str(bar.total)),
        ]
    return _drawing(title, max(len(bars) * (ROW + GAP), ROW), boxes, labels)


def standing(title: str, bars: Sequence[Bar], parts: tuple[str, str, str]) -> Drawing:
    """Lay out upright bars, one an hour or a day; a line marks the sum of the period before."""
    scale, ground = (HEIGHT - BASE - TOP) / _largest(bars), HEIGHT - BASE
    step = WIDTH / max(len(bars), 1)
    every = max(1, len(bars) // 24)
    boxes: list[Box] = []
    labels: list[Label] = []
    for place, bar in enumerate(bars):
        x, width = place * step + step * 0.15, step * 0.7
        lower, upper = bar.lower * scale, bar.upper * scale
        boxes += [
            Box("violations", x, ground - lower, width, lower, f"{bar.name}: {bar.lower} {parts[0]}"),
            Box("near", x, ground - lower - upper, width, upper, f"{bar.name}: {bar.upper} {parts[1]}"),
        ]
        if bar.before:
            y = ground - bar.before * scale - 1
            boxes.append(
                Box("before", place * step + 1, y, step - 2, 2, f"{bar.name}: {bar.before} {parts[2]}")
            )
        if bar.total:
            top = ground - lower - upper - 4
            labels.append(Label("figure", x + width / 2, top, "middle", str(bar.total)))
        if place % every == 0:
            labels.append(Label("name", x + width / 2, HEIGHT - 7, "middle", bar.name))
    return _drawing(title, HEIGHT, boxes, labels)


def _largest(bars: Sequence[Bar]) -> int:
    return max((max(bar.total, bar.before) for bar in bars), default=0) or 1


def _drawing(title: str, height: float, boxes: Sequence[Box], labels: Sequence[Label]) -> Drawing:
    seen = tuple(box for box in boxes if box.width > 0 and box.height > 0)
    return Drawing(title, WIDTH, height, seen, tuple(labels))
