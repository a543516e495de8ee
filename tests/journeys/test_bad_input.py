"""Bad input over real HTTP: a clear answer or a parked row with its reason, nothing lost, nobody else delayed."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from temporalio.client import WorkflowExecutionStatus

from oms.stack.blueprint import ROOT
from tests.journeys.bad_calls import Caller, a_caller, a_line, an_order, in_the_future

LONGEST_SECONDS = 10.0
"""A good order takes about half a second; more than this, on a machine that is busy with other things, is a delay."""
Make = Callable[[], dict[str, Any]]


@pytest.fixture(scope="module")
async def caller(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Caller]:
    """One stack for all of them: what a bad payload breaks, the next test notices."""
    async with a_caller(tmp_path_factory.mktemp("bad")) as somebody:
        yield somebody


def without(field: str) -> dict[str, Any]:
    order = an_order()
    del order[field]
    return order


PARKED: list[tuple[str, Make, str]] = [
    ("a missing field", lambda: without("total"), "total: "),
    ("no lines field", lambda: without("line_items"), "line_items: "),
    ("a negative amount", lambda: an_order(total="-1.00"), "total: is negative"),
    ("a negative line", lambda: an_order(line_items=[a_line(total="-1.00")]), "line_items.0.total: is negative"),
    ("a quantity of 0", lambda: an_order(line_items=[a_line(quantity=0)]), "line_items.0.quantity: asks for no piece"),
    ("two currencies", lambda: an_order(line_items=[a_line(currency="USD")]), "line_items.0: names a second currency"),
    ("a foreign currency", lambda: an_order(currency="USD"), "currency: is not CNY"),
    ("an order id of 200", lambda: an_order(id="9" * 200), "id: is not an id of at most 64"),
    ("a number of 200 digits", lambda: an_order(id=10**200), "id: is not an id of at most 64"),
    ("501 lines", lambda: an_order(line_items=[a_line(id=n) for n in range(501)]), "line_items: "),
    ("created tomorrow", lambda: an_order(date_created_gmt=in_the_future(days=2)), "date_created_gmt: lies in the future"),
    ("modified next week", lambda: an_order(date_modified_gmt=in_the_future(days=7)), "date_modified_gmt: lies in the future"),
    ("a status that is no word", lambda: an_order(status="张伟 13800001234"), "status: is not one word"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "reason"), [row[1:] for row in PARKED], ids=[row[0] for row in PARKED])
async def test_what_is_no_order_is_parked_with_its_reason_and_delays_nobody(
    caller: Caller, make: Make, reason: str
) -> None:
    """Taken (200), one parked row that says where it hurts, kept byte for byte; no order begins, the next one is not late."""
    payload, before = make(), caller.known()

    answer = await caller.shop(payload)
    row = caller.parked(answer.json()["inbox_id"])
    after = caller.known()
    seconds = await caller.a_good_one()

    assert (answer.status_code, answer.json()["status"]) == (200, "parked")
    assert answer.json()["reason"].startswith(reason), answer.text
    assert row is not None
    assert (row.status, row.reason) == ("parked", answer.json()["reason"])
    kept = json.loads(caller.stands.store.inbox.payload(row.inbox_id, who="test", purpose="compare"))
    assert kept["status"] == payload["status"]
    assert (after, seconds < LONGEST_SECONDS) == (before, True)


@pytest.mark.parametrize("body", [b"<order/>", b"{", b"", b"[1, 2]", b'"order"', b"\xff\xfe{}"])
async def test_what_is_not_json_is_400_and_kept(caller: Caller, body: bytes) -> None:
    """It was signed, so it came from the shop: a person can see it."""
    answer = await caller.shop(body)
    row = caller.parked(answer.json()["inbox_id"])
    seconds = await caller.a_good_one()

    assert answer.status_code == 400
    assert row is not None
    assert "JSON" in row.reason
    assert caller.stands.store.inbox.payload(row.inbox_id, who="test", purpose="compare") == body
    assert seconds < LONGEST_SECONDS


async def test_a_wrong_signature_is_401_and_leaves_no_trace(caller: Caller) -> None:
    """Whoever cannot sign cannot fill our inbox either; in every protocol."""
    before = dict(caller.stands.store.inbox.count_by_status())

    shop = await caller.shop(an_order(), secret="guessed")
    carrier = await caller.carrier("SF1", {"status": "polling"}, salt="guessed")
    warehouse = await caller.warehouse("deliveryorder.confirm", "<request/>", secret="guessed")
    after = dict(caller.stands.store.inbox.count_by_status())
    seconds = await caller.a_good_one()

    assert (shop.status_code, carrier.status_code) == (401, 401)
    assert "sign" in (ET.fromstring(warehouse.content).findtext("code") or "")  # noqa: S314 - our own answer
    assert (after, seconds < LONGEST_SECONDS) == (before, True)


async def test_a_body_of_a_megabyte_and_more_is_413(caller: Caller) -> None:
    """It is not even read to its end."""
    answer = await caller.shop(an_order(customer_note="x" * 1_200_000))
    seconds = await caller.a_good_one()

    assert (answer.status_code, seconds < LONGEST_SECONDS) == (413, True)


async def test_an_unknown_status_is_taken_in_and_never_shipped(caller: Caller) -> None:
    """A word that a plugin invented may mean anything: the order is known, held, and says which word it is."""
    order = an_order(status="quality-check")

    answer = await caller.shop(order)
    row = await caller.row_of(str(order["id"]), {"awaiting_payment", "allocated"})
    seconds = await caller.a_good_one()

    assert (answer.status_code, answer.json()["status"]) == (200, "delivered")
    assert row.platform_status == "unknown"
    assert row.stage == "awaiting_payment" or "quality-check" in row.why_here
    assert seconds < LONGEST_SECONDS


async def test_odd_but_honest_orders_go_their_way(caller: Caller) -> None:
    """An emoji name, 500 lines, a clock of theirs that is a few minutes ahead: these are orders."""
    smiling = {"first_name": "👶🏻", "last_name": "🎉张", "address_1": "文三路 1 号 🏠", "city": "杭州市", "state": "CN12",
               "postcode": "310012", "country": "CN", "phone": "13800001234"}  # fmt: skip
    seconds = [
        await caller.a_good_one(shipping=smiling, billing=smiling),
        await caller.a_good_one(
            line_items=[a_line(id=n, total="1.00") for n in range(1, 501)], total="500.00"
        ),
        await caller.a_good_one(date_modified_gmt=in_the_future(minutes=20)),
        await caller.a_good_one(),
    ]

    assert max(seconds) < LONGEST_SECONDS


async def test_an_unknown_parcel_status_keeps_the_raw_word_and_moves_nothing(caller: Caller) -> None:
    """Carriers invent words; the trace shows them, the order waits for one that it knows."""
    order = an_order()
    await caller.shop(order)
    await caller.row_of(str(order["id"]), {"released"})
    waybill = await caller.ships(str(order["id"]))
    trace = {"message": "ok", "nu": waybill, "ischeck": "0", "com": "shunfeng", "status": "200", "state": "777",
             "data": [{"time": "2026-11-22 12:00:00", "context": "teleported", "statusCode": "777"}]}  # fmt: skip

    answer = await caller.carrier(waybill, {"status": "polling", "message": "", "lastResult": trace})
    nonsense = await caller.carrier(waybill, "not json")
    row = await caller.row_of(str(order["id"]), {"shipped"})
    scans = caller.stands.store.orders.scans(waybill)

    assert (answer.status_code, answer.json()["result"]) == (200, True)
    assert (nonsense.status_code, nonsense.json()["result"]) == (400, False)
    assert ("777", "teleported") in {(scan.raw_state, scan.text) for scan in scans}
    assert (row.stage, row.delivered_at) == ("shipped", None)


async def test_a_report_about_nothing_of_ours_is_answered_and_parked(caller: Caller) -> None:
    """XML that is none, XML with an entity bomb, a delivery order and a parcel we never had."""
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><request>&b;</request>'
    strange = (
        "<request><deliveryOrder><deliveryOrderCode>OLNOBODY-1</deliveryOrderCode><status>DELIVERED</status>"
        "</deliveryOrder></request>"
    )
    before = caller.stands.store.inbox.count_by_status().get("parked", 0)

    flags = [
        ET.fromstring((await caller.warehouse("deliveryorder.confirm", body)).content).findtext("flag")  # noqa: S314 - ours
        for body in ("no xml at all", bomb, strange)
    ]
    parcel = await caller.carrier("SF404", {"status": "polling", "lastResult": {"nu": "SF404", "data": []}})
    seconds = await caller.a_good_one()

    assert flags == ["failure"] * 3
    assert (parcel.status_code, parcel.json()["result"]) == (404, False)
    assert caller.stands.store.inbox.count_by_status()["parked"] == before + 4
    assert seconds < LONGEST_SECONDS


@pytest.mark.parametrize("program", [("worker.py",), ("-m", "oms.web")], ids=["worker", "web"])
@pytest.mark.parametrize(
    ("name", "wrong", "expected"),
    [
        ("OMS_DATA_KEYS", "k1:c2VjcmV0LWtleQ==", "32 bytes"),
        ("OMS_PACE", "fast-and-secret", "integer"),
        ("OMS_QIMEN_SECRET", "", "missing"),
    ],
)
def test_a_wrong_setting_stops_the_start(
    caller: Caller, program: tuple[str, ...], name: str, wrong: str, expected: str
) -> None:
    """Named, with the value's shape and what was expected; the value itself may be a secret."""
    stack = caller.stands.stack
    environ = {**stack.blueprint.environ(stack.settings_environ), name: wrong}

    ended = subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2, ended.stderr
    assert name in ended.stderr
    assert expected in ended.stderr
    assert not wrong or wrong.removeprefix("k1:") not in ended.stderr


async def test_after_all_of_it_every_good_order_lives_and_no_workflow_has_failed(caller: Caller) -> None:
    """Run last: nothing of the above has left a failed or a retrying order behind."""
    statuses = [
        found.status async for found in caller.stands.client.list_workflows("WorkflowType = 'OrderWorkflow'")
    ]
    unsettled = caller.stands.store.inbox.count_by_status().get("received", 0)
    health = await caller.http.get("/health")

    assert set(statuses) <= {WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED}
    assert len(statuses) == caller.known()
    assert (unsettled, health.status_code) == (0, 200)
