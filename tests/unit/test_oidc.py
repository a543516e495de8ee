"""Signing in at an identity provider, against a real small one on loopback: whom it vouches for and we know comes in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from httpx import Response
from pydantic import SecretStr

from oms.domain.roles import Role
from oms.http import Http
from oms.store.people import Account
from oms.web.people.oidc import IdentityProvider
from tests.unit.identity_provider import CLIENT, SECRET, Provider, a_key, a_provider
from tests.unit.intake_world import a_store
from tests.unit.web_world import WebWorld


@pytest_asyncio.fixture
async def provider(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[tuple[WebWorld, Provider]]:
    """Nobody is signed in; li may come by way of the provider only."""
    world = WebWorld(a_store(tmp_path, sqlite_template), role=None)
    world.store.people.add(
        Account(name="li", role=Role.SERVICE, email="li@example.com", language="en", created_at=world.clock(), created_by="x")
    )  # fmt: skip
    async with a_provider(world.clock) as provider, Http() as http:
        world.identity = IdentityProvider(
            provider.issuer, (CLIENT, SecretStr(SECRET)), http, world.clock, "Example ID"
        )
        yield world, provider
    world.store.close()


World = tuple[WebWorld, Provider]


def cookies(reply: Response) -> dict[str, str]:
    """What the browser sends from now on."""
    kept = [
        each.partition(";")[0] for each in reply.headers.get_list("set-cookie") if "Max-Age=0" not in each
    ]
    return {"cookie": "; ".join(kept), "accept-language": "en"}


async def come_in(world: WebWorld, provider: Provider, back: str = "/desk/me") -> Response:
    """There, and back again."""
    there = await world.get(f"/sign-in/oidc?next={back}")
    return await world.get(provider.log_in(there.headers["location"]), headers=cookies(there))


async def test_whom_the_provider_vouches_for_comes_in(provider: World) -> None:
    """To the page that was asked for; the sign-in page names the provider; it is noted how."""
    world, theirs = provider
    page = await world.get("/sign-in", headers={"accept-language": "en"})

    entered = await come_in(world, theirs)
    inside = await world.get("/desk/me", headers=cookies(entered))

    assert "Sign in with Example ID" in page.text
    assert (entered.status_code, entered.headers["location"]) == (303, "/desk/me")
    assert "li" in inside.text
    assert [(act.who, act.what, act.why) for act in world.store.acts.newest()] == [("li", "sign_in", "oidc")]


async def test_afterwards_the_subject_counts_and_the_address_does_not(provider: World) -> None:
    """Li changes address and comes in; whoever gets li's old one over there does not."""
    world, theirs = provider
    await come_in(world, theirs)

    theirs.email = "another@example.com"
    again = await come_in(world, theirs)
    theirs.subject, theirs.email = "8", "li@example.com"
    other = await come_in(world, theirs)

    assert (again.status_code, other.status_code) == (303, 403)


@pytest.mark.parametrize(
    "claims",
    [{"email": "nobody@example.com"}, {"email_verified": False}, {"email": ""}, {"email_verified": None}],
)
async def test_whom_nobody_added_stays_outside(provider: World, claims: dict[str, object]) -> None:
    """Nor does an address that the provider has not checked open the door."""
    world, theirs = provider
    theirs.claims = claims

    reply = await come_in(world, theirs)

    assert reply.status_code == 403
    assert "Nobody at the desk has this account" in reply.text


async def test_who_is_disabled_stays_outside(provider: World) -> None:
    """Whatever the provider says."""
    world, theirs = provider
    await come_in(world, theirs)
    world.store.people.disable("li", world.clock())

    assert (await come_in(world, theirs)).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody else"},
        {"aud": ["desk", "other"], "azp": "other"},
        {"exp": 1_700_000_000},
        {"nonce": "another"},
        {"sub": None},
    ],
)
async def test_a_token_that_does_not_hold_proves_nothing(provider: World, claims: dict[str, object]) -> None:
    """Another issuer, another client, too old, of another sign-in, of nobody."""
    world, theirs = provider
    theirs.claims = claims

    reply = await come_in(world, theirs)

    assert reply.status_code == 401
    assert "did not work" in reply.text


async def test_a_key_that_is_not_the_provider_s_proves_nothing(provider: World) -> None:
    """But the provider may change its own at any time."""
    world, theirs = provider
    await come_in(world, theirs)

    theirs.key = a_key("k2")
    changed = await come_in(world, theirs)
    theirs.signs_with = a_key("k2")
    forged = await come_in(world, theirs)

    assert (changed.status_code, forged.status_code) == (303, 401)


@pytest.mark.parametrize("change", ["state", "code", "cookie", "twice"])
async def test_an_answer_of_another_sign_in_is_none(provider: World, change: str) -> None:
    """Without the state, the code or the cookie of this very one; and a code works once."""
    world, theirs = provider
    there = await world.get("/sign-in/oidc")
    address = theirs.log_in(there.headers["location"])
    headers = cookies(there)

    if change == "twice":
        await world.get(address, headers=headers)
    changed = {"state": address + "x", "code": address.replace("code=", "code=x")}.get(change, address)
    reply = await world.get(changed, headers={} if change == "cookie" else headers)

    assert reply.status_code in {400, 401}
    assert not any("desk=" in each for each in reply.headers.get_list("set-cookie"))


async def test_a_provider_that_is_away_is_told(provider: World) -> None:
    """On the way there and on the way back; passwords still work."""
    world, theirs = provider
    there = await world.get("/sign-in/oidc")
    address = theirs.log_in(there.headers["location"])

    theirs.away = True
    back = await world.get(address, headers=cookies(there))
    world.clock.now += timedelta(hours=2)
    again = await world.get("/sign-in/oidc", headers={"accept-language": "en"})

    assert (back.status_code, again.status_code) == (503, 503)
    assert "does not answer" in again.text


@pytest.mark.parametrize("described", [{"issuer": "https://evil.example"}, {"token_endpoint": None}])
async def test_a_provider_that_is_another_is_not_trusted(
    provider: World, described: dict[str, object]
) -> None:
    """It names another issuer, or leaves out where to ask."""
    world, theirs = provider
    theirs.described = described

    assert (await world.get("/sign-in/oidc")).status_code == 503


async def test_without_a_provider_there_is_no_such_way_in(provider: World) -> None:
    """No button, no address."""
    world, _ = provider
    world.identity = None

    assert "oidc" not in (await world.get("/sign-in")).text
    assert (await world.get("/sign-in/oidc")).status_code == 404
    assert (await world.get("/sign-in/oidc/back?code=x&state=y")).status_code == 400
