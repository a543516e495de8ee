"""What a reader gets: their language, the moments of their zone, colours that can be read, by day and by night."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from oms.domain.roles import Role
from oms.web.rendering import FOLDER, environment, spoken
from tests.unit.intake_world import a_store
from tests.unit.web_world import WebWorld

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
CHINESE, ENGLISH = "登录", "Sign in"


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    world = WebWorld(a_store(tmp_path, sqlite_template))
    yield world
    world.store.close()


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ({}, CHINESE),
        ({"accept-language": "de, en;q=0.8"}, ENGLISH),
        ({"accept-language": "en;q=0.1, zh-TW"}, CHINESE),
        ({"accept-language": "en", "cookie": "lang=zh_CN"}, CHINESE),
        ({"accept-language": "en", "cookie": "lang=<script>"}, ENGLISH),
    ],
)
async def test_the_sign_in_speaks_the_reader_s_language(
    world: WebWorld, headers: dict[str, str], shown: str
) -> None:
    """As chosen, else as the browser asks, else Chinese."""
    page = await world.as_(None).get("/sign-in", headers=headers)

    assert f"<title>{shown} · Orderloom</title>" in page.text
    assert "<script" not in page.text


async def test_the_language_is_chosen_by_a_link_before_signing_in(world: WebWorld) -> None:
    """And kept; a language that there is not changes nothing."""
    chosen = await world.as_(None).get("/sign-in?lang=en&next=/desk/orders")
    unknown = await world.as_(None).get("/sign-in?lang=fr")

    assert chosen.headers["location"].endswith("/sign-in?next=%2Fdesk%2Forders")
    assert "lang=en" in chosen.headers["set-cookie"]
    assert unknown.status_code == 200


async def test_what_a_person_chose_holds_in_every_browser(world: WebWorld) -> None:
    """Language and zone are the person's, not the browser's."""
    await world.post("/desk/me/language", {"language": "zh_CN", "next": "/desk/me"})
    await world.post("/desk/me/zone", {"zone": "America/New_York"})
    world.store.acts.note(NOON, "admin", "test")

    page = await world.get("/desk/people", headers={"accept-language": "en"})
    wrong = await world.post("/desk/me/zone", {"zone": "Mars/Base"})

    assert "<h1>人员</h1>" in page.text
    assert '<html lang="zh-CN">' in page.text
    assert "2026-11-22 23:00" in page.text
    assert wrong.status_code == 422
    assert 'name="next" value="/desk"' in wrong.text


async def test_what_is_shown_by_its_variable_is_escaped(world: WebWorld) -> None:
    """Translated where the catalogues know it, and text in any case, also with a per cent sign."""
    render = environment("zh_CN").from_string("{{ text|t }}").render

    assert render(text="Orders") == "订单"
    assert render(text="<b>100% %(x)s</b>") == "&lt;b&gt;100% %(x)s&lt;/b&gt;"
    assert spoken("", "zh_CN") == ""
    admin = await world.as_(Role.ADMIN).get("/desk/me")
    assert "unsafe" not in admin.headers["content-security-policy"]


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 has it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("night", [False, True])
def test_every_colour_of_a_text_can_be_read(night: object) -> None:
    """4.5 : 1 for texts, 3 : 1 for the edges of fields and the ring of what has the focus."""
    first, second = re.findall(r":root \{(.*?)\n *\}", (FOLDER / "static/desk.css").read_text(), re.DOTALL)[
        :2
    ]
    shown = {**tokens(first), **(tokens(second) if night else {})}
    texts = [
        (text, ground)
        for text in ("ink", "quiet", "link", "good", "warn", "bad")
        for ground in ("page", "card", "soft")
    ]
    texts += [(name, f"{name}-soft") for name in ("good", "warn", "bad")] + [("on-accent", "accent")]
    texts += [("ink", f"{name}-soft") for name in ("good", "warn", "bad")]
    edges = [(edge, ground) for edge in ("edge", "focus") for ground in ("page", "card")]

    pale = {pair: round(contrast(shown[pair[0]], shown[pair[1]]), 2) for pair in texts}
    thin = {pair: round(contrast(shown[pair[0]], shown[pair[1]]), 2) for pair in edges}

    assert {pair: ratio for pair, ratio in pale.items() if ratio < 4.5} == {}
    assert {pair: ratio for pair, ratio in thin.items() if ratio < 3} == {}
