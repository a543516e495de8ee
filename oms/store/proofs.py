"""The proofs of completeness of several days at a time, for pages and reports."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from oms.domain.ids import ShopKey
from oms.store.engine import Database
from oms.store.polls import COMPLETENESS, Completeness


def proofs_between(database: Database, first: date, last: date) -> Sequence[Completeness]:
    """Return the proofs of all shops of those days, the last one included; the newest day first, then by shop."""
    statement = select(COMPLETENESS).where(COMPLETENESS.c.day.between(first, last))
    with database.read() as connection:
        rows = connection.execute(
            statement.order_by(COMPLETENESS.c.day.desc(), COMPLETENESS.c.shop_key)
        ).mappings()
        return tuple(_proof(dict(row)) for row in rows)


def _proof(row: dict[str, object]) -> Completeness:
    channel, _, shop = str(row.pop("shop_key")).partition(":")
    return Completeness.model_validate({**row, "shop": ShopKey(channel=channel, shop=shop)})
