"""The marketplaces that can be simulated: one folder each, and one line each here."""

from collections.abc import Callable, Mapping

from simulator.douyin import Douyin
from simulator.jd import Jd
from simulator.pdd import PinduoduoPlatform
from simulator.platform import Ground, Platform
from simulator.taobao import Taobao
from simulator.wechat import WeChatShop

PLATFORMS: Mapping[str, Callable[[Ground], Platform]] = {
    "taobao": Taobao,
    "jd": Jd,
    "douyin": Douyin,
    "pdd": PinduoduoPlatform,
    "wechat": WeChatShop,
}
"""Name in the configuration, which is also the first part of every path, to what opens it."""
