"""The rule table read a second time, straight from its YAML, and orders watched around the very second of a moment.

Nothing here goes through `oms.rules`: what the table says is worked out once more, by hand.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

import pytest
import yaml
from temporalio.service import RPCError, RPCStatusCode

from oms.domain.ids import OrderKey, ShopKey
from oms.rules.table import TABLE
from oms.store.receivers import PutAway
from tests.process.conftest import World
from tests.process.fakes import FakeMarketplace
from tests.process.orders import RECEIVER, SHOP, Told, a_snapshot

TEXT = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
ELSEWHERE = "elsewhere"
"""A platform without a row: it lives by the defaults."""
PLATFORMS = (ELSEWHERE, *TEXT["platforms"])
SECOND = timedelta(seconds=1)
TRIES = 8
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}

T = TypeVar("T")
Test = TypeVar("Test", bound=Callable[..., Any])


# ------------------------------------------------------------------------------------------- what the table says


def figure(platform: str, path: str) -> Any:
    """Return a figure as the YAML says it: of the platform's row, of what that inherits, or of the defaults."""
    row = _row(platform)
    while row is not None:
        if path in _said(row):
            return _said(row)[path]
        row = _row(row.get("inherit", ""))
    return _said(TEXT["defaults"])[path]


def _row(platform: str) -> Any:
    row = TEXT["platforms"].get(platform)
    assert not isinstance(row, list), f"{platform} has dated rows: say here which of them is in force"
    return row


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    """List what one row says, by path."""
    blocks = {block: said for block, said in row.items() if isinstance(said, dict) and block != "evidence"}
    found = {f"{block}.{name}": value for block, said in blocks.items() for name, value in said.items()}
    return {**{name: value for name, value in row.items() if name not in blocks}, **found}


def length(said: str) -> timedelta:
    """Read `48h`."""
    return int(said[:-1]) * _UNITS[said[-1]]


def how_long(platform: str, path: str) -> timedelta:
    """Return a figure that is a duration."""
    return length(figure(platform, path))


def how_much(platform: str, path: str) -> int:
    """Return a figure that is money, in fen."""
    yuan, _, cents = figure(platform, path).partition(".")
    return int(yuan) * 100 + int(cents)


def by_value(*paths: str) -> dict[str, list[str]]:
    """Group the platforms by what they say of some figures together."""
    groups: dict[str, list[str]] = {}
    for platform in PLATFORMS:
        groups.setdefault(", ".join(str(figure(platform, path)) for path in paths), []).append(platform)
    return groups


def each_value(*paths: str) -> pytest.MarkDecorator:
    """Run a test on the first platform of every group; its id says the value, and names all who share it."""
    groups = by_value(*paths)
    names = [f"{value}: {' '.join(platforms)}" for value, platforms in groups.items()]
    return pytest.mark.parametrize("platform", [platforms[0] for platforms in groups.values()], ids=names)


def bounds(*paths: str) -> Callable[[Test], Test]:
    """Say which figures a test has seen from both sides; the guard counts them."""

    def note(test: Test) -> Test:
        test.__dict__["bounds"] = paths
        return test

    return note


# ------------------------------------------------------------------------------------------- orders of a platform


def shop_on(world: World, platform: str) -> ShopKey:
    """Return the world's shop on a platform; the buyer b1 has bought there before."""
    shop = ShopKey(channel=SHOP.channel, shop=platform)
    if shop not in world.platforms:
        world.platforms[shop] = platform
        world.channels[shop] = FakeMarketplace(shop)
        long_ago = PutAway(
            OrderKey(channel=shop.channel, shop=shop.shop, number="1"), None, "", "", "", "b1",
            datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        world.store.receivers.put_away([long_ago])
    return shop


def order_on(world: World, platform: str, **changes: Any) -> Told:
    """Return an order of a platform that has not arrived yet; nobody has to look at it first."""
    shop = shop_on(world, platform)
    snapshot = a_snapshot(**changes)
    key = OrderKey(channel=shop.channel, shop=shop.shop, number=snapshot.key.number)
    return world.order(snapshot.model_copy(update={"key": key}))


async def at_the_warehouse(world: World, platform: str, **changes: Any) -> Told:
    """Return one that its warehouse has accepted, and not yet packed."""
    order = order_on(world, platform, **changes)
    await order.arrives()
    await order.until(lambda state: state.deliveries and state.deliveries[-1].status == "accepted", tries=400)
    return order


def paid_at(order: Told) -> datetime:
    """When it was paid."""
    assert order.snapshot.paid_at is not None
    return order.snapshot.paid_at


def another_address(world: World, order: Told, house: int) -> str:
    """Put another address into the vault; return the digest by which orders know it."""
    receiver = RECEIVER.model_copy(update={"address": f"文三路{house}号"})
    return world.store.receivers.put(order.key, receiver, "", "")


# ------------------------------------------------------------------------------------------- around a second


class HasTime(Protocol):
    """Whatever has a clock of its own, which goes on while we look at it."""

    async def own_time(self) -> datetime:
        """What time it is for it."""
        ...

    async def waits(self, by: timedelta) -> None:
        """Let its own clock run."""
        ...


class Lives(HasTime, Protocol):
    """An order or an after-sale."""

    async def state(self) -> Any:
        """What it remembers now."""
        ...

    async def until(self, true: Any, *, tries: int = ...) -> Any:
        """Wait, in real time, until something is true of it."""
        ...


class TooSlow(Exception):
    """The machine was busy: the second had gone by before we had looked. The same again, with a fresh order."""


class Struck(NamedTuple):
    """What the clock writes into the timeline, and at which moment exactly."""

    step: str
    due: datetime
    says: str = ""
    """What it is written down as, where that is not the step's own name."""

    @property
    def what(self) -> str:
        """The line in the timeline."""
        return f"clock.{self.says or self.step}"


async def in_time(play: Callable[[], Awaitable[T]]) -> T:
    """Play something until the machine was quick enough for it."""
    for _ in range(TRIES):
        try:
            return await play()
        except TooSlow as slow:
            last = slow
    raise AssertionError(f"never seen in its second in {TRIES} tries: {last}")


async def forward(life: HasTime, to: datetime) -> None:
    """Let its clock run to a moment, if that is still to come; it may end on the way."""
    left = to - await life.own_time()
    if left > timedelta():
        try:
            await life.waits(left)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


async def a_second_before(life: Lives, moment: datetime) -> Any:
    """Return what it remembers within the last second before a moment. Raises TooSlow."""
    await forward(life, moment - SECOND)
    state = await life.state()
    await still_before(life, moment)
    return state


async def still_before(life: HasTime, moment: datetime) -> None:
    """Make sure that what has been done so far was done before a moment. Raises TooSlow."""
    now = await life.own_time()
    if now >= moment:
        raise TooSlow(f"{now} is not before {moment}")


def when(state: Any, what: str) -> datetime | None:
    """Return when something was written into the timeline; None: it was not."""
    found: datetime | None = next((line.at for line in state.timeline if line.what == what), None)
    return found


def struck(state: Any) -> list[str]:
    """List what the clock has done, in its order."""
    return [line.what for line in state.timeline if line.what.startswith("clock.")]


async def seen_in_its_second(life: Lives, strike: Struck) -> Any:
    """Make sure that something was not so a second before its moment, and is so within the second of it.

    Returns what it remembers then. Raises TooSlow.
    """
    before = await a_second_before(life, strike.due)
    assert when(before, strike.what) is None, f"{strike.what} came before {strike.due}"
    assert (strike.step, strike.due) in {(d.step, d.due) for d in before.deadlines}
    await forward(life, strike.due)
    state = await life.until(lambda state: when(state, strike.what), tries=400)
    at = when(state, strike.what)
    assert at is not None
    assert at >= strike.due
    if at >= strike.due + SECOND:
        raise TooSlow(f"{strike.what} came at {at}, {at - strike.due} after its moment")
    return state


Play = Callable[[], Awaitable[tuple[Lives, Sequence[Struck]]]]


async def expect_each_in_its_second(play: Play) -> Any:
    """See every strike from both sides, one after the other; what a busy machine missed on a fresh order.

    Returns what the last one remembers in the end.
    """
    seen: set[str] = set()
    missed = ""
    for _ in range(TRIES):
        life, strikes = await play()
        for strike in sorted(strikes, key=lambda each: each.due):
            if strike.what in seen:
                continue
            try:
                await seen_in_its_second(life, strike)
            except TooSlow as slow:
                missed = str(slow)
            else:
                seen.add(strike.what)
        if {strike.what for strike in strikes} == seen:
            await forward(life, max(strike.due for strike in strikes))
            return await life.until(
                lambda state: all(when(state, what) for what in seen), tries=400
            )  # fmt: skip
    raise AssertionError(f"never seen in its second in {TRIES} tries: {missed}")
