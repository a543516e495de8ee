"""Waybill wishes, senders and receivers, for tests of whoever draws."""

from collections.abc import Mapping
from typing import Any

from oms.domain.errors import Misused
from oms.domain.ids import OrderKey, Sku
from oms.domain.receiver import Receiver
from oms.domain.sender import Sender
from oms.domain.stock import Piece
from oms.ports import Drawn, DrawRefused, WaybillWish
from oms.settings import ShopConfig

KEY = OrderKey(channel="taobao", shop="main", number="4001")
SENDER = Sender(
    name="商家仓储部",
    phone="057188886666",
    province="浙江省",
    city="杭州市",
    district="余杭区",
    address="示例路1号",
)
PLAIN = Receiver(
    name="张建国",
    phone="13812345678",
    province="浙江省",
    city="杭州市",
    district="西湖区",
    address="文三路9号",
)
MASKED = PLAIN.model_copy(
    update={"name": "张**", "phone": "138******78", "address": "***", "token": "oaid-1"}
)


def a_wish(code: str = "OLABC-1", **changes: Any) -> WaybillWish:
    """Two T-shirts from Hangzhou."""
    known: dict[str, Any] = {
        "code": code,
        "order": KEY,
        "warehouse": "HZ01",
        "pieces": (Piece(line="400101", sku=Sku("SKU-1"), quantity=2),),
        "titles": {"SKU-1": "短袖T恤"},
        "carrier": "sf",
    }
    return WaybillWish(**(known | changes))


def a_shop(**changes: Any) -> ShopConfig:
    """A shop that draws through Kuaidi100 unless said otherwise."""
    known: dict[str, Any] = {
        "channel": KEY.channel,
        "shop": KEY.shop,
        "url": "https://gw.example",
        "waybills": "kuaidi100",
        "carrier": "sf",
        "warehouses": {"HZ01": SENDER},
    }
    return ShopConfig.model_validate(known | changes)


class FakeDrawer:
    """Draws numbers in turn, whatever the code, as a forgetful courier does."""

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal
        self.drawn: list[tuple[WaybillWish, Sender, Receiver]] = []
        self.back: list[tuple[str, str, str]] = []
        self.keeps: set[str] = set()

    async def draw(self, wish: WaybillWish, sender: Sender, receiver: Receiver) -> Drawn | DrawRefused:
        """Give the next number."""
        if self.refusal:
            return DrawRefused(reason=self.refusal)
        self.drawn.append((wish, sender, receiver))
        return Drawn(waybill=f"SF{len(self.drawn):013d}", carrier=wish.carrier)

    async def give_back(self, code: str, waybill: str, carrier: str) -> None:
        """Take a number back, unless it was used."""
        if waybill in self.keeps:
            raise Misused(f"waybill {waybill} was used")
        self.back.append((code, waybill, carrier))


class FakePlatform(FakeDrawer):
    """A channel that has e-waybills and reveals receivers; nothing else of a channel."""

    def __init__(self, reveals: Mapping[str, Receiver] | None = None) -> None:
        super().__init__()
        self.reveals = reveals or {}
        self.revealed: list[str] = []

    async def draw_waybill(
        self, wish: WaybillWish, sender: Sender, receiver: Receiver
    ) -> Drawn | DrawRefused:
        """Give the next number."""
        return await self.draw(wish, sender, receiver)

    async def give_back_waybill(self, code: str, waybill: str, carrier: str) -> None:
        """Take a number back."""
        await self.give_back(code, waybill, carrier)

    async def reveal(self, number: str, receiver: Receiver) -> Receiver:
        """Say who it is."""
        self.revealed.append(number)
        return self.reveals[receiver.token]
