"""A payment gateway that is asked is believed only when it signs, and every answer has one meaning."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    Misused,
    OmsError,
    RateLimited,
    Unavailable,
    Unmappable,
)
from oms.http import Http
from oms.ports import GatewayPayment, NotPaid
from oms.stack.gateways import PLATFORM_SERIAL
from tests.unit.fake_http import Asked, Says, fake_http
from tests.unit.gateway_words import (
    NOON,
    TRADE,
    TRANSACTION,
    a_gateway,
    a_trade,
    a_transaction,
    an_alipay_answer,
    wechat_headers,
)

VECTORS = json.loads(Path(__file__).with_name("payment_vectors.json").read_text(encoding="utf-8"))
LOGIN_PAGE = "<!DOCTYPE html><title>maintenance</title>"


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[Http]:
    async with Http() as opened:
        yield opened


def signed(said: Any, status: int = 200, **how: Any) -> Says:
    """An answer of WeChat Pay; text is sent as it is."""
    body = (said if isinstance(said, str) else json.dumps(said)).encode()
    return Says(body, status, wechat_headers(body, **how))


async def asked_wechat(
    http: Http, says: Says | Callable[[Asked], Says], number: str = "1001"
) -> GatewayPayment | NotPaid:
    async with fake_http(says) as fake:
        return await a_gateway("wechatpay", http, url=fake.url).query(number)


async def asked_alipay(http: Http, body: str, **how: Any) -> GatewayPayment | NotPaid:
    status = how.pop("status", 200)
    async with fake_http(Says(body, status)) as fake:
        return await a_gateway("alipay", http, url=f"{fake.url}/gateway.do", **how).query("1001")


async def refusal_of(asking: Any) -> OmsError:
    """What an answer raises."""
    with pytest.raises(OmsError) as refusal:
        await asking
    return refusal.value


async def test_wechat_pay_is_asked_under_the_merchants_signature(http: Http) -> None:
    """The number as the shop's plugin wrote it, our merchant number, and the key we want the answer signed with."""
    async with fake_http(signed(a_transaction(out_trade_no="WC10/01"))) as fake:
        payment = await a_gateway("wechatpay", http, url=fake.url).query("10/01")

    (question,) = fake.asked
    assert isinstance(payment, GatewayPayment)
    assert (payment.transaction, payment.amount_fen, payment.paid_at) == (TRANSACTION, 18800, NOON)
    assert question.target == "/v3/pay/transactions/out-trade-no/WC10%2F01?mchid=1900000109"
    assert question.headers["authorization"].startswith(
        'WECHATPAY2-SHA256-RSA2048 mchid="1900000109",nonce_str="'
    )
    assert question.headers["wechatpay-serial"] == PLATFORM_SERIAL


async def test_alipay_is_asked_for_one_number(http: Http) -> None:
    """As a form, signed, in China's time."""
    async with fake_http(Says(an_alipay_answer(a_trade()))) as fake:
        payment = await a_gateway("alipay", http, url=f"{fake.url}/gateway.do").query("1001")

    form = {name: values[0] for name, values in parse_qs(fake.asked[0].body.decode()).items()}
    assert payment == GatewayPayment(number="1001", transaction=TRADE, amount_fen=18800, paid_at=NOON)
    assert (form["method"], form["timestamp"]) == ("alipay.trade.query", "2026-11-22 12:00:00")
    assert json.loads(form["biz_content"]) == {"out_trade_no": "WC1001"}


async def test_alipays_vector_of_openssl_is_believed(http: Http) -> None:
    """Signed over the node's very text, with blanks and braces in it."""
    body = f'{{ "alipay_trade_query_response" : {VECTORS["node"]} , "sign":"{VECTORS["node_sign"]}"}}'

    payment = await asked_alipay(http, body, secrets={"alipay_key": VECTORS["public"]})

    assert isinstance(payment, GatewayPayment)
    assert payment.transaction == TRADE


@pytest.mark.parametrize("state", ["NOTPAY", "CLOSED", "REVOKED", "USERPAYING", "PAYERROR", "REFUND"])
async def test_wechat_pays_other_states_are_not_paid(http: Http, state: str) -> None:
    """Money given back is not with us any more; the word is kept."""
    said = {name: value for name, value in a_transaction(trade_state=state).items() if name != "amount"}

    assert await asked_wechat(http, signed(said)) == NotPaid(raw_status=state)


@pytest.mark.parametrize("state", ["WAIT_BUYER_PAY", "TRADE_CLOSED", "SOMETHING_NEW"])
async def test_alipays_other_states_are_not_paid(http: Http, state: str) -> None:
    """The word is kept."""
    assert await asked_alipay(http, an_alipay_answer(a_trade(trade_status=state))) == NotPaid(
        raw_status=state
    )


async def test_no_such_payment_is_a_value(http: Http) -> None:
    """Both have a word for it."""
    missing = {
        "code": "40004",
        "msg": "Business Failed",
        "sub_code": "ACQ.TRADE_NOT_EXIST",
        "sub_msg": "不存在",
    }

    wechat = await asked_wechat(http, signed({"code": "ORDER_NOT_EXIST", "message": "订单不存在"}, 404))
    alipay = await asked_alipay(http, an_alipay_answer(missing))

    assert wechat == NotPaid(raw_status="ORDER_NOT_EXIST")
    assert alipay == NotPaid(raw_status="ACQ.TRADE_NOT_EXIST")


@pytest.mark.parametrize("kind", ["wechatpay", "alipay"])
async def test_a_number_with_a_tail_cannot_be_asked_for(http: Http, kind: str) -> None:
    """Nobody is asked, and a person reads why."""
    answer = await a_gateway(kind, http, url="http://127.0.0.1:1", number_tail="-").query("1001")

    assert isinstance(answer, NotPaid)
    assert "number_tail" in answer.raw_status


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "SIGN_ERROR", CredentialsExpired),
        (403, "NO_AUTH", CredentialsExpired),
        (429, "FREQUENCY_LIMITED", RateLimited),
        (429, "FREQUENCY_LIMIT_EXCEED", RateLimited),
        (429, "RATELIMIT_EXCEEDED", RateLimited),
        (500, "SYSTEM_ERROR", Unavailable),
        (500, "SYSTEMERROR", Unavailable),
        (500, "BANK_ERROR", Unavailable),
        (400, "PARAM_ERROR", Misused),
        (400, "INVALID_REQUEST", Misused),
        (400, "MCH_NOT_EXISTS", Misused),
        (400, "APPID_MCHID_NOT_MATCH", Misused),
        (400, "SOMETHING_NEW", Misused),
        (401, "", CredentialsExpired),
        (404, "", InterfaceRetired),
        (410, "GONE", InterfaceRetired),
        (429, "", RateLimited),
        (502, "", Unavailable),
        (302, "", Unavailable),
    ],
)
async def test_wechat_pays_codes_have_one_meaning_each(
    http: Http, status: int, code: str, error: type[OmsError]
) -> None:
    """The code first; the HTTP status where there is none."""
    says = signed({"code": code, "message": "..."}, status) if code else Says(LOGIN_PAGE, status)

    assert type(await refusal_of(asked_wechat(http, says))) is error


async def test_wechat_pays_own_wait_is_kept(http: Http) -> None:
    """In seconds."""
    says = Says({"code": "FREQUENCY_LIMITED"}, 429, {"Retry-After": "7"})

    refusal = await refusal_of(asked_wechat(http, says))

    assert isinstance(refusal, RateLimited)
    assert refusal.retry_after == 7


@pytest.mark.parametrize(
    ("code", "sub_code", "error"),
    [
        ("20000", "isp.unknow-error", Unavailable),
        ("20000", "aop.ACQ.SYSTEM_ERROR", Unavailable),
        ("20001", "aop.invalid-auth-token", CredentialsExpired),
        ("40001", "isv.missing-app-id", Misused),
        ("40001", "isv.missing-signature-key", CredentialsExpired),
        ("40002", "isv.invalid-signature", CredentialsExpired),
        ("40002", "isv.invalid-app-id", CredentialsExpired),
        ("40002", "isv.invalid-method", InterfaceRetired),
        ("40002", "isv.invalid-timestamp", Misused),
        ("40003", "isv.something", Misused),
        ("40004", "ACQ.SYSTEM_ERROR", Unavailable),
        ("40004", "ACQ.INVALID_PARAMETER", Misused),
        ("40005", "isv.app-call-limited", RateLimited),
        ("40005", "", RateLimited),
        ("40006", "isv.insufficient-isv-permissions", CredentialsExpired),
        ("99999", "", Unavailable),
        ("", "", Unavailable),
    ],
)
@pytest.mark.parametrize("node", ["alipay_trade_query_response", "error_response"])
async def test_alipays_codes_have_one_meaning_each(
    http: Http, node: str, code: str, sub_code: str, error: type[OmsError]
) -> None:
    """Also in an answer that it does not sign."""
    body = json.dumps({node: {"code": code, "msg": "...", "sub_code": sub_code}})

    assert type(await refusal_of(asked_alipay(http, body))) is error


@pytest.mark.parametrize(
    "body", [LOGIN_PAGE, "", "[]", '"text"', "{", '{"a": NaN}', '{"other": 1}', "[" * 9999]
)
async def test_what_is_no_answer_is_no_word_on_the_payment(http: Http, body: str) -> None:
    """A page with HTTP 200, half an answer: ask again."""
    wechat = await refusal_of(asked_wechat(http, Says(body)))
    alipay = await refusal_of(asked_alipay(http, body))

    assert type(alipay) is Unavailable
    assert type(wechat) is (CredentialsExpired if body == '{"other": 1}' else Unavailable)


@pytest.mark.parametrize(("status", "error"), [(404, InterfaceRetired), (502, Unavailable)])
async def test_a_page_of_alipays_web_server_is_judged_by_its_status(
    http: Http, status: int, error: type[OmsError]
) -> None:
    """Before anything of Alipay's was reached."""
    assert type(await refusal_of(asked_alipay(http, LOGIN_PAGE, status=status))) is error


@pytest.mark.parametrize(
    "says",
    [
        signed(a_transaction(), owner="stranger"),
        signed(a_transaction(), serial="PUB_KEY_ID_NEW"),
        Says(a_transaction()),
    ],
    ids=["a stranger", "a new key", "unsigned"],
)
async def test_an_answer_that_wechat_pay_did_not_sign_is_not_believed(http: Http, says: Says) -> None:
    """A person compares the keys: theirs may have changed."""
    refusal = await refusal_of(asked_wechat(http, says))

    assert isinstance(refusal, CredentialsExpired)
    assert "platform_key" in str(refusal)


@pytest.mark.parametrize(
    "body",
    [
        an_alipay_answer(a_trade(), owner="stranger"),
        an_alipay_answer(a_trade()).replace("188.00", "1.00"),
        json.dumps({"alipay_trade_query_response": a_trade()}),
        json.dumps({"alipay_trade_query_response": a_trade(), "sign": 1}),
        json.dumps({"error_response": {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}}),
    ],
    ids=["a stranger", "changed", "unsigned", "a number", "unsigned no"],
)
async def test_an_answer_that_alipay_did_not_sign_is_not_believed(http: Http, body: str) -> None:
    """Neither a yes nor a no."""
    refusal = await refusal_of(asked_alipay(http, body))

    assert isinstance(refusal, CredentialsExpired)
    assert "alipay_key" in str(refusal)


async def test_a_node_that_stands_there_twice_is_no_answer(http: Http) -> None:
    """Readers differ in which of the two they see: a signature over the one would vouch for the other."""
    body = an_alipay_answer(a_trade())
    twice = body[:-1] + ',"alipay_trade_query_response":' + json.dumps(a_trade(total_amount="1.00")) + "}"

    assert type(await refusal_of(asked_alipay(http, twice))) is Unavailable


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"out_trade_no": "WC1002"}, Unavailable),
        ({"mchid": "1900000110"}, Unavailable),
        ({"amount": {"total": 18800.0}}, Unmappable),
        ({"amount": {"total": 18800, "currency": "USD"}}, Unmappable),
    ],
    ids=str,
)
async def test_a_signed_answer_must_still_be_ours(
    http: Http, changes: Mapping[str, Any], error: type[OmsError]
) -> None:
    """About the order asked for, in whole fen, in the shop's currency."""
    assert type(await refusal_of(asked_wechat(http, signed(a_transaction(**changes))))) is error


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"out_trade_no": "WC1002"}, Unavailable),
        ({"total_amount": 188.0}, Unmappable),
        ({"total_amount": "188.001"}, Unmappable),
        ({"trans_currency": "USD"}, Unmappable),
    ],
    ids=str,
)
async def test_alipays_signed_answer_must_still_be_ours(
    http: Http, changes: Mapping[str, Any], error: type[OmsError]
) -> None:
    """The same of Alipay, whose amounts are yuan in a text, never a number."""
    assert type(await refusal_of(asked_alipay(http, an_alipay_answer(a_trade(**changes))))) is error
