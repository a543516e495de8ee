"""Find out whether a shop is authorised, its order interface alive, and whether our clocks agree."""

from collections.abc import Callable
from datetime import datetime

from oms.channels.taobao.config import TaobaoConfig
from oms.channels.taobao.gateway import Gateway, Shop
from oms.channels.taobao.listing import METHOD as LIST
from oms.channels.taobao.listing import page_params
from oms.channels.taobao.times import read_stamp
from oms.channels.taobao.verdict import Refusal
from oms.checkups import failed, fine
from oms.domain.errors import OmsError
from oms.paging import SECOND, Window
from oms.ports import Checkup

CLOCK = "taobao.time.get"


async def check(config: TaobaoConfig, gateway: Gateway, shop: Shop, now: Callable[[], datetime]) -> Checkup:
    """Ask the time, then for one trade of the last second: the least that needs a token and the list."""
    found = fine(config.shop, config.version)
    found = found.model_copy(update={"clock_skew_seconds": await _skew(gateway, now)})
    moment = now().replace(microsecond=0)
    try:
        await shop.get(LIST, page_params(Window(moment - SECOND, moment), 1, 1) | {"fields": "tid"})
    except OmsError as error:
        return failed(found, error)
    return found


async def _skew(gateway: Gateway, now: Callable[[], datetime]) -> int | None:
    """Read their clock minus ours; where they do not tell the time, the answer's Date must do."""
    try:
        content = await gateway.ask(CLOCK, {})
        if not isinstance(content, Refusal):
            return round((read_stamp(str(content.get("time"))) - now()).total_seconds())
    except (OmsError, ValueError):
        pass
    return gateway.clock_skew_s
