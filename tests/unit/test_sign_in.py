"""The door of the desk: signing in and out, guessing, sessions, forms of somebody else."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import Request
from httpx import Response

from oms.domain.roles import Role
from oms.passwords import hashed, is_outdated, matches, objection
from oms.store.people import Account
from oms.web.people.entrance import Entrance
from oms.web.people.refusing import within
from tests.unit.intake_world import a_store
from tests.unit.web_world import WebWorld

PASSWORD = "correct horse battery"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def kept() -> str:
    """The hash of the password, made once."""
    return hashed(PASSWORD)


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path, kept: str) -> Iterator[WebWorld]:
    """Nobody is signed in; li may sign in with a password, and reads English."""
    world = WebWorld(a_store(tmp_path, sqlite_template), role=None)
    world.store.people.add(
        Account(name="li", role=Role.SERVICE, password=kept, language="en", created_at=world.clock(), created_by="x")
    )  # fmt: skip
    yield world
    world.store.close()


async def try_to_enter(
    world: WebWorld, name: str = "li", password: str = PASSWORD, *, back: str = "/desk", **headers: str
) -> Response:
    form = {"name": name, "password": password, "next": back}
    return await world.call("POST", "/sign-in", data=form, headers=headers)


def cookie(reply: Response) -> dict[str, str]:
    """What the browser sends from now on."""
    return {"cookie": reply.headers["set-cookie"].partition(";")[0]}


async def test_whoever_knows_the_password_comes_in_and_goes_out_again(world: WebWorld) -> None:
    """To the page that was asked for; afterwards the token opens nothing."""
    asked = await world.get("/desk/me?x=1")
    entered = await try_to_enter(world, back="/desk/me?x=1")
    inside = await world.get("/desk/me", headers=cookie(entered))
    csrf = inside_csrf(await world.get("/desk/me", headers=cookie(entered)))
    left = await world.call("POST", "/sign-out", data={"csrf": csrf}, headers=cookie(entered))
    after = await world.get("/desk/me", headers=cookie(entered))

    assert asked.headers["location"] == f"/sign-in?next={quote('/desk/me?x=1', safe='')}"
    assert (entered.status_code, entered.headers["location"]) == (303, "/desk/me?x=1")
    assert inside.status_code == 200
    assert (left.headers["location"], after.status_code) == ("/sign-in", 303)
    assert [act.what for act in world.store.acts.newest()] == ["sign_out", "sign_in"]


def inside_csrf(page: Response) -> str:
    return page.text.partition('name="csrf" value="')[2].partition('"')[0]


async def test_the_cookie_is_kept_from_scripts_and_other_sites(world: WebWorld) -> None:
    """And, where people come by HTTPS, from plain HTTP and from other hosts."""
    plain = (await try_to_enter(world)).headers["set-cookie"]
    world.entrance = Entrance(address="https://desk.example.com")
    sealed = (await try_to_enter(world)).headers["set-cookie"]

    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"):
        assert part in plain
        assert part in sealed
    assert sealed.startswith("__Host-desk=")
    assert "Secure" in sealed


@pytest.mark.parametrize(
    ("name", "password"), [("li", "wrong"), ("nobody", PASSWORD), ("li", ""), ("shut", PASSWORD)]
)
async def test_nobody_learns_which_was_wrong(world: WebWorld, kept: str, name: str, password: str) -> None:
    """The same words for a wrong password, an unknown name and a disabled account."""
    shut = Account(name="shut", role=Role.ADMIN, password=kept, created_at=world.clock(), created_by="x")
    world.store.people.add(shut)
    world.store.people.disable("shut", world.clock())

    reply = await try_to_enter(world, name, password or "x", **{"accept-language": "en"})

    assert reply.status_code == 401
    assert "Name or password is wrong." in reply.text
    assert "set-cookie" not in reply.headers


async def test_what_was_typed_as_an_unknown_name_is_noted_nowhere(world: WebWorld) -> None:
    """It may be a password in the wrong field; a failed try of a known name is noted."""
    await try_to_enter(world, "my secret password 1", "li")
    await try_to_enter(world, "li", "wrong")

    assert [(act.who, act.what) for act in world.store.acts.newest()] == [("li", "sign_in.failed")]


async def test_guessing_is_slowed_down(world: WebWorld) -> None:
    """After five tries the right password helps no more; another address may, and a quarter of an hour does."""
    for _ in range(5):
        await try_to_enter(world, "li", "wrong")

    slowed = await try_to_enter(world)
    world.entrance = Entrance(proxies=1)
    elsewhere = await try_to_enter(world, **{"x-forwarded-for": "6.6.6.6, 203.0.113.9"})
    world.entrance = Entrance()
    world.clock.now += HOUR / 4
    later = await try_to_enter(world)

    assert [reply.status_code for reply in (slowed, elsewhere, later)] == [429, 303, 303]


async def test_an_address_cannot_try_many_names(world: WebWorld) -> None:
    """Sixty within a quarter of an hour, whatever the names; X-Forwarded-For of a caller without a proxy counts nothing."""
    for n in range(60):
        world.store.attempts.tried("sign-in of an address|127.0.0.1", world.clock(), HOUR / 4)
        assert n < 60

    reply = await try_to_enter(world, **{"x-forwarded-for": "203.0.113.9"})

    assert reply.status_code == 429


async def test_a_form_of_another_site_signs_nobody_in(world: WebWorld) -> None:
    """Nor does one from a page without an origin."""
    replies = [
        await try_to_enter(world, **headers)
        for headers in (
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site"},
            {"origin": "http://orderloom.test", "sec-fetch-site": "same-origin"},
        )
    ]

    assert [reply.status_code for reply in replies] == [403, 403, 403, 303]


async def test_a_session_ends_by_itself(world: WebWorld) -> None:
    """After an hour without a click; a page that refreshes itself is led to the sign-in, and keeps nothing alive."""
    entered = await try_to_enter(world)
    world.clock.now += HOUR / 2
    refreshed = await world.get("/desk/me", headers={**cookie(entered), "hx-request": "true"})
    world.clock.now += HOUR / 2
    over = await world.get("/desk/me", headers=cookie(entered))
    headers = {
        **cookie(entered),
        "hx-request": "true",
        "hx-current-url": "http://orderloom.test/desk/orders?q=1",
    }
    polled = await world.get("/desk/me", headers=headers)
    tool = await world.get("/api/orders", headers=cookie(entered))

    assert (refreshed.status_code, over.status_code) == (200, 303)
    assert (polled.status_code, polled.headers["hx-redirect"]) == (
        401,
        "/sign-in?next=%2Fdesk%2Forders%3Fq%3D1",
    )
    assert (tool.status_code, tool.json()) == (401, {"error": "sign in first"})


async def test_signing_in_again_ends_the_session_before(world: WebWorld) -> None:
    """A token that was in the browser before signing in is worth nothing afterwards."""
    first = await try_to_enter(world)

    second = await try_to_enter(world, **cookie(first))

    assert (await world.get("/desk/me", headers=cookie(first))).status_code == 303
    assert (await world.get("/desk/me", headers=cookie(second))).status_code == 200


@pytest.mark.parametrize(
    "form",
    [{}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "é"}],
)
async def test_a_form_without_our_token_does_nothing(world: WebWorld, form: dict[str, str]) -> None:
    """403 in words, and the language is what it was."""
    admin = world.as_(Role.ADMIN)

    reply = await admin.call("POST", "/desk/me/language", data={"language": "zh_CN", **form})

    assert reply.status_code == 403
    assert "Nothing was done" in reply.text
    account = world.store.people.get("admin")
    assert account is not None
    assert account.language == "en"


async def test_a_token_of_one_person_is_no_token_of_another(world: WebWorld) -> None:
    """Nor is ours worth anything on a form that another site sends."""
    admin, viewer = world.as_(Role.ADMIN), world.as_(Role.VIEWER)
    theirs = inside_csrf(await viewer.get("/desk/me"))

    crossed = await admin.call("POST", "/desk/me/language", data={"language": "zh_CN", "csrf": theirs})
    foreign = await admin.post(
        "/desk/me/language", {"language": "zh_CN"}, headers={"origin": "https://evil.example"}
    )
    honest = await admin.post("/desk/me/language", {"language": "zh_CN"})

    assert [reply.status_code for reply in (crossed, foreign, honest)] == [403, 403, 303]


@pytest.mark.parametrize(
    ("proxies", "told", "caller"),
    [
        (0, ["6.6.6.6"], "127.0.0.1"),
        (1, ["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        (1, ["6.6.6.6", "203.0.113.9"], "203.0.113.9"),
        (2, ["6.6.6.6, 203.0.113.9, 10.0.0.1"], "203.0.113.9"),
        (2, ["203.0.113.9"], "127.0.0.1"),
        (1, [], "127.0.0.1"),
    ],
)
def test_a_caller_cannot_choose_its_address(proxies: int, told: list[str], caller: str) -> None:
    """Only what our own proxies have added counts, however many headers the caller sends."""
    headers = [(b"x-forwarded-for", each.encode()) for each in told]
    request = Request({"type": "http", "headers": headers, "client": ("127.0.0.1", 5000)})

    assert Entrance(proxies=proxies).caller(request) == caller


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/desk/orders?q=a%20b", "/desk/orders?q=a%20b"),
        ("//evil.example/x", "/desk"),
        ("https://evil.example", "/desk"),
        ("/\\evil.example", "/desk"),
        ("/\t/evil.example", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("http://[", "/desk"),
        ("desk", "/desk"),
        ("", "/desk"),
    ],
)
def test_nobody_is_led_out_of_the_house(wanted: str, led_to: str) -> None:
    """Whatever stands behind `next`."""
    assert within(wanted) == led_to


async def test_one_s_own_password_is_changed_with_the_present_one(world: WebWorld) -> None:
    """Other browsers are signed out, this one is not; a simple one is refused."""
    here, there = await try_to_enter(world), await try_to_enter(world)
    csrf = inside_csrf(await world.get("/desk/me", headers=cookie(here)))

    async def change(present: str, new: str) -> int:
        form = {"csrf": csrf, "present": present, "new": new}
        return (await world.call("POST", "/desk/me/password", data=form, headers=cookie(here))).status_code

    answers = [
        await change("wrong", "twelve letters!"),
        await change(PASSWORD, "short"),
        await change(PASSWORD, "twelve letters!"),
    ]

    assert answers == [422, 422, 200]
    assert (await world.get("/desk/me", headers=cookie(here))).status_code == 200
    assert (await world.get("/desk/me", headers=cookie(there))).status_code == 303
    assert (await try_to_enter(world, password="twelve letters!")).status_code == 303


@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("a" * 12, False),
        ("abcdefghijk", False),
        ("abcdefghijkl", True),
        ("my name is Wang", False),
        ("好" * 3, False),
        ("x9" * 129, False),
    ],
)
def test_length_counts_and_the_name_does_not(password: str, fine: object) -> None:
    """At least twelve characters, not the same few, without the name, and no novel."""
    assert (not objection(password, "wang")) is fine


def test_a_hash_tells_its_password_and_its_age(kept: str) -> None:
    """An empty hash matches nothing, not even an empty password."""
    assert matches(kept, PASSWORD)
    assert not matches(kept, PASSWORD + " ")
    assert not matches("", "")
    assert not is_outdated(kept)
    assert is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$bmV2ZXIgbWluZA")
