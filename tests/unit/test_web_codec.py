"""The codec endpoint decodes for the Temporal UI of people who may see payloads, and for nobody else; and the headers of all."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from temporalio.api.common.v1 import Payload

from oms.domain.roles import Role
from oms.temporal.codec import EncryptionCodec
from oms.web.people.entrance import Entrance
from tests.unit.intake_world import a_store
from tests.unit.web_world import WebWorld

UI = {"origin": "http://127.0.0.1:8233"}
CODEC = EncryptionCodec([("k1", bytes(range(32)))])
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"order": "' + b"1001" * 50 + b'"}')


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    world = WebWorld(a_store(tmp_path, sqlite_template), role=Role.SUPERVISOR, codec=CODEC)
    yield world
    world.store.close()


def as_json(payload: Payload) -> dict[str, Any]:
    """A payload as protobuf's JSON has it, and with it the Temporal UI."""
    metadata = {name: b64encode(value).decode() for name, value in payload.metadata.items()}
    return {"metadata": metadata, "data": b64encode(payload.data).decode()}


async def asked(world: WebWorld, *payloads: Payload, headers: dict[str, str] | None = None) -> Response:
    body = {"payloads": [as_json(payload) for payload in payloads]}
    return await world.call("POST", "/codec/decode", json=body, headers=UI if headers is None else headers)


async def sealed(codec: EncryptionCodec = CODEC) -> Payload:
    """One payload as the Temporal server keeps it."""
    return (await codec.encode([PLAIN]))[0]


async def test_a_supervisor_s_ui_reads_what_is_encrypted(world: WebWorld) -> None:
    """In order, with what was plain passed through; readable for the UI's origin with the person's cookie."""
    reply = await asked(world, await sealed(), PLAIN)

    assert reply.json() == {"payloads": [as_json(PLAIN), as_json(PLAIN)]}
    assert reply.headers["access-control-allow-origin"] == UI["origin"]
    assert reply.headers["access-control-allow-credentials"] == "true"
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 401), (Role.VIEWER, 403), (Role.SERVICE, 403), (Role.PURCHASING, 403), (Role.SUPERVISOR, 200), (Role.ADMIN, 200)],
)  # fmt: skip
async def test_nobody_else_reads_it(world: WebWorld, role: Role | None, status: int) -> None:
    """Told in JSON, for the UI is a program."""
    reply = await asked(world.as_(role), await sealed())

    assert reply.status_code == status
    assert ("payloads" in reply.json()) is (status == 200)


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:8234", "https://127.0.0.1:8233", "https://evil.example", "null"]
)
async def test_a_page_at_another_address_reads_nothing(world: WebWorld, origin: str) -> None:
    """Neither asks first nor gets an answer, although the browser sends the cookie along."""
    first = await world.call("OPTIONS", "/codec/decode", headers={"origin": origin})
    reply = await asked(world, await sealed(), headers={"origin": origin})

    assert "access-control-allow-origin" not in first.headers
    assert reply.status_code == 403
    assert "access-control-allow-origin" not in reply.headers


async def test_the_ui_may_ask(world: WebWorld) -> None:
    """With the headers that it sends."""
    first = await world.as_(None).call("OPTIONS", "/codec/decode", headers=UI)

    assert first.status_code == 204
    assert first.headers["access-control-allow-origin"] == UI["origin"]
    assert "x-namespace" in first.headers["access-control-allow-headers"]


async def test_what_cannot_be_decoded_is_named_and_not_shown(world: WebWorld) -> None:
    """A key that we do not have, a changed payload, no payloads at all, no JSON."""
    foreign = await sealed(EncryptionCodec([("k9", bytes(32))]))
    changed = await sealed()
    changed.data = changed.data[:-1] + bytes([changed.data[-1] ^ 1])
    headers = {**UI, "content-type": "text/plain"}

    answers = [await asked(world, foreign), await asked(world, changed)]
    broken = [
        await world.call(
            "POST", "/codec/decode", content=body, headers={**UI, "content-type": "application/json"}
        )
        for body in (b"[", b"\xff", b'{"payloads": 1}')
    ]
    plain = await world.call("POST", "/codec/decode", content=json.dumps({}), headers=headers)

    assert "k9" in answers[0].json()["error"]
    assert [reply.status_code for reply in (*answers, *broken)] == [400] * 5
    assert plain.status_code == 415


async def test_without_keys_there_is_nothing_to_decode(world: WebWorld) -> None:
    """Payloads come back as they are."""
    world.codec = None

    reply = await asked(world, PLAIN)

    assert reply.json() == {"payloads": [as_json(PLAIN)]}


@pytest.mark.parametrize(
    "path", ["/desk/me", "/sign-in", "/health", "/static/desk.css", "/nothing", "/api/orders"]
)
async def test_every_answer_is_armed(world: WebWorld, path: str) -> None:
    """No frame, no guessing of types, no script from elsewhere; and none written into a page."""
    reply = await world.get(path)

    headers: dict[str, Any] = dict(reply.headers)
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["content-security-policy"]
    assert "strict-transport-security" not in headers


async def test_by_https_browsers_come_back_by_https(world: WebWorld) -> None:
    """For a year."""
    world.entrance = Entrance(address="https://desk.example.com")

    assert (await world.get("/health")).headers["strict-transport-security"] == "max-age=31536000"


async def test_style_and_script_are_kept_by_browsers_under_their_version(world: WebWorld) -> None:
    """And nothing but the folder's own files is handed out."""
    page = (await world.get("/desk/me")).text
    address = page.partition('stylesheet" href="')[2].partition('"')[0]

    versioned, plain = await world.get(address), await world.get("/static/desk.css")
    outside = await world.get("/static/..%2fapp.py")

    assert "immutable" in versioned.headers["cache-control"]
    assert plain.headers["cache-control"] == "no-cache"
    assert outside.status_code == 404
