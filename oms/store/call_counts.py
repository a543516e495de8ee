"""How many calls each shop made in a time, by what they came to: a count, light enough for a page that refreshes itself."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from oms.domain.calls import CallResult
from oms.store.calls import CALLS
from oms.store.engine import Database

Counts = Mapping[CallResult, int]


def calls_by_shop(database: Database, since: datetime, until: datetime) -> Mapping[str, Counts]:
    """Count the calls of `since` (included) to `until` (not), by shop (`channel:shop`)."""
    window = (CALLS.c.at >= since, CALLS.c.at < until, CALLS.c.shop != "")
    columns = (CALLS.c.shop, CALLS.c.result)
    found: dict[str, dict[CallResult, int]] = defaultdict(dict)
    with database.read() as connection:
        counted = connection.execute(select(*columns, func.count()).where(*window).group_by(*columns))
        for shop, result, count in counted:
            found[shop][CallResult(result)] = int(count)
    return found
