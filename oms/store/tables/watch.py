"""What the watch over parcels remembers, beside the parcels' rows, which every book of an order overwrites."""

from datetime import datetime

from sqlmodel import Field

from oms.store.tables.columns import Row, UtcDateTime


class ParcelWatchRow(Row, table=True):
    """What was heard of a waybill and asked about it; columns are named as in `oms.domain.watch.Watched`."""

    __tablename__ = "parcel_watch"

    waybill: str = Field(primary_key=True)
    scanned_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    picked_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answer: str = ""
    rest_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    gave_up_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    risk_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told: str = ""
    """The last event that was handed to the orders; the same one again is not."""
