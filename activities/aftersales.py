"""Look a case up, answer it, give its money back, announce its goods, write it down."""

import asyncio
from collections.abc import Mapping

from temporalio import activity

from activities.aftersale_requests import AnswerCase, ExpectReturn, LookUpCase, RefundCase
from oms.bans import Bans
from oms.clock import wall_clock
from oms.domain.aftersales.book import AfterSaleBook, case_key
from oms.domain.aftersales.facts import facts_of, sent_by_line, sent_parcels
from oms.domain.aftersales.grounds import Grounds, OrderFacts, SoldLine
from oms.domain.errors import Misused
from oms.domain.ids import ShopKey, Sku
from oms.domain.messages import StockArrived
from oms.domain.stages import Stage
from oms.ports import (
    Accepted,
    Answered,
    AnswerRefused,
    Channel,
    HasAfterSales,
    KnowsOrders,
    Mailbox,
    Refunded,
    RefundRefused,
    RefundsOrders,
    Rejected,
    Warehouse,
)
from oms.rules.tables import Tables
from oms.store import Store
from oms.store.orders import OrderView


class AfterSaleActivities:
    """The merchant's shops, as after-sales need them."""

    def __init__(self, channels: Mapping[ShopKey, Channel], store: Store) -> None:
        """Take the shops, and the store that knows which of them may not be asked now."""
        self._channels = channels
        self._bans = Bans(store, wall_clock)

    @activity.defn(name="aftersales.answer")
    async def answer(self, request: AnswerCase) -> Answered | AnswerRefused:
        """Tell the platform; told twice, it is told once."""
        channel = _channel(self._channels, request.case.order.shop_key)
        if not isinstance(channel, HasAfterSales):
            return AnswerRefused(reason=f"{channel.shop} has no interface to answer after-sales")
        async with self._bans.heeding(channel.shop):
            answer = await channel.answer_after_sale(request.case, accept=request.accept, why=request.why)
        activity.logger.info(
            "aftersale.answered", extra={"case": case_key(request.case), "outcome": answer.outcome}
        )
        return answer

    @activity.defn(name="aftersales.refund")
    async def refund(self, request: RefundCase) -> Refunded | RefundRefused:
        """Give the money back; asked twice with one key, it goes back once."""
        order = request.case.order
        channel = _channel(self._channels, order.shop_key)
        if not isinstance(channel, RefundsOrders):
            return RefundRefused(reason=f"{channel.shop} has no interface to give money back")
        async with self._bans.heeding(channel.shop):
            answer = await channel.refund(order.number, request.amount_fen, key=request.key, why=request.why)
        activity.logger.info(
            "aftersale.refunded", extra={"case": case_key(request.case), "outcome": answer.outcome}
        )
        return answer


class CaseRecords:
    """What is known here of a case and its order, and the case's book-keeper."""

    def __init__(
        self, tables: Tables, platforms: Mapping[ShopKey, str], channels: Mapping[ShopKey, Channel], store: Store,
        orders: KnowsOrders, mailbox: Mailbox,
    ) -> None:  # fmt: skip
        """Take the rules, which row each shop lives by, the shops, the store, and whoever knows the orders."""
        self._tables = tables
        self._platforms = platforms
        self._channels = channels
        self._store = store
        self._orders = orders
        self._mailbox = mailbox

    @activity.defn(name="aftersales.look_up")
    async def look_up(self, request: LookUpCase) -> Grounds:
        """Return the rule's figures, what was paid, sent and paid back, and what the channel can do."""
        case, shop = request.case, request.case.order.shop_key
        channel = _channel(self._channels, shop)
        others = await asyncio.to_thread(self._store.after_sales.given_back, case.order, case_key(case))
        state = await self._orders.order_state(case.order)
        facts = facts_of(state, others) if state else await self._remembered(request, others)
        now = wall_clock()
        table = await asyncio.to_thread(self._tables.in_force, now)
        return Grounds(
            policy=table.case_policy(self._platforms.get(shop, shop.channel), str(shop), now),
            order=facts,
            answers=isinstance(channel, HasAfterSales),
            refunds=isinstance(channel, RefundsOrders),
        )

    async def _remembered(self, request: LookUpCase, others: int) -> OrderFacts | None:
        """Fall back on the read model, for an order whose workflow is no longer kept."""
        view = await asyncio.to_thread(self._store.orders.get, request.case.order)
        return _facts_of_view(view, others) if view else None

    @activity.defn(name="aftersales.save")
    async def save(self, book: AfterSaleBook) -> None:
        """Commit a book; committed twice, it is there once. Orders that wait for what came back are woken."""
        await asyncio.to_thread(self._store.after_sales.commit, book)
        good = [move for move in book.goods if move.condition == "good" and move.pieces > 0]
        skus = tuple(dict.fromkeys(move.sku for move in good))
        waiting = await asyncio.to_thread(self._store.stock.waiting, skus) if skus else []
        for order in waiting:
            await self._mailbox.stock(order, StockArrived(event_id=good[0].id, skus=skus))


class ReturnActivities:
    """The warehouses, as returns need them."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Take the warehouse."""
        self._warehouse = warehouse

    @activity.defn(name="warehouse.expect_return")
    async def expect_return(self, request: ExpectReturn) -> Accepted | Rejected:
        """Announce goods that come back; announced twice with one code, they are expected once."""
        answer = await self._warehouse.expect_return(request.order)
        activity.logger.info(
            "return.announced", extra={"code": request.order.code, "outcome": answer.outcome}
        )
        return answer


def _channel(channels: Mapping[ShopKey, Channel], shop: ShopKey) -> Channel:
    channel = channels.get(shop)
    if channel is None:
        raise Misused(
            f"shop {shop} is not in the shops file of this worker; add it there and restart the worker"
        )
    return channel


def _facts_of_view(view: OrderView, others: int) -> OrderFacts:
    """Read what the parcels tell: an order that is no longer kept has been sent, as far as it ever was."""
    row, sent = view.row, sent_by_line(view.parcels)
    skus: dict[str, Sku] = {piece.line: piece.sku for parcel in view.parcels for piece in parcel.pieces}
    codes = {piece.line: parcel.delivery_order for parcel in view.parcels for piece in parcel.pieces}
    return OrderFacts(
        stage=Stage(row.stage), business_id=row.business_id, created_at=row.created_at, paid_at=row.paid_at,
        paid_fen=row.total_fen if row.paid_at else 0, given_back_fen=others,
        lines=tuple(
            SoldLine(line=line, sku=skus[line], quantity=pieces, sent=pieces, delivery_order=codes[line])
            for line, pieces in sent.items()
        ),
        parcels=sent_parcels(view.parcels),
    )  # fmt: skip
