"""Pages are walked so that no order is lost, and a page that hides some is never taken for the whole."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.errors import Unavailable
from oms.paging import Numbered, NumberedList, Window, walk_backwards, windows

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class MovingList:
    """A platform's list, newest change first; after each question something may happen to it."""

    def __init__(
        self, count: int, after: Callable[["MovingList", int], None] = lambda _list, _asked: None
    ) -> None:
        self.rows: dict[str, datetime] = {str(n): NOON + n * SECOND for n in range(count)}
        self.until = NOON + count * SECOND
        self.after = after
        self.asked: list[tuple[Window, int]] = []
        self.hides = 0

    async def ask(self, window: Window, number: int) -> Numbered:
        self.asked.append((window, number))
        found = sorted(
            (row for row, at in self.rows.items() if window.since <= at <= window.until),
            key=lambda row: (self.rows[row], row),
            reverse=True,
        )
        page = found[(number - 1) * 10 : number * 10]
        answer = Numbered(tuple({"id": row} for row in page[self.hides :]), len(found))
        self.after(self, len(self.asked))
        return answer

    def moves(self, row: str) -> None:
        self.rows[row] = self.until + timedelta(hours=1)


def of(moving: MovingList, **more: Any) -> NumberedList:
    usual: dict[str, Any] = {"page_size": 10, "longest": timedelta(days=1), **more}
    return NumberedList(moving.ask, lambda row: str(row.get("id", "")), **usual)


async def seen(moving: MovingList, **more: Any) -> set[str]:
    pages = [page async for page in walk_backwards(of(moving, **more), NOON, moving.until)]
    return {str(row["id"]) for page in pages for row in page.payloads}


@given(st.lists(st.integers(0, 44), max_size=12))
async def test_whatever_moves_while_we_read_the_rest_is_all_seen(moved: list[int]) -> None:
    """An order that leaves the window is in the next one; every other one is shown."""
    gone = iter(moved)

    def one_moves(moving: MovingList, _asked: int) -> None:
        row = next(gone, None)
        if row is not None:
            moving.moves(str(row))

    moving = MovingList(45, one_moves)

    found = await seen(moving)

    assert found >= {row for row, at in moving.rows.items() if at <= moving.until}


async def test_a_late_write_into_the_window_begins_it_again() -> None:
    """The count has grown: somebody wrote into the past, and pages have shifted under our hands."""

    def one_comes_late(moving: MovingList, asked: int) -> None:
        if asked == 3:
            moving.rows["late"] = NOON + 40 * SECOND

    moving = MovingList(45, one_comes_late)

    found = await seen(moving)

    assert found == set(moving.rows)


async def test_a_window_of_too_many_rows_is_halved() -> None:
    """Below the platform's cap each half is read whole, and nothing falls between them."""
    moving = MovingList(45)

    found = await seen(moving, most_rows=20)

    assert found == set(moving.rows)
    assert all(
        len([at for at in moving.rows.values() if w.since <= at <= w.until]) <= 20
        for w, n in moving.asked
        if n > 1
    )


async def test_a_second_with_more_rows_than_the_platform_shows_is_said() -> None:
    """There is nothing left to halve: a person must know, and the cursor must not move."""
    moving = MovingList(45)
    moving.rows = dict.fromkeys(moving.rows, NOON + SECOND)

    with pytest.raises(Unavailable, match="in one second"):
        await seen(moving, most_rows=20)

    assert moving.asked


async def test_a_page_that_hides_rows_is_a_failure() -> None:
    """The count says 45 and the pages show less: never "fewer orders"."""
    moving = MovingList(45)
    moving.hides = 3

    with pytest.raises(Unavailable, match=r"45 orders .* only 30 were shown"):
        await seen(moving)

    assert len(moving.asked) == 6


def test_a_long_stretch_is_cut_into_windows_that_touch() -> None:
    """Neighbours share their border second; the last ends where the stretch does, in whole seconds."""
    half = timedelta(milliseconds=500)

    cut = windows(NOON + half, NOON + timedelta(minutes=70) + half, timedelta(minutes=30))

    assert [(w.since - NOON, w.until - NOON) for w in cut] == [
        (timedelta(0), timedelta(minutes=30)),
        (timedelta(minutes=30), timedelta(minutes=60)),
        (timedelta(minutes=60), timedelta(minutes=70, seconds=1)),
    ]
