"""How JD words success and failure, misspellings included."""

from datetime import datetime

from starlette.responses import JSONResponse

from simulator.wire import CHINA, Json

ERRORS = {
    "1": ("服务不可用", "Service Currently Unavailable"),
    "2": ("应用调用次数受限", "App Call Limited"),
    "4": ("缺少版本参数", "Missing Version"),
    "5": ("不支持的版本号", "Unsupported Version"),
    "7": ("缺少时间戳参数", "Missing Timestamp"),
    "8": ("非法的时间戳", "Invalid Timestamp"),
    "11": ("缺少签名参数", "Missing Signature"),
    "12": ("无效签名", "Invalid Signature"),
    "14": ("缺少方法名参数", "Missing Method"),
    "15": ("无效方法名", "Invalid Method"),
    "19": ("无效access_token", "Invalid access_token"),
    "10400014": (
        "当前状态的订单不能修改运单号",
        "order state is not suitable for modifying waybill number",
    ),
}


class Wrong(Exception):
    """An error of the gateway, known by its code."""

    def __init__(self, code: str) -> None:
        """Say which."""
        super().__init__(code)
        self.code = code


def error(code: str) -> JSONResponse:
    """Answer an error of the gateway; the HTTP status is 200 all the same."""
    zh, en = ERRORS[code]
    return JSONResponse({"error_response": {"code": code, "zh_desc": zh, "en_desc": en}})


def responce(method: str, content: Json) -> JSONResponse:
    """Answer a method; the key is misspelt, except for the oldest methods."""
    if method.startswith("360buy."):
        key = f"{method.removeprefix('360buy.').replace('.', '_')}_response"
    else:
        key = f"{method.replace('.', '_')}_responce"
    return JSONResponse({key: {"code": "0", **content}})


def api_result(code: int = 0, zh: str = "成功", en: str = "success") -> Json:
    """Say inside an answer whether it worked."""
    return {"success": code == 0, "numberCode": code, "chineseErrCode": zh, "englishErrCode": en}


def operator_result(code: str = "0", zh: str = "成功") -> Json:
    """Say whether an operation on an order worked."""
    return {"success": code == "0", "chineseErrCode": zh, "englishErrCode": "", "errorCode": code}


def moment_of(text: object) -> datetime | None:
    """Read a time as JD's parameters have it, GMT+8; None for anything else."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
