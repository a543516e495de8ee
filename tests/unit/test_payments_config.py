"""A gateway of the shops file is opened as it stands there, or refused by shop, gateway and key."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from oms.http import Http
from oms.payments import open_gateways
from oms.running import ways_of
from oms.settings import WrongSetting, read_shops
from oms.stack.keys import key_pair
from tests.unit.gateway_words import OPTIONS, secrets_of

SHORT_KEY = (
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu"
    "KUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ=="
)


def an_entry(kind: str, /, **changes: Any) -> dict[str, Any]:
    """An entry under `gateways:`; the secrets' variables are named like the secrets."""
    secrets = {name: f"T_{kind}_{name}".upper() for name in secrets_of(kind)}
    return {"kind": kind, "secrets": secrets, "options": dict(OPTIONS[kind])} | changes


def read(folder: Path, gateways: Any, **environ: str) -> Any:
    """Read a shops file with these gateways."""
    known = {
        f"T_{kind}_{name}".upper(): value for kind in OPTIONS for name, value in secrets_of(kind).items()
    }
    shop = {"channel": "woocommerce", "shop": "main", "url": "http://127.0.0.1", "gateways": gateways}
    path = folder / "shops.yaml"
    path.write_text(yaml.safe_dump({"shops": [shop]}), encoding="utf-8")
    return read_shops(path, {**known, **environ})


async def opened(folder: Path, gateways: Any, **environ: str) -> Any:
    """Read and open."""
    async with Http() as http:
        return open_gateways(read(folder, gateways, **environ), http)


async def test_both_kinds_are_opened(tmp_path: Path) -> None:
    """And the shop is known to have a second way to learn of payments."""
    entries = [an_entry("wechatpay"), an_entry("alipay")]

    (gateways,) = (await opened(tmp_path, entries)).values()

    assert set(gateways) == {"wechatpay", "alipay"}
    assert [ways.gateways for ways in ways_of(read(tmp_path, entries)).values()] == [("wechatpay", "alipay")]
    assert [ways.gateways for ways in ways_of(read(tmp_path, [])).values()] == [()]


async def test_keys_are_taken_as_people_paste_them(tmp_path: Path) -> None:
    """One line of base64, or PEM whose line breaks were escaped."""
    public = key_pair("alipay").public
    pem = f"-----BEGIN PUBLIC KEY-----\\n{public[:64]}\\n{public[64:]}\\n-----END PUBLIC KEY-----\\n"

    gateways = await opened(tmp_path, [an_entry("alipay")], T_ALIPAY_ALIPAY_KEY=pem)

    assert len(gateways) == 1


@pytest.mark.parametrize(
    ("gateways", "words"),
    [
        ("wechatpay", "expected a list of mappings"),
        (["wechatpay"], "gateways: expected a list of mappings"),
        ([{}], "gateway None: kind: Field required"),
        ([an_entry("alipay"), an_entry("alipay")], "gateways: a kind is listed twice"),
        ([an_entry("alipay", url="ftp://x")], "gateway 'alipay': url: "),
        ([an_entry("alipay", secret={})], "gateway 'alipay': secret: Extra inputs"),
        ([an_entry("alipay", secrets={"private_key": "T_OTHER"})], "takes its private_key from T_OTHER, which is not set"),
        ([an_entry("alipay", secrets={"private_key": "MIIhush"})], "takes its private_key from a text of 7 characters"),
        ([an_entry("alipay", secrets="MIIhush")], "gateway 'alipay': secrets: expected names of variables"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)  # fmt: skip
def test_a_wrong_entry_names_shop_gateway_and_key(tmp_path: Path, gateways: Any, words: str) -> None:
    """At the start, not at the first payment; a secret written there by mistake is not repeated."""
    with pytest.raises(WrongSetting) as refusal:
        read(tmp_path, gateways)

    assert "shop 'main'" in str(refusal.value)
    assert words in str(refusal.value)
    assert "hush" not in str(refusal.value)


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("wechatpay", {"secrets": {}}, "gateway wechatpay: api_v3_key: this secret is missing"),
        ("alipay", {"secrets": {}}, "gateway alipay: alipay_key: this secret is missing"),
        ("wechatpay", {"options": {}}, "platform_key: is a public key: its id"),
        ("wechatpay", {"options": {"platform_serial": "P"}}, "mchid: this option is missing"),
        ("alipay", {"options": {"app_id": "1"}}, "seller_id: this option is missing"),
        ("alipay", {"options": {"number_prefx": "1"}}, "number_prefx: there is no such option; known: app_id"),
        ("unionpay", {"kind": "unionpay"}, "no gateway of the kind 'unionpay'; known: wechatpay, alipay"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)  # fmt: skip
async def test_what_is_missing_is_named(
    tmp_path: Path, kind: str, change: dict[str, Any], words: str
) -> None:
    """By shop, kind and key."""
    entry = an_entry(kind if kind in OPTIONS else "alipay", **change)

    with pytest.raises(WrongSetting) as refusal:
        await opened(tmp_path, [entry])

    assert "shop woocommerce:main" in str(refusal.value)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("T_WECHATPAY_API_V3_KEY", "hush", "api_v3_key: has 4 characters instead of 32"),
        ("T_WECHATPAY_PRIVATE_KEY", "hush!", "private_key: is neither PEM nor base64"),
        ("T_WECHATPAY_PRIVATE_KEY", "PUBLIC", "private_key: is no private key"),
        ("T_WECHATPAY_PLATFORM_KEY", "PRIVATE", "platform_key: is no public key and no certificate"),
        ("T_WECHATPAY_PLATFORM_KEY", "-----BEGIN CERTIFICATE-----\naHVzaA==\n-----END CERTIFICATE-----", "no certificate"),
        ("T_ALIPAY_ALIPAY_KEY", SHORT_KEY, "alipay_key: is no RSA key of 2048 bits or more"),
    ],
    ids=lambda value: value if " " in value and "-----" not in value else value[:3],
)  # fmt: skip
async def test_a_key_that_is_none_is_named_and_not_shown(
    tmp_path: Path, variable: str, value: str, words: str
) -> None:
    """Its shape at most."""
    pair = key_pair("merchant")
    value = {"PUBLIC": pair.public, "PRIVATE": pair.private}.get(value, value)

    with pytest.raises(WrongSetting) as refusal:
        await opened(tmp_path, [an_entry("wechatpay"), an_entry("alipay")], **{variable: value})

    assert words in str(refusal.value)
    assert value not in str(refusal.value)


def test_settings_do_not_show_a_gateways_secrets(tmp_path: Path) -> None:
    """Whoever prints them."""
    shops = read(tmp_path, [an_entry("wechatpay")])

    assert key_pair("merchant").private[:30] not in repr(shops)
