"""What an answer says of the call itself: the platform's own name of it, and of the interface's end."""

import re
from collections.abc import Mapping

DATE = r"[A-Z][a-z]{2,8}, \d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT"
MARKS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("sunset", "sunset", re.compile(DATE, re.ASCII)),
    ("deprecation", "deprecation", re.compile(rf"@\d{{9,10}}|true|{DATE}", re.ASCII)),
    (
        "deprecation",
        "x-shopify-api-deprecated-reason",
        re.compile(r"https://[a-z.]{4,40}/[A-Za-z/_-]{0,60}", re.ASCII),
    ),
    ("api_version", "x-shopify-api-version", re.compile(r"\d{4}-\d{2}|unstable", re.ASCII)),
)
"""Kind, header, and what a value looks like: RFC 8594 (a date of HTTP), RFC 9745 (`@` and seconds; `true` or a date in
its drafts), and Shopify's, whose older versions are answered by another one without a word: only the header says which."""
REQUEST_HEADERS = ("request-id", "x-request-id", "x-tt-logid", "x-jos-request-id", "x-wechatpay-request-id")
REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{6,64}", re.ASCII)
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)
IN_BODY = re.compile(
    rb"""["<](?:request_id|requestId|log_id|trace_id)(?:"\s{0,4}:\s{0,4}"?|>)([A-Za-z0-9_.-]{6,64})(?:["<,}])"""
    rb"""|\brid: ([A-Za-z0-9-]{6,64})""",
    re.ASCII,
)
"""TOP, Pinduoduo: `request_id`; Doudian: `log_id`; JD's token interface, Qimen: `requestId`; WeChat: `rid: …` in words."""
LOOKED_AT = 400
"""Bytes of either end of an answer: that is where platforms put it, and orders lie between."""


def marks_of(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return what the headers say of the interface's own end and version; what looks like none is left out."""
    found = ((kind, str(headers.get(name, "")).strip(), form) for kind, name, form in MARKS)
    return tuple((kind, value) for kind, value, form in found if form.fullmatch(value))


def request_id_of(headers: Mapping[str, str], body: bytes) -> str:
    """Return the platform's own name of a call; empty where the answer holds none."""
    for name in REQUEST_HEADERS:
        if (told := str(headers.get(name, ""))) and _is_a_name(told):
            return told
    ends = body if len(body) <= 2 * LOOKED_AT else body[:LOOKED_AT] + b"\n" + body[-LOOKED_AT:]
    found = IN_BODY.search(ends)
    told = (found[1] or found[2]).decode() if found else ""
    return told if _is_a_name(told) else ""


def _is_a_name(told: str) -> bool:
    return REQUEST_ID.fullmatch(told) is not None and MOBILE.search(told) is None
