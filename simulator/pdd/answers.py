"""How the simulated gateway says yes and no: always with HTTP 200."""

from itertools import count

from starlette.responses import JSONResponse, Response

from simulator.wire import Json

REQUESTS = count(17637768000000001)

TOKEN_EXPIRED = (10019, "access_token已过期")
WRONG_SIGNATURE = (20004, "签名sign校验失败")
TOO_OFTEN = (70031, "调用过于频繁，请调整调用频率")
OFFLINE = (70033, "当前接口因系统维护，暂时下线，请稍后再试！")
BROKEN = (52001, "系统内部错误")
NO_SUCH_TYPE = (10001, "公共参数错误:type")
WRONG_CLIENT = (10001, "公共参数错误:client_id")
WRONG_TIME = (10001, "公共参数错误:timestamp")
MISSING = (10000, "参数错误")


class Complaint(Exception):
    """A question that the gateway does not answer."""

    def __init__(self, code: int, message: str) -> None:
        """Say why."""
        super().__init__(message)
        self.code = code
        self.message = message


def content(key: str, body: Json) -> Response:
    """Answer under the interface's key."""
    return JSONResponse({key: {**body, "request_id": str(next(REQUESTS))}})


def error(code: int, message: str) -> Response:
    """Complain."""
    body = {
        "error_code": code,
        "error_msg": message,
        "sub_code": str(code) if code == TOO_OFTEN[0] else None,
        "sub_msg": message,
        "request_id": str(next(REQUESTS)),
    }
    return JSONResponse({"error_response": body})
