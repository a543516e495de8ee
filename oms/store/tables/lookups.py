"""What the buyers' lookup form asks: orders by their number and the end of a phone."""

from sqlmodel import Field

from oms.store.tables.columns import Row


class OrderLookupsRow(Row, table=True):
    """One way to find an order: a keyed digest of its number together with the last four digits of a phone."""

    __tablename__ = "order_lookups"

    digest: str = Field(primary_key=True)
    order_key: str = Field(primary_key=True)
