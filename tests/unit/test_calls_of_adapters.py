"""Whoever is asked beside the platforms: every adapter's calls carry a system, and an interface that is declared."""

import contextlib
from collections.abc import Awaitable, Callable

import pytest
from pydantic import SecretStr

from oms.broadcast.sinks import WebhookSink
from oms.calls.calling import result_of
from oms.carriers.kuaidi100 import Kuaidi100, Kuaidi100Config
from oms.carriers.kuaidi100.declared import INTERFACES as OF_KUAIDI100
from oms.domain.calls import CallMade, CallResult
from oms.domain.errors import Forged, OmsError, Unmappable
from oms.http import Http
from oms.payments.alipay.declared import INTERFACES as OF_ALIPAY
from oms.payments.wechatpay.declared import INTERFACES as OF_WECHATPAY
from oms.warehouse.qimen import Qimen, QimenConfig
from oms.warehouse.qimen.declared import INTERFACES as OF_QIMEN
from tests.house_rules.tree import modules
from tests.unit.broadcast_events import a_subscriber, an_event
from tests.unit.fake_http import FakeHttp, Says, fake_http
from tests.unit.gateway_words import a_gateway
from tests.unit.test_calls_at_the_door import Listening

DECLARED = {(one.system, one.name) for one in (*OF_KUAIDI100, *OF_QIMEN, *OF_ALIPAY, *OF_WECHATPAY)}
Asking = Callable[[Http, FakeHttp], Awaitable[object]]


def qimen(http: Http, server: FakeHttp) -> Qimen:
    config = QimenConfig(
        url=server.url, app_key="1", secret=SecretStr("s"), customer_id="c1", owner_code="O1"
    )
    return Qimen(config, http)


def kuaidi100(http: Http, server: FakeHttp) -> Kuaidi100:
    config = Kuaidi100Config(
        poll_url=f"{server.url}/poll", query_url=f"{server.url}/poll/query.do", label_url=f"{server.url}/label",
        customer="c", key=SecretStr("k"), secret=SecretStr("s"), salt=SecretStr("s"), callback_url=server.url,
    )  # fmt: skip
    return Kuaidi100(config, http)


ADAPTERS: dict[str, Asking] = {
    "qimen": lambda http, server: qimen(http, server).cancel("OL1-1", "WH1", "no"),
    "kuaidi100/poll": lambda http, server: kuaidi100(http, server).subscribe("SF1", "sf"),
    "kuaidi100/query": lambda http, server: kuaidi100(http, server).query("SF1", "sf"),
    "kuaidi100/label": lambda http, server: kuaidi100(http, server).intercept("SF1", "sf", "no"),
    "wechatpay": lambda http, server: a_gateway("wechatpay", http, url=server.url).query("1001"),
    "alipay": lambda http, server: a_gateway("alipay", http, url=server.url).query("1001"),
}


async def heard(asking: Asking, says: Says) -> list[CallMade]:
    """The calls that one question makes when it is answered so."""
    listening = Listening()
    async with fake_http(says) as server, Http(listener=listening) as http:
        with contextlib.suppress(OmsError):
            await asking(http, server)
    return listening.calls


@pytest.mark.parametrize("name", sorted(ADAPTERS))
async def test_an_adapter_s_failed_call_is_named_as_it_is_declared(name: str) -> None:
    """So that the register, the watch and the log speak of the same interface."""
    (call,) = await heard(ADAPTERS[name], Says("<html>maintenance</html>", 503))

    assert (call.system, call.interface) in DECLARED
    assert call.system == name.partition("/")[0]
    assert (call.result, call.status) == (CallResult.UNAVAILABLE, 503)


async def test_a_warehouse_that_says_no_has_answered() -> None:
    """A business no is no failure; a method that is gone is one, with the same HTTP status."""
    told = "<response><flag>failure</flag><code>{}</code><message>{}</message></response>"

    (refused,) = await heard(ADAPTERS["qimen"], Says(told.format("S01", "已出库")))
    (retired,) = await heard(ADAPTERS["qimen"], Says(told.format("22", "Invalid method")))

    assert (refused.result, refused.excerpt) == (CallResult.REFUSED, "")
    assert (retired.result, retired.excerpt) == (
        CallResult.RETIRED,
        "flag=failure code=22 message=Invalid method",
    )


@pytest.mark.parametrize(
    ("status", "result"), [(204, CallResult.OK), (500, CallResult.UNAVAILABLE), (410, CallResult.REFUSED)]
)
async def test_a_subscriber_s_calls_are_its_own(status: int, result: CallResult) -> None:
    """A farewell is an answer; the address and the event are not in the log."""

    async def telling(http: Http, server: FakeHttp) -> None:
        await WebhookSink(a_subscriber(url=f"{server.url}/hook/secret-path"), http).send(an_event())

    (call,) = await heard(telling, Says("", status))

    assert (call.system, call.interface, call.result) == ("subscriber:erp", "webhook", result)
    assert "secret-path" not in call.model_dump_json()


def test_what_cannot_be_read_is_no_usable_answer() -> None:
    """Errors that say nothing of the interface, and mistakes of ours."""
    assert result_of(Unmappable("x")) is result_of(Forged("x")) is CallResult.UNAVAILABLE
    assert result_of(KeyError("x")) is CallResult.UNAVAILABLE


def test_whoever_asks_says_whose_interface_it_is() -> None:
    """A new adapter that goes through the door without naming its calls is noticed."""
    asking = [file for file in modules("oms") if "_http.ask(" in file.text]

    assert len(asking) >= 12
    assert [file.path for file in asking if "with calling(" not in file.text] == []
