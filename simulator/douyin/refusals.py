"""Doudian's refusals: always HTTP 200, a code that says the kind and a sub code that says what."""

from dataclasses import dataclass

from simulator.wire import Json

KINDS = {
    20000: "系统错误",
    30001: "操作权限不足",
    40001: "缺少必选参数",
    40002: "缺少必选参数",
    40003: "非法的参数",
    40004: "非法的参数",
    50001: "平台处理失败",
    50002: "业务处理失败",
    60000: "服务限流",
    70000: "接口下线",
}


@dataclass(frozen=True)
class Refusal:
    """Why a call is not served."""

    code: int
    sub_code: str
    sub_msg: str


class Refused(Exception):
    """A call that is not served."""

    def __init__(self, why: Refusal) -> None:
        """Say why."""
        super().__init__(why.sub_code)
        self.why = why


def invalid(number: int, why: str) -> Refusal:
    """A parameter that cannot be meant."""
    return Refusal(40004, f"isv.parameter-invalid:{number}", why)


def business(number: int, why: str) -> Refusal:
    """Something the business does not allow."""
    return Refusal(50002, f"isv.business-failed:{number}", f"{number}:{why}")


def bad_token(what: str, why: str) -> Refusal:
    """A token that opens nothing."""
    return Refusal(40003, f"isv.access-token-{what}", why)


BUSY = Refusal(20000, "isp.service-error:20005", "系统繁忙，请稍后重试")
TOO_OFTEN = Refusal(60000, "isv.traffic-limited", "接口请求过于频繁")
EXPIRED = bad_token("expired", "access_token已过期")
RETIRED = Refusal(70000, "isp.api-service-off", "API不存在或API已下线")


def served(answer: object, log_id: str, *, old_words: bool) -> Json:
    """Word an answer; `old_words` adds the envelope of before beside the new one."""
    body: Json = {"code": 10000, "msg": "success", "sub_code": "", "sub_msg": "", "log_id": log_id}
    old: Json = {"err_no": 0, "message": "success"} if old_words else {}
    return {"data": answer} | old | body


def refused(why: Refusal, log_id: str, *, old_words: bool) -> Json:
    """Word a refusal in both envelopes."""
    kind = KINDS.get(why.code, "其他异常")
    old: Json = {"err_no": why.code, "message": kind} if old_words else {}
    new: Json = {"code": why.code, "msg": kind, "sub_code": why.sub_code, "sub_msg": why.sub_msg}
    return {"data": None} | old | new | {"log_id": log_id}
