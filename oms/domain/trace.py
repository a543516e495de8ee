"""A carrier's trace without the people in it: couriers' and receivers' names, phone numbers."""

import re

HIDDEN = "***"
_PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[ -]?\d{7,8}|\d{7,12})(?![0-9A-Za-z])"
)
_ROLE = "签收人|收件人|收货人|寄件人|派件员|派送员|快递员|业务员|收派员|投递员|配送员|小哥|联系人|代收人"
_PERSON = re.compile(
    rf"(?P<role>{_ROLE})(?P<link>\s*(?:是|为|[:：,，])?\s*[【\[（(]?\s*)"
    r"(?P<name>[\u4e00-\u9fff·]{1,4}(?=[】\]）)\s,，。；;、:：(（\d*]|$)|[A-Za-z][A-Za-z .'\-]{0,39})"
)


def without_people(text: str) -> str:
    """Return a trace line in which names after a role ("签收人：张三") and phone numbers are hidden."""
    return _PHONE.sub(HIDDEN, _PERSON.sub(lambda found: f"{found['role']}{found['link']}{HIDDEN}", text))
