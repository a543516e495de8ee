"""The goods, and where they lie when a run begins."""

from dataclasses import dataclass

HANGZHOU, GUANGZHOU = "HZ01", "GZ01"
WAREHOUSE_CITY = {HANGZHOU: "杭州市", GUANGZHOU: "广州市"}
OWNER = "O1"

NAMES = (
    "纯棉短袖T恤", "婴儿连体衣", "保温杯500ml", "蓝牙耳机", "手机支架", "竹纤维毛巾", "陶瓷马克杯", "儿童雨伞",
    "运动水壶", "充电宝10000mAh", "无线鼠标", "瑜伽垫", "护手霜", "坚果礼盒", "桌面收纳盒", "LED台灯",
)  # fmt: skip
PRICES_FEN = (1990, 2900, 3900, 4990, 5900, 6900, 7900, 8800, 9900, 10900)


@dataclass(frozen=True)
class Article:
    """One SKU: what it is called, what it costs, and how many lie where."""

    sku: str
    name: str
    price_fen: int
    on_hand: tuple[tuple[str, int], ...]


def usual_catalogue(ample: int) -> tuple[Article, ...]:
    """Forty SKUs: most in both warehouses, some in one only, two nowhere yet, one expensive."""
    return tuple(_article(place, ample) for place in range(1, 41))


def _article(place: int, ample: int) -> Article:
    sku = f"SKU-{8800 + place}"
    name, price = f"{NAMES[place % len(NAMES)]} {place}号", PRICES_FEN[place % len(PRICES_FEN)]
    if sku in EVERYWHERE:
        return Article(sku, name, price, ((HANGZHOU, ample), (GUANGZHOU, ample)))
    if sku in ONLY_HANGZHOU:
        return Article(sku, name, price, ((HANGZHOU, ample), (GUANGZHOU, 0)))
    if sku in ONLY_GUANGZHOU:
        return Article(sku, name, price, ((HANGZHOU, 0), (GUANGZHOU, ample)))
    if sku == EXPENSIVE:
        return Article(sku, "降噪头戴耳机 旗舰版", 128_800, ((HANGZHOU, ample), (GUANGZHOU, ample)))
    return Article(sku, name, price, ((HANGZHOU, 0), (GUANGZHOU, 0)))


EVERYWHERE = tuple(f"SKU-{n}" for n in range(8801, 8831))
ONLY_HANGZHOU = ("SKU-8831", "SKU-8832", "SKU-8833", "SKU-8834")
ONLY_GUANGZHOU = ("SKU-8835", "SKU-8836", "SKU-8837")
SOLD_OUT = ("SKU-8838", "SKU-8839")
EXPENSIVE = "SKU-8840"
