"""What is kept of a failure's answer: codes and the words of error messages, and never what is somebody's."""

import json
from random import Random

import pytest

from oms.calls.excerpts import LONGEST, excerpt
from oms.calls.marks import marks_of, request_id_of
from simulator.people import a_person

TOKEN = "50002101a27z3b9c8d7e6f5a4b3c2d1e0f"
PERSONAL = ("张三丰", "13812345678", "文三路 478 号 5 幢 302 室", "0571-88776655", "zhang@example.com", TOKEN)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (
            {"error_response": {"code": 22, "msg": "Invalid method", "sub_code": "isv.method-not-exist"}},
            "code=22 msg=Invalid method sub_code=isv.method-not-exist",
        ),
        (
            {"code": 70000, "sub_code": "isp.api-service-off", "sub_msg": "API不存在或API已下线"},
            "code=70000 sub_code=isp.api-service-off sub_msg=API 不存在 … API … 下线",
        ),
        ({"errcode": 40066, "errmsg": "invalid url rid: 6543-abcd"}, "errcode=40066 errmsg=invalid url …"),
        ({"error_response": {"code": "19", "zh_desc": "无效access_token"}}, "code=19 zh_desc=无效 access token"),
        ({"code": "rest_no_route", "message": "No route was found"}, "code=rest_no_route message=No route was found"),
        ({"returnCode": "601", "result": False, "message": "POST参数错误"}, "returnCode=601 message=… 参数 错误"),
        ("<response><flag>failure</flag><code>isp.timeout</code></response>", "flag=failure code=isp.timeout"),
        ("<html><title>404 Not Found</title></html>", "title=… Not Found"),
        ("a page of another kind", "22 bytes of no type"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_a_platform_s_support_would_ask_for_is_kept(body: object, kept: str) -> None:
    """Whatever form the error has: the codes whole, the message's known words."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)

    assert excerpt(text.encode()) == kept


@pytest.mark.parametrize("secret", PERSONAL)
@pytest.mark.parametrize(
    "name", ["code", "sub_code", "msg", "sub_msg", "errmsg", "message", "flag", "receiver"]
)
@pytest.mark.parametrize("escaped", [True, False])
def test_nothing_personal_and_no_secret_gets_into_an_excerpt(name: str, secret: str, escaped: bool) -> None:
    """Platforms repeat what was asked; wherever they do it, escaped or not."""
    told = json.dumps(
        {"error_response": {name: f"{secret}", "sub_msg": f"订单 {secret} 失败"}}, ensure_ascii=escaped
    )
    xml = f"<response><{name}>{secret}</{name}><message>receiver {secret} not found</message></response>"
    page = f"<html><title>{secret}</title>{secret}</html>"

    for body in (told, xml, page, secret, told[:-5]):
        kept = excerpt(body.encode(), secret)

        assert secret not in kept
        assert not any(
            part in kept for part in ("三丰", "文三", "1381234", "302", "8877", "zhang", TOKEN[:12])
        )


def test_no_invented_person_gets_into_an_excerpt() -> None:
    """Hundreds of names, phones and streets, in the middle of a message of known words."""
    people = [a_person(Random(seed)) for seed in range(300)]

    for person in people:
        told = f"订单 {person.surname}{person.given} {person.phone} {person.city}{person.district} 不存在"
        kept = excerpt(json.dumps({"code": 15, "sub_msg": told}).encode())

        assert kept == "code=15 sub_msg=订单 … 不存在"


def test_an_excerpt_is_short_however_long_the_answer_is() -> None:
    """Neither a long answer nor one made to be slow costs anything."""
    body = b'{"msg":"' + b"failed " * 100_000 + b'"}' + b'{"msg":"' * 100_000

    kept = excerpt(body + b'"\\' * 100_000)

    assert len(kept) <= LONGEST
    assert len(excerpt(b'"code": 1, ' * 1_000 + b'"sub_msg": "x"')) <= LONGEST
    assert len(excerpt(json.dumps({"message": "failed " * 500}).encode())) == LONGEST


@pytest.mark.parametrize(
    ("headers", "marks"),
    [
        ({"sunset": "Wed, 11 Nov 2026 23:59:59 GMT"}, (("sunset", "Wed, 11 Nov 2026 23:59:59 GMT"),)),
        ({"deprecation": "@1688169599"}, (("deprecation", "@1688169599"),)),
        ({"x-shopify-api-version": "2026-10"}, (("api_version", "2026-10"),)),
        ({"sunset": "<script>张三丰</script>", "deprecation": ""}, ()),
        ({"date": "Wed, 11 Nov 2026 23:59:59 GMT"}, ()),
    ],
)
def test_headers_tell_of_an_interface_s_end(headers: dict[str, str], marks: object) -> None:
    """RFC 8594, RFC 9745, and the version that answered; what looks like none of them is left out."""
    assert marks_of(headers) == marks


@pytest.mark.parametrize(
    ("headers", "body", "found"),
    [
        ({"request-id": "08F-12345"}, b'{"request_id":"another"}', "08F-12345"),
        ({}, b'{"error_response":{"code":27,"request_id":"15oa7o8nj6x7g"}}', "15oa7o8nj6x7g"),
        ({}, b'{"trades":' + b"[]" * 9_999 + b',"request_id":"at-the-end"}', "at-the-end"),
        ({}, b'{"code":10000,"log_id":"2021A-B","data":1}', "2021A-B"),
        ({}, b'{"errcode":40001,"errmsg":"invalid credential rid: 6543-abcd-1"}', "6543-abcd-1"),
        ({}, b"<response><requestId>qm-123456</requestId></response>", "qm-123456"),
        ({"request-id": "张三丰"}, b'{"request_id":"\xe5\xbc\xa0"}', ""),
        ({}, b"", ""),
    ],
)
def test_the_platform_s_own_name_of_a_call_is_found(headers: dict[str, str], body: bytes, found: str) -> None:
    """In a header, or at either end of the body."""
    assert request_id_of(headers, body) == found
