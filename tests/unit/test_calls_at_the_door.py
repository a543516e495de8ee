"""Every call through the door is told of once, with what its adapter made of the answer, and at nobody's cost."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from oms.calls import CallLog, calling, for_order
from oms.domain.calls import CallMade, CallResult
from oms.domain.errors import InterfaceRetired, OmsError, Unavailable
from oms.http import Http
from tests.unit.fake_http import FakeHttp, Says, fake_http


class Listening:
    """Remembers what it hears."""

    def __init__(self) -> None:
        self.calls: list[CallMade] = []

    def heard(self, call: CallMade) -> None:
        self.calls.append(call)


class Deaf:
    """Fails whatever it hears."""

    def heard(self, call: CallMade) -> None:
        raise RuntimeError("no log today")


async def read_as(error: OmsError, http: Http, server: FakeHttp) -> None:
    """Ask, and read the answer as an error."""
    with calling(system="jd", interface="a"):
        await http.ask("GET", server.url)
        raise error


async def test_an_adapter_s_call_carries_its_name_and_what_the_door_saw() -> None:
    """Whose interface, for which order, how long, how much, and how far their clock is from ours."""
    heard = Listening()
    says = Says({"request_id": "rid-123"}, headers={"Date": "Mon, 02 Jan 2006 15:04:05 GMT"}, pause_s=0.05)

    async with fake_http(says) as server, Http(listener=heard) as http:
        with (
            for_order("taobao:main:1", 3),
            calling(system="taobao", interface="a.get", version="2.0", shop="taobao:main"),
        ):
            await http.ask("POST", f"{server.url}/router?sign=secret", content=b"12345")

    (call,) = heard.calls
    assert (call.system, call.interface, call.version, call.shop) == ("taobao", "a.get", "2.0", "taobao:main")
    assert (call.order, call.attempt, call.result, call.status) == ("taobao:main:1", 3, CallResult.OK, 200)
    assert (call.bytes_sent, call.bytes_received, call.request_id) == (5, len(says.content), "rid-123")
    assert call.duration_ms >= 50
    assert (call.skew_seconds or 0) < -600_000_000
    assert (call.excerpt, call.marks) == ("", ())


@pytest.mark.parametrize(
    ("status", "result"),
    [(200, CallResult.OK), (404, CallResult.RETIRED), (401, CallResult.CREDENTIALS), (400, CallResult.MISUSED),
     (429, CallResult.RATE_LIMITED), (503, CallResult.UNAVAILABLE), (302, CallResult.UNAVAILABLE)],
)  # fmt: skip
async def test_a_call_that_no_adapter_named_is_known_by_host_and_status(
    status: int, result: CallResult
) -> None:
    """Without the numbers that may stand in its path, and without its query."""
    heard = Listening()

    async with fake_http(Says("", status)) as server, Http(listener=heard) as http:
        await http.ask("GET", f"{server.url}/v2/orders/100234/notes?key=secret")

    (call,) = heard.calls
    assert (call.system, call.interface, call.result) == ("127.0.0.1", "v2/orders/:id/notes", result)


async def test_the_reading_decides_and_not_the_status() -> None:
    """HTTP 200 with an error in the body is a failure; a 404 that only means "no such order" is none."""
    heard = Listening()

    async with fake_http(Says({"code": 22, "msg": "Invalid method"})) as server, Http(listener=heard) as http:
        with pytest.raises(InterfaceRetired):
            await read_as(InterfaceRetired("22"), http, server)
    async with fake_http(Says("", 404)) as server, Http(listener=heard) as http:
        with calling(system="woocommerce", interface="orders/:id") as call:
            await http.ask("GET", server.url)
            call.refused("no such order")

    assert [call.result for call in heard.calls] == [CallResult.RETIRED, CallResult.REFUSED]
    assert [call.excerpt for call in heard.calls] == ["code=22 msg=Invalid method", ""]


async def test_two_calls_of_one_reading_are_told_of_as_two() -> None:
    """The first by its status, the last by what the reading came to."""
    heard = Listening()

    async with fake_http(Says("", 503)) as server, Http(listener=heard) as http:
        with calling(system="jd", interface="a") as call:
            await http.ask("GET", server.url)
            await http.ask("GET", server.url)
            call.note(CallResult.RATE_LIMITED)

    told = [(call.system, call.result) for call in heard.calls]
    assert told == [("jd", CallResult.UNAVAILABLE), ("jd", CallResult.RATE_LIMITED)]


@pytest.mark.parametrize("says", [Says(hangs_up=True), Says(pause_s=5)])
async def test_no_answer_is_a_call_too(says: Says) -> None:
    """One that hung up, and one that did not answer in time."""
    heard = Listening()

    async with fake_http(says) as server, Http(patience_s=0.2, listener=heard) as http:
        with pytest.raises(Unavailable), calling(system="jd", interface="a"):
            await http.ask("GET", server.url)

    (call,) = heard.calls
    assert (call.status, call.result, call.bytes_received) == (0, CallResult.UNAVAILABLE, 0)


async def test_a_call_that_was_given_up_is_told_of() -> None:
    """An activity whose time is over cancels what hangs: that is what a hanging platform looks like."""
    heard = Listening()

    async with fake_http(Says(pause_s=5)) as server, Http(listener=heard) as http:

        async def asking() -> None:
            with calling(system="jd", interface="a"):
                await http.ask("GET", server.url)

        task = asyncio.create_task(asking())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert [call.result for call in heard.calls] == [CallResult.UNAVAILABLE]


async def test_calls_at_the_same_time_keep_their_own_names() -> None:
    """Forty questions of two systems, each with its own order."""
    heard = Listening()

    async with fake_http(Says({}, pause_s=0.01)) as server, Http(listener=heard) as http:

        async def asking(number: int) -> None:
            system = f"system-{number % 2}"
            with for_order(f"order-{number}", number), calling(system=system, interface=f"i-{number}"):
                await http.ask("GET", server.url)

        await asyncio.gather(*(asking(number) for number in range(40)))

    told = {(call.system, call.interface, call.order, call.attempt) for call in heard.calls}
    assert told == {(f"system-{n % 2}", f"i-{n}", f"order-{n}", n) for n in range(40)}


async def test_a_listener_that_fails_fails_no_call() -> None:
    """The answer is there all the same, and an error stays the adapter's own."""
    async with fake_http(Says({"fine": True})) as server, Http(listener=Deaf()) as http:
        answer = await http.ask("GET", server.url)
        with pytest.raises(OmsError, match="its own"):
            await read_as(Unavailable("its own"), http, server)

    assert answer.json() == {"fine": True}


async def asked_often(http: Http, server: FakeHttp, times: int) -> float:
    """How many seconds so many questions take."""
    begun = time.perf_counter()
    for _ in range(times):
        with calling(system="jd", interface="a"):
            await http.ask("GET", server.url)
    return time.perf_counter() - begun


async def test_a_database_that_hangs_slows_no_call_and_no_farewell() -> None:
    """Not the questions, and not the end of the process beyond its patience."""

    def write(_calls: Sequence[CallMade]) -> None:
        time.sleep(3)

    log = CallLog(write, every_s=0.01)
    async with fake_http(Says({})) as server, log, Http(listener=log) as http:
        taken = await asked_often(http, server, 50)
        begun = time.perf_counter()
        log.close(patience_s=0.2)
        farewell = time.perf_counter() - begun

    assert taken < 2
    assert farewell < 1
