"""Telling the orders in flight of a new version of the rules: those whose row says so, page by page, each once."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from oms.domain.errands import RulesSpread, SpreadRules
from oms.domain.errors import Unavailable
from oms.domain.ids import OrderKey, ShopKey
from oms.domain.messages import RulesChanged
from oms.domain.model import Fact
from oms.rules.table import RuleTable
from oms.rules.tables import Tables
from oms.store import Store

PAGE = 200
AT_ONCE = 20
MANY = 10
"""When so many of a page cannot be told and nobody can, it is not the orders: the whole page is tried again."""

Platforms = Mapping[ShopKey, str]


class TellsOfRules(Protocol):
    """Whoever reaches orders."""

    async def rules_changed(self, order: OrderKey, message: RulesChanged) -> bool:
        """Tell an order; False when there is no such order running. Raises Unavailable."""


class Progress(Fact):
    """How far it came: whoever takes over goes on behind the cursor."""

    cursor: str = ""
    told: int = 0
    kept: int = 0
    gone: int = 0
    failed: tuple[str, ...] = ()


class Spreading:
    """Finds the orders in the read model; what an order does with the word is its own affair."""

    def __init__(
        self, store: Store, tables: Tables, platforms: Platforms, orders: TellsOfRules, clock: Callable[[], datetime],
        *, page: int = PAGE,
    ) -> None:  # fmt: skip
        """Take the read model, the versions, by which row each shop lives, whoever reaches orders, and the time."""
        self._store = store
        self._tables = tables
        self._platforms = platforms
        self._orders = orders
        self._clock = clock
        self._page = page

    async def tell(
        self, request: SpreadRules, so_far: Progress, noted: Callable[[Progress], None]
    ) -> RulesSpread:
        """Tell every order in flight that lives by the new version from now on; `noted` hears of every page done.

        Telling an order twice changes nothing. One that cannot be told keeps nobody waiting. Raises Unavailable when
        none of a page can be, or our own database does not answer.
        """
        at = max(self._clock(), request.effective_from)
        table = await asyncio.to_thread(self._tables.in_force, at)
        if table.version != request.version:
            return await self._over(request, RulesSpread(superseded_by=table.version))
        message = RulesChanged(event_id=f"rules:{request.version}", version=request.version)
        while page := await asyncio.to_thread(self._store.in_flight.after, so_far.cursor, self._page):
            mine = [order for order in page if reevaluates(table, self._platforms, order.shop_key, at)]
            so_far = await self._tell_page(mine, message, so_far)
            kept = so_far.kept + len(page) - len(mine)
            so_far = so_far.model_copy(update={"cursor": str(page[-1]), "kept": kept})
            noted(so_far)
        so_far = await self._tell_again(message, so_far)
        return await self._over(request, RulesSpread(**so_far.model_dump(exclude={"cursor"})))

    async def _tell_page(
        self, orders: Sequence[OrderKey], message: RulesChanged, so_far: Progress
    ) -> Progress:
        places = asyncio.Semaphore(AT_ONCE)

        async def one(order: OrderKey) -> bool | Unavailable:
            async with places:
                try:
                    return await self._orders.rules_changed(order, message)
                except Unavailable as error:
                    return error

        answers = await asyncio.gather(*(one(order) for order in orders))
        failed = [str(order) for order, answer in zip(orders, answers, strict=True) if _is_trouble(answer)]
        if len(failed) == len(orders) >= MANY:
            raise Unavailable(f"none of {len(orders)} orders could be told of rules {message.version}")
        return so_far.model_copy(
            update={
                "told": so_far.told + sum(answer is True for answer in answers),
                "gone": so_far.gone + sum(answer is False for answer in answers),
                "failed": (*so_far.failed, *failed),
            }
        )

    async def _tell_again(self, message: RulesChanged, so_far: Progress) -> Progress:
        """Ask those once more that could not be told at first."""
        again = [OrderKey.parse(name) for name in so_far.failed]
        if not again:
            return so_far
        try:
            return await self._tell_page(again, message, so_far.model_copy(update={"failed": ()}))
        except Unavailable:  # all the others were told: these few are a person's affair
            return so_far

    async def _over(self, request: SpreadRules, done: RulesSpread) -> RulesSpread:
        await asyncio.to_thread(self._store.rule_tables.spread, request.version, self._clock(), done.words())
        return done


def reevaluates(table: RuleTable, platforms: Platforms, shop: ShopKey, at: datetime) -> bool:
    """Tell whether a shop's orders in flight are to live by this table once it is in force."""
    return table.row(platforms.get(shop, shop.channel), str(shop), at).in_flight == "reevaluate"


def affected(
    table: RuleTable, platforms: Platforms, in_flight: Iterable[tuple[ShopKey, int]], at: datetime
) -> tuple[int, int]:
    """Count the orders in flight that would be judged anew, and those that would keep their version."""
    anew = kept = 0
    for shop, count in in_flight:
        if reevaluates(table, platforms, shop, at):
            anew += count
        else:
            kept += count
    return anew, kept


def _is_trouble(answer: bool | Unavailable) -> bool:  # noqa: FBT001 - one of three answers
    return isinstance(answer, Unavailable)
