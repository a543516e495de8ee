"""How WeChat answers: HTTP 200 and an errcode, whatever happened.

The codes below 100000 are WeChat's own. No list of the shop interface's business refusals was at hand:
100002 (not exist) is that of its predecessor, those from 10020101 on are invented; of those about labels,
10025010 and 10025019 are WeChat's.
"""

from starlette.responses import JSONResponse, Response

from simulator.wire import Json

ERRORS = {
    -1: "system error",
    31042: "too many orders, please shorten the time range",
    40001: "invalid credential, access_token is invalid or not latest",
    40013: "invalid appid",
    40066: "invalid url",
    40097: "invalid request body",
    40125: "invalid appsecret",
    41001: "access_token missing",
    42001: "access_token expired",
    43002: "require POST method",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    47001: "data format error",
    606006: "next_key does not match the request",
    100002: "not exist",
    10020101: "order status does not allow delivery",
    10020102: "product is not in the order",
    10020103: "more pieces than left",
    10020104: "waybill has been sent before",
    10020105: "delivery company not supported",
    10020106: "no address modification under review",
    10020107: "delivery info does not match the order",
    10021102: "aftersale status does not allow the operation",
    10025005: "delivery company has no ewaybill account",
    10025010: "ewaybill order not exist",
    10025012: "ewaybill order can not be cancelled",
    10025019: "ewaybill order exists",
    10025020: "order status does not allow ewaybill",
    10025021: "receiver does not match the order",
}
RID = "00000000-00000000-00000000"


class Refused(Exception):
    """The platform will not, and gives the errcode."""

    def __init__(self, errcode: int) -> None:
        """Refuse."""
        super().__init__(ERRORS[errcode])
        self.errcode = errcode


def accept(**content: object) -> Json:
    """Say yes."""
    return {"errcode": 0, "errmsg": "ok", **content}


def refusal(errcode: int) -> Response:
    """Say no."""
    return JSONResponse({"errcode": errcode, "errmsg": f"{ERRORS[errcode]} rid: {RID}"})
