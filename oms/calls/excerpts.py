"""The beginning of a failure in words that can be nobody's: codes, and the vocabulary of error messages.

An answer may repeat anything that was asked: names, addresses, tokens. So nothing is struck out; only what is known
to be harmless is taken over, and what is left out is shown as `…`.
"""

import json
import re

from oms.calls.marks import MOBILE

LONGEST = 300
LOOKED_AT = 4096
ELLIPSIS = "…"
CODES = (
    "code", "sub_code", "errcode", "err_no", "error_code", "returnCode", "status", "success", "flag", "error",
    "errorCode", "numberCode",
)  # fmt: skip
MESSAGES = (
    "msg", "sub_msg", "errmsg", "error_msg", "message", "zh_desc", "en_desc", "chineseErrCode", "englishErrCode",
    "error_description",
)  # fmt: skip
FIELD = re.compile(
    rf'"(?P<json>{"|".join(CODES + MESSAGES)})"\s{{0,9}}:\s{{0,9}}(?P<value>"(?:[^"\\]|\\.)*"|-?\d{{1,20}}\b|true|false)'
    rf"|<(?P<xml>{'|'.join(CODES + MESSAGES)})>(?P<text>[^<]*)<"
)
TITLE = re.compile(r"<title>([^<]{1,200})", re.IGNORECASE)
CODE = re.compile(r"-?\d{1,12}|[A-Za-z][A-Za-z0-9]*(?:[._:-][A-Za-z0-9]+)*", re.ASCII)
LONGEST_CODE = 64
PART_OF_CODE = re.compile(r"\d{7,}|(?=[A-Za-z]*\d)[A-Za-z0-9]{12,}|[A-Za-z]{25,}", re.ASCII)
"""What looks like an order's number or a token within a code."""

TERMS = """
接口 方法 版本 下线 推下线 停用 废弃 切换 升级 签名 验签 无效 错误 非法 异常 失败 过期 失效 不存在 已存在 缺少 缺失 为空 必填
参数 格式 超时 超限 超过 限流 限制 频率 频繁 次数 流量 上限 系统 服务 服务器 繁忙 不可用 维护 稍后 重试 网络 权限 未授权 授权 应用
令牌 时间戳 时间 请求 访问 拒绝 白名单 订单 运单 物流 发货 退款 售后 仓库 店铺 状态 不允许 不支持 不能 重复 处理 平台 内部 已经
"""
WORDS = """
a access account again allowed an api app appkey application are authentication authorization authorized back bad be
been busy by call called calls cannot code connection credentials day denied deprecated does down duplicate error
exceeded exist exists expired failed failure few flow for forbidden format found frequency frequently gateway gone has
have http id in incorrect insufficient interface internal invalid ip is isp isv it json key later limit limited
longer maintenance many match matching method minute minutes missing no not now number of offline on only order out
parameter parameters permission permissions please plugin platform quota rate refused remote request requests resource
response retired retry route scope second seconds server service session sign signature status success supported
sunset support system temporarily that the then this time timed timeout timestamp to token too try type unauthorized
unavailable unknown unsupported upgrade url use user v1 v2 v3 v4 valid value version wait was whitelist with wrong xml
you your
"""
TERM = re.compile("|".join(sorted(TERMS.split(), key=len, reverse=True)) + r"|[A-Za-z][A-Za-z0-9]*")
VOCABULARY = frozenset(TERMS.split()) | frozenset(WORDS.split())


def excerpt(body: bytes, content_type: str = "") -> str:
    """Return what a failure says of itself, at most 300 characters; of a body of another form, its form and size."""
    text = body[:LOOKED_AT].decode(errors="replace")
    said = [f"{name}={value}" for name, value in _fields(text) if value]
    if not said and (title := TITLE.search(text)):
        said = [f"title={_worded(title[1])}"]
    if not said and body:
        kind = content_type.partition(";")[0].strip().lower()
        kind = kind if re.fullmatch(r"[a-z]{1,20}/[a-z.+-]{1,40}", kind) else "no type"
        said = [f"{len(body)} bytes of {kind}"]
    return " ".join(dict.fromkeys(said))[:LONGEST]


def _fields(text: str) -> list[tuple[str, str]]:
    found = []
    for field in FIELD.finditer(text):
        name = field["json"] or field["xml"]
        value = field["text"] if field["xml"] else _plain(field["value"])
        found.append((name, _coded(value) if name in CODES else _worded(value)))
    return found


def _plain(value: str) -> str:
    """Read a JSON value, which may be escaped."""
    if not value.startswith('"'):
        return value
    try:
        return str(json.loads(value, strict=False))
    except ValueError:
        return ""


def _coded(value: str) -> str:
    """Take over what looks like a code, without the numbers and tokens that may hang on it."""
    if MOBILE.search(value) or len(value) > LONGEST_CODE:
        return ELLIPSIS
    if CODE.fullmatch(value) is None:
        return _worded(value)
    return value if value.lstrip("-").isdecimal() else PART_OF_CODE.sub(ELLIPSIS, value)


def _worded(message: str) -> str:
    """Take over the words that error messages are made of."""
    kept: list[str] = []
    end = 0
    for word in TERM.finditer(message):
        known = word[0] in VOCABULARY or word[0].lower() in VOCABULARY
        left_out = any(sign.isalnum() for sign in message[end : word.start()])
        if (left_out or not known) and kept[-1:] != [ELLIPSIS]:
            kept.append(ELLIPSIS)
        if known:
            kept.append(word[0])
        end = word.end()
    if any(sign.isalnum() for sign in message[end:]) and kept[-1:] != [ELLIPSIS]:
        kept.append(ELLIPSIS)
    return " ".join(kept)
