"""What is armed strikes as often as told, and leaves the traces it should."""

import json
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.types import Message

from simulator.breakage import Breakage
from simulator.faults import Fault, Faults
from tests.unit.simulator_world import Laboratory, a_laboratory


async def arm(lab: Laboratory, **fault: Any) -> None:
    await lab.control("faults", fault)


async def test_an_error_strikes_as_often_as_it_is_armed_for() -> None:
    async with a_laboratory() as lab:
        await arm(lab, system="shop", kind="error", count=2)
        answers = [(await lab.woo("GET", "orders")).status_code for _ in range(3)]

    assert answers == [500, 500, 200]


async def test_a_rate_lasts_until_everything_is_repaired() -> None:
    async with a_laboratory() as lab:
        await arm(lab, system="shop", kind="retired", rate=1.0)
        broken = await lab.woo("GET", "orders")
        await lab.http.delete("/control/faults")
        repaired = await lab.woo("GET", "orders")

    assert (broken.status_code, broken.json()["code"]) == (404, "rest_no_route")
    assert repaired.status_code == 200


async def test_a_fault_can_be_narrowed_to_some_requests() -> None:
    async with a_laboratory() as lab:
        await arm(lab, system="wms", kind="html", match="order.cancel")
        created = await lab.create("1001")
        answer = await lab.http.post("/router/qimen/service", params={"method": "order.cancel"})

    assert created.findtext("flag") == "success"
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_a_malformed_answer_is_half_of_the_true_one() -> None:
    async with a_laboratory() as lab:
        await lab.control("orders")
        await arm(lab, system="shop", kind="malformed")
        answer = await lab.woo("GET", "orders")

    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_a_lost_answer_had_its_effect_and_breaks_the_connection() -> None:
    effects: list[str] = []
    sent: list[Message] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        effects.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"you will not see this"})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    faults = Faults(seed=1)
    faults.arm(Fault(system="wms", kind="lost_answer"))
    scope = {"type": "http", "method": "POST", "path": "/router/qimen/service", "query_string": b""}
    await Breakage(app, faults, {})(scope, receive, send)

    assert effects == ["/router/qimen/service"]
    assert sent[-1]["more_body"] is True
    assert b"see" not in b"".join(message.get("body", b"") for message in sent)


async def test_a_dropped_webhook_never_arrives_and_a_doubled_one_comes_twice() -> None:
    async with a_laboratory() as lab:
        await lab.control("orders")
        await lab.mail()
        await arm(lab, system="webhook", kind="drop")
        await arm(lab, system="webhook", kind="duplicate")
        await lab.control("orders", {"count": 2})
        mail = await lab.mail()

    assert [json.loads(request.content)["id"] for request in mail] == [1003, 1003]


async def test_a_delayed_webhook_is_overtaken() -> None:
    async with a_laboratory() as lab:
        await lab.control("orders")
        await lab.mail()
        await arm(lab, system="webhook", kind="reorder", seconds=0.05)
        await lab.control("orders", {"count": 2})
        mail = await lab.mail() + await lab.mail(with_the_delayed=True)

    assert [json.loads(request.content)["id"] for request in mail] == [1003, 1002]


async def test_a_notice_whose_answer_was_lost_is_sent_again() -> None:
    async with a_laboratory() as lab:
        await arm(lab, system="notify", kind="lost_answer")
        await lab.control("stock", {"warehouse": "HZ01", "sku": "SKU-8801", "quantity": 1})
        mail: list[httpx.Request] = await lab.mail()

        assert (len(mail), lab.world.postman.pending) == (1, 1)


async def test_every_strike_is_in_the_ledger() -> None:
    async with a_laboratory() as lab:
        await arm(lab, system="shop", kind="error")
        await lab.woo("GET", "orders")
        (entry,) = (await lab.http.get("/control/ledger?kind=fault.shop")).json()

    assert (entry["key"], entry["detail"].split("?")[0]) == ("error", "GET /wp-json/wc/v3/orders")


@pytest.mark.parametrize(
    ("system", "kind"), [("shop", "duplicate"), ("webhook", "html"), ("notify", "retired")]
)
def test_a_fault_that_makes_no_sense_is_refused(system: str, kind: str) -> None:
    with pytest.raises(ValidationError):
        Fault.model_validate({"system": system, "kind": kind})
