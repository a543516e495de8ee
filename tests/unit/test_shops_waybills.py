"""Who draws a shop's waybills stands in the shops file; what cannot work stops the start."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from oms.channels import CHANNELS, open_channel
from oms.http import Http
from oms.ports import DrawsWaybills
from oms.running import ways_of
from oms.senders import read_partners
from oms.settings import ShopConfig, WrongSetting, read_shops
from oms.stack.keys import fresh_for
from tests.channels.platform_world import MemoryTokens

HANGZHOU = {
    "warehouse": "HZ01", "name": "商家仓储部", "phone": "057188886666", "province": "浙江省", "city": "杭州市",
    "address": "示例路1号",
}  # fmt: skip
TEMPLATE = {"waybill_template_url": "http://cloudprint.example/1"}


def listed(path: Path, warehouses: Any = None, channel: str = "taobao", **shop: Any) -> ShopConfig:
    """Read a shops file of one shop."""
    names = CHANNELS[channel].secrets
    row = {
        "channel": channel, "shop": "main", "url": "https://gw.example",
        "secrets": {name: f"OMS_{name.upper()}" for name in names}, **shop,
    }  # fmt: skip
    file = path / "shops.yaml"
    content = {"shops": [row], **({} if warehouses is None else {"warehouses": warehouses})}
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    (read,) = read_shops(file, {f"OMS_{name.upper()}": fresh_for(name) for name in names})
    return read


async def opened(shop: ShopConfig) -> object:
    """Open a shop as a worker does."""
    async with Http() as http:
        return open_channel(shop, http, MemoryTokens())


def test_a_shop_that_says_nothing_has_its_warehouse_draw(tmp_path: Path) -> None:
    """As before; no address is needed for that."""
    shop = listed(tmp_path)

    assert (shop.waybills, shop.tell_channel, shop.carrier, shop.warehouses) == ("warehouse", "drawn", "", {})


def test_a_shop_s_couriers_are_the_usual_one_and_those_that_stand_in_for_it(tmp_path: Path) -> None:
    """In order of preference, each once; a shop that names none lets its warehouse choose."""
    shop = listed(tmp_path, carrier="sf", other_carriers=["yto", "sf", "zto"])

    assert ways_of([shop])[shop.key].couriers == ("sf", "yto", "zto")
    assert listed(tmp_path).couriers == ()


def test_the_file_s_warehouses_are_every_shop_s(tmp_path: Path) -> None:
    """By their codes; the address is printed in one line, and shown by no log."""
    shop = listed(tmp_path, [HANGZHOU], waybills="kuaidi100", carrier="sf")

    sender = shop.warehouses["HZ01"]
    assert (sender.phone, sender.whole_address) == ("057188886666", "浙江省杭州市示例路1号")
    assert "示例路" not in f"{shop!r} {sender!r} {sender}"


@pytest.mark.parametrize(
    ("warehouses", "shop", "words"),
    [
        (None, {"waybills": "post"}, "waybills: Input should be 'warehouse', 'kuaidi100' or 'platform'"),
        (None, {"tell_channel": "never"}, "tell_channel: Input should be"),
        (None, {"carrier": "顺丰"}, "carrier: String should match"),
        ([HANGZHOU], {"waybills": "kuaidi100"}, "name one as `carrier:`"),
        (None, {"other_carriers": ["yto"]}, "name it as `carrier:`"),
        (None, {"carrier": "sf", "other_carriers": "yto"}, "other_carriers: Input should be a valid tuple"),
        (None, {"carrier": "sf", "other_carriers": ["圆通"]}, "other_carriers.0: String should match"),
        (None, {"waybills": "platform", "carrier": "sf"}, "list `warehouses:`"),
        ("HZ01", {}, "expected a list of mappings under `warehouses:`"),
        (["HZ01"], {}, "expected a list of mappings under `warehouses:`"),
        ([{"name": "x"}], {}, "a warehouse has no code"),
        ([HANGZHOU, HANGZHOU], {}, "warehouse 'HZ01' is listed twice"),
        ([HANGZHOU | {"phone": ""}], {}, "warehouse 'HZ01': phone: "),
        ([{"warehouse": "HZ01"}], {}, "warehouse 'HZ01': name: Field required"),
        ([HANGZHOU | {"fax": "1"}], {}, "warehouse 'HZ01': fax: Extra inputs"),
    ],
)
def test_what_cannot_draw_stops_the_start(
    tmp_path: Path, warehouses: Any, shop: dict[str, Any], words: str
) -> None:
    """With the file, the place, and what was expected."""
    with pytest.raises(WrongSetting) as refusal:
        listed(tmp_path, warehouses, **shop)

    assert str(refusal.value).startswith("shops.yaml: ")
    assert words in str(refusal.value)


@pytest.mark.parametrize("channel", ["jd", "woocommerce"])
async def test_a_channel_without_e_waybills_cannot_draw_them(tmp_path: Path, channel: str) -> None:
    """The start names the shop and what to choose instead."""
    shop = listed(tmp_path, [HANGZHOU], channel, waybills="platform", carrier="sf")

    with pytest.raises(WrongSetting, match=rf"shop {channel}:main: .*choose kuaidi100 or warehouse"):
        await opened(shop)


@pytest.mark.parametrize(
    ("channel", "options", "missing"),
    [
        ("taobao", TEMPLATE, "seller_id"),
        ("taobao", {"seller_id": "2"}, "waybill_template_url"),
        ("pdd", {}, "waybill_template_url and mall_id"),
        ("wechat", {"waybill_account": "6"}, "waybill_shop_id"),
    ],
)
async def test_what_a_platform_needs_to_draw_is_asked_for_at_the_start(
    tmp_path: Path, channel: str, options: dict[str, str], missing: str
) -> None:
    """Not when the first order is released."""
    shop = listed(tmp_path, [HANGZHOU], channel, waybills="platform", carrier="sf", options=options)

    with pytest.raises(WrongSetting, match=rf"shop {channel}:main: .* needs the option {missing}$"):
        await opened(shop)


@pytest.mark.parametrize("channel", ["taobao", "pdd", "douyin", "wechat"])
async def test_a_platform_that_draws_opens_with_its_options(tmp_path: Path, channel: str) -> None:
    """Everything its kind says it needs, and no more."""
    options = dict.fromkeys(CHANNELS[channel].waybill_options, "123")
    shop = listed(tmp_path, [HANGZHOU], channel, waybills="platform", carrier="sf", options=options)

    assert isinstance(await opened(shop), DrawsWaybills)


def test_how_a_shop_works_is_told_to_its_orders(tmp_path: Path) -> None:
    """Only a shop that draws tells the channel early, and only unless it wants to wait for the parcel."""
    ways = []
    for waybills, tell in (("warehouse", "drawn"), ("kuaidi100", "drawn"), ("kuaidi100", "shipped")):
        shop = listed(tmp_path, [HANGZHOU], waybills=waybills, tell_channel=tell, carrier="sf")
        (way,) = ways_of((shop,)).values()
        ways.append((way.draws_waybills, way.tells_when_drawn))

    assert ways == [(False, False), (True, True), (True, False)]


@pytest.mark.parametrize(("text", "accounts"), [
    ("", {}),
    ("sf=7551234567:hush yto=K21", {"sf": ("7551234567", "hush"), "yto": ("K21", "")}),
])  # fmt: skip
def test_accounts_at_couriers_are_read_by_courier(text: str, accounts: dict[str, tuple[str, str]]) -> None:
    """A key is optional, as couriers have it; neither is shown."""
    read = read_partners(text)

    assert {each.carrier: (each.account, each.key.get_secret_value()) for each in read} == accounts
    assert "7551234567" not in repr(read)
