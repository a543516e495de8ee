"""A wrong setting stops the start: its name, the shape of its value, what was expected; never a secret."""

import base64
from pathlib import Path

import pytest

from oms.domain.ids import ShopKey
from oms.settings import Settings, WrongSetting

KEY = base64.b64encode(b"k" * 32).decode()
SHOPS = """
shops:
  - channel: woocommerce
    shop: main
    url: https://shop.example.com
    secrets: {key: OMS_WOO_KEY}
"""
REQUIRED = {
    "OMS_DATA_KEYS": f"2026:{KEY}",
    "OMS_DIGEST_KEY": "d" * 32,
    "OMS_QIMEN_URL": "http://127.0.0.1:1",
    "OMS_QIMEN_APP_KEY": "app",
    "OMS_QIMEN_SECRET": "hush-qimen",
    "OMS_QIMEN_CUSTOMER_ID": "c1",
    "OMS_KUAIDI100_POLL_URL": "http://127.0.0.1:2",
    "OMS_KUAIDI100_LABEL_URL": "http://127.0.0.1:3",
    "OMS_KUAIDI100_CUSTOMER": "k1",
    "OMS_KUAIDI100_KEY": "hush-key",
    "OMS_KUAIDI100_SECRET": "hush-secret",
    "OMS_KUAIDI100_SALT": "hush-salt",
}


@pytest.fixture(name="environ")
def a_right_environment(tmp_path: Path) -> dict[str, str]:
    """Everything that must be set, rightly."""
    path = tmp_path / "shops.yaml"
    path.write_text(SHOPS, encoding="utf-8")
    return {**REQUIRED, "OMS_SHOPS_FILE": str(path), "OMS_WOO_KEY": "hush-woo"}


def refusal_of(environ: dict[str, str]) -> str:
    """What the start says before it stops."""
    with pytest.raises(WrongSetting) as refusal:
        Settings.from_environ(environ)
    return str(refusal.value)


def test_right_settings_are_read_once(environ: dict[str, str]) -> None:
    """Keys are 32 bytes, lists are split, what is empty or not ours counts as not set."""
    settings = Settings.from_environ(
        {**environ, "OMS_NOTICE_URLS": "dingtalk://a  mailto://b", "OMS_PACE": "", "PATH": "/bin"}
    )

    assert [key.raw for key in settings.data_keys] == [b"k" * 32]
    assert [url.get_secret_value() for url in settings.notice_urls] == ["dingtalk://a", "mailto://b"]
    assert settings.pace == 1
    assert len(settings.digest_bytes) == 32
    assert (
        settings.shop(ShopKey(channel="woocommerce", shop="main")).secrets["key"].get_secret_value()
        == "hush-woo"
    )


def test_settings_do_not_show_their_secrets(environ: dict[str, str]) -> None:
    """Whoever prints them."""
    settings = Settings.from_environ(environ)

    assert not [word for word in ("hush", KEY, "dddd") if word in f"{settings!r} {settings}"]


@pytest.mark.parametrize("name", list(REQUIRED))
def test_what_is_missing_is_named(environ: dict[str, str], name: str) -> None:
    """Not set, or set to nothing: the same."""
    missing = refusal_of({key: value for key, value in environ.items() if key != name})
    empty = refusal_of({**environ, name: ""})

    assert missing == empty
    assert missing.startswith(f"{name} is missing")
    assert "required" in missing


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("OMS_DATABASE_URL", "mysql://hush@db/oms", "sqlite|postgresql"),
        ("OMS_DATA_KEYS", "hush", "keyid:base64 of 32 bytes"),
        ("OMS_DATA_KEYS", "2026:hush", "keyid:base64 of 32 bytes"),
        ("OMS_DATA_KEYS", f":{KEY}", "keyid:base64 of 32 bytes"),
        ("OMS_DATA_KEYS", "2026:aHVzaA==", "got 4 bytes"),
        ("OMS_DATA_KEYS", f"a:{KEY},a:{KEY}", "given twice"),
        ("OMS_DATA_KEYS", " , ", "at least 1"),
        ("OMS_DIGEST_KEY", "hush", "at least 16"),
        ("OMS_PAYLOAD_KEYS", "2026:hush", "keyid:base64 of 32 bytes"),
        ("OMS_PACE", "fast", "integer"),
        ("OMS_PACE", "0", "greater than or equal to 1"),
        ("OMS_PUBLIC_URL", "shop.example.com", "https?"),
        ("OMS_TEMPORAL_UI_URL", "ftp://ui", "https?"),
        ("OMS_LOG_FORMAT", "xml", "json|text"),
        ("OMS_LOG_LEVEL", "LOUD", "DEBUG|INFO"),
        ("OMS_WEB_PORT", "70000", "65535"),
        ("OMS_HEALTH_PORT", "-1", "greater than or equal to 0"),
        ("OMS_METRICS_PORT", "x", "integer"),
        ("OMS_CACHED_WORKFLOWS", "-1", "greater than or equal to 0"),
        ("OMS_GRACE_SECONDS", "0", "greater than or equal to 1"),
        ("OMS_POLL_EVERY_SECONDS", "0", "greater than or equal to 1"),
        ("OMS_QIMEN_URL", "wms", "https?"),
        ("OMS_KUAIDI100_POLL_URL", "kuaidi", "https?"),
        ("OMS_KUAIDI100_LABEL_URL", "kuaidi", "https?"),
        ("OMS_KUAIDI100_PARTNERS", "hush", "carrier=account:key"),
        ("OMS_KUAIDI100_PARTNERS", "=hush:key", "carrier=account:key"),
        ("OMS_KUAIDI100_PARTNERS", "sf=:hush", "carrier=account:key"),
    ],
)
def test_a_wrong_value_is_named_with_its_shape(
    environ: dict[str, str], name: str, value: str, expected: str
) -> None:
    """The value itself is not shown: it may be a secret in the wrong place."""
    said = refusal_of({**environ, name: value})

    assert said.startswith(f"{name} is a text of {len(value)} characters: ")
    assert expected in said
    assert "hush" not in said
    assert KEY not in said


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        (SHOPS, "shops: [", "not YAML, line"),
        (SHOPS, "hush: [hush", "not YAML, line"),
        (SHOPS, "", "expected a list under `shops:`"),
        (SHOPS, "- a", "expected a list under `shops:`"),
        (SHOPS, "shops: []", "expected a list under `shops:`"),
        (SHOPS, "shops: [a]", "shop 1 is not a mapping"),
        ("shop: main", "shop: 'a b'", "'a b': shop: "),
        ("shop: main", "", "shop: Field required"),
        ("url: https:", "url: ftp:", "'main': url: "),
        ("shop: main", "shop: main\n    api_verson: v3", "api_verson: Extra inputs"),
        ("{key: OMS_WOO_KEY}", "{key: OMS_WOO_OTHER}", "takes its key from OMS_WOO_OTHER, which is not set"),
        ("{key: OMS_WOO_KEY}", "{key: ck_hush}", "takes its key from a text of 7 characters"),
        ("{key: OMS_WOO_KEY}", "", "secrets: expected names of variables"),
        ("{key: OMS_WOO_KEY}", "hush", "secrets: expected names of variables"),
        (SHOPS, SHOPS + SHOPS.partition("shops:")[2], "listed twice"),
    ],
)  # fmt: skip
def test_a_wrong_shops_file_names_the_shop_and_the_place(
    environ: dict[str, str], was: str, now: str, words: str
) -> None:
    """A secret is the name of a variable; one written there by mistake is not repeated in the log."""
    path = Path(environ["OMS_SHOPS_FILE"])
    assert was in SHOPS
    path.write_text(SHOPS.replace(was, now), encoding="utf-8")

    said = refusal_of(environ)

    assert "shops.yaml" in said
    assert words in said
    assert "hush" not in said


@pytest.mark.parametrize("broken", ["gone", "a folder", "not UTF-8"])
def test_a_shops_file_that_cannot_be_read_stops_the_start(environ: dict[str, str], broken: str) -> None:
    """The variable that names it is named."""
    path = Path(environ["OMS_SHOPS_FILE"])
    path.write_bytes(b"\xff\xfe")
    if broken != "not UTF-8":
        path.unlink()
    if broken == "a folder":
        path.mkdir()

    assert refusal_of(environ).startswith("OMS_SHOPS_FILE names shops.yaml, which ")


def test_a_shop_nobody_configured_is_refused_with_the_known_ones(environ: dict[str, str]) -> None:
    """As an operator's typing error."""
    settings = Settings.from_environ(environ)

    with pytest.raises(WrongSetting, match=r"no shop woocommerce:mian .* known: woocommerce:main"):
        settings.shop(ShopKey(channel="woocommerce", shop="mian"))
