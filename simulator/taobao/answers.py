"""How the gateway answers: always HTTP 200, the content behind a key made of the method's name."""

from typing import Any

from starlette.responses import JSONResponse, Response

from simulator.wire import Json


class Refused(Exception):
    """A question that is answered with an error."""

    def __init__(self, code: int, msg: str, sub_code: str = "", sub_msg: str = "") -> None:
        """Say what is wrong in the platform's words."""
        super().__init__(msg)
        self.body: Json = {"code": code, "msg": msg}
        if sub_code:
            self.body |= {"sub_code": sub_code, "sub_msg": sub_msg}


def failed(refused: Refused) -> Response:
    """Answer with an error; the status says nothing of it."""
    return JSONResponse({"error_response": refused.body | {"request_id": "sim"}})


def answered(method: str, content: Json) -> Response:
    """Answer with content; only names of the platform's first family lose their first word."""
    key = method.removeprefix("taobao.").replace(".", "_") + "_response"
    return JSONResponse({key: content | {"request_id": "sim"}})


def wrapped(outer: str, inner: str, rows: list[Any]) -> Json:
    """Nest a list twice; an empty one is not told at all."""
    return {outer: {inner: rows}} if rows else {}


def business(sub_code: str, sub_msg: str) -> Refused:
    """Refuse for a business reason."""
    return Refused(15, "Remote service error", f"isv.{sub_code}", sub_msg)


def missing(name: str) -> Refused:
    """Refuse a question in which something is missing."""
    return Refused(40, f"Missing required arguments:{name}", "isv.missing-parameter", f"缺少必填参数：{name}")


def wrong(name: str, why: str) -> Refused:
    """Refuse a question in which something is wrong."""
    return Refused(41, f"Invalid arguments:{name}", "isv.invalid-parameter", why)
