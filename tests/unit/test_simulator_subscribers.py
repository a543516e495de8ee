"""The simulated subscribers: they check signatures by themselves, remember, and answer as they are in the mood."""

import json
from datetime import datetime
from typing import Any

import pytest
from httpx import Response
from standardwebhooks import Webhook

from tests.unit.broadcast_events import KEY, OTHER_KEY
from tests.unit.simulator_world import NOON, Laboratory, a_laboratory

SUBSCRIBERS = [{"name": "erp", "secret": KEY}]


def an_event(seq: int, subject: str = "woo:main:1") -> dict[str, Any]:
    """What travels."""
    return {"id": f"{subject}#{seq}", "type": "com.orderloom.order.shipped.v1", "subject": subject,
            "sequence": f"{seq:019d}"}  # fmt: skip


async def tell(
    laboratory: Laboratory, event: dict[str, Any], *, key: str = KEY, at: datetime | None = None
) -> Response:
    """Call as somebody who uses Standard Webhooks' own library."""
    body, moment = json.dumps(event), at or laboratory.time
    headers = {
        "webhook-id": event["id"],
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(key).sign(event["id"], moment, body),
    }
    return await laboratory.http.post("/subscribers/erp", content=body, headers=headers)


async def counts(laboratory: Laboratory) -> dict[str, Any]:
    """What the control API says of it."""
    found: dict[str, Any] = (await laboratory.http.get("/control/subscribers")).json()["erp"]
    return found


async def test_what_standard_webhooks_signs_is_taken() -> None:
    """Checked by code of its own."""
    async with a_laboratory(subscribers=SUBSCRIBERS) as laboratory:
        answer = await tell(laboratory, an_event(1))

        heard = (await laboratory.http.get("/control/subscribers/erp/heard")).json()
    assert answer.status_code == 204
    assert [one["id"] for one in heard] == ["woo:main:1#1"]


@pytest.mark.parametrize(("key", "seconds"), [(OTHER_KEY, 0), (KEY, 301), (KEY, -301)])
async def test_a_wrong_or_an_old_signature_is_refused(key: str, seconds: int) -> None:
    """401, counted, and not remembered."""
    async with a_laboratory(subscribers=SUBSCRIBERS) as laboratory:
        signed_at = NOON.fromtimestamp(NOON.timestamp() + seconds, tz=NOON.tzinfo)
        answer = await tell(laboratory, an_event(1), key=key, at=signed_at)

        found = await counts(laboratory)
    assert answer.status_code == 401
    assert (found["forged"], found["received"]) == (1, 0)


async def test_what_comes_again_and_what_comes_late_is_counted() -> None:
    """Late is only what is behind another event of the same order."""
    async with a_laboratory(subscribers=SUBSCRIBERS) as laboratory:
        for event in (an_event(1), an_event(4), an_event(2, "woo:main:2"), an_event(1), an_event(3)):
            await tell(laboratory, event)

        found = await counts(laboratory)
    assert (found["received"], found["repeated"], found["order_violations"]) == (4, 1, 1)


@pytest.mark.parametrize(
    ("does", "status", "received"),
    [
        ("down", 503, 0),
        ("gone", 410, 0),
        ("error", 500, 0),
        ("redirect", 302, 0),
        ("html", 200, 1),
        ("fine", 204, 1),
    ],
)
async def test_it_answers_as_it_is_in_the_mood(does: str, status: int, received: int) -> None:
    """Moods are wished through the control API."""
    async with a_laboratory(subscribers=SUBSCRIBERS) as laboratory:
        await laboratory.control("subscribers/erp", {"does": does})

        answer = await tell(laboratory, an_event(1))

        found = await counts(laboratory)
    assert (answer.status_code, found["received"]) == (status, received)


async def test_a_mood_passes_with_business_time() -> None:
    """Down for an hour."""
    async with a_laboratory(subscribers=SUBSCRIBERS) as laboratory:
        await laboratory.control("subscribers/erp", {"does": "down", "business_s": 3600})

        before = await tell(laboratory, an_event(1))
        laboratory.advance(hours=1)
        after = await tell(laboratory, an_event(1))

    assert (before.status_code, after.status_code) == (503, 204)


async def test_a_flaky_one_is_down_at_first_and_again_and_again() -> None:
    """Without being asked to."""
    downtime = {"first_business_s": 3600, "every_business_s": 36_000, "for_business_s": 7200}
    async with a_laboratory(subscribers=[{**SUBSCRIBERS[0], "downtime": downtime}]) as laboratory:
        answers = list[int]()
        for hours in (0.5, 0.6, 9, 1, 3):
            answers.append((await tell(laboratory, an_event(len(answers)))).status_code)
            laboratory.advance(hours=hours)
        answers.append((await tell(laboratory, an_event(len(answers)))).status_code)

    assert answers == [503, 503, 204, 204, 503, 204]


async def test_a_mood_that_is_none_is_refused() -> None:
    """A misspelt wish must not look granted."""
    async with a_laboratory(subscribers=SUBSCRIBERS) as laboratory:
        wrong = await laboratory.http.post("/control/subscribers/erp", json={"does": "sulk"})
        nobody = await laboratory.http.post("/control/subscribers/nobody", json={})

    assert (wrong.status_code, nobody.status_code) == (422, 404)
