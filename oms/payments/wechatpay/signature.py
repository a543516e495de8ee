"""Who speaks: WeChat Pay's signature over timestamp, nonce and body; ours over method, address and the rest.

Written from WeChat Pay's description of APIv3 signatures (接口规则, WECHATPAY2-SHA256-RSA2048).
"""

import secrets
from collections.abc import Mapping
from datetime import datetime

from oms.domain.errors import Forged
from oms.payments import rsa
from oms.payments.wechatpay.config import WechatPayConfig

SCHEME = "WECHATPAY2-SHA256-RSA2048"
OLDEST_S = 300
"""WeChat Pay asks to refuse what was signed more than five minutes ago (or will be): somebody replays it."""
NONCE_BYTES = 16
LONGEST_TIMESTAMP = 12


class UnknownSerial(Forged):
    """Signed with a key that we were not given: forged, or theirs has changed and ours must be renewed."""


def verify(headers: Mapping[str, str], body: bytes, config: WechatPayConfig, now: datetime) -> None:
    """Check a notification or an answer; header names are found in lower case. Raises Forged."""
    stamp, nonce = headers.get("wechatpay-timestamp", ""), headers.get("wechatpay-nonce", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= LONGEST_TIMESTAMP):
        raise Forged("it bears no timestamp")
    if abs(now.timestamp() - int(stamp)) > OLDEST_S:
        raise Forged("it was signed more than five minutes ago, or our clock is wrong")
    serial = rsa.plain_serial(headers.get("wechatpay-serial", ""))
    if serial not in config.platform_keys:
        raise UnknownSerial("it is signed with a key of a serial number that we do not know")
    content = f"{stamp}\n{nonce}\n".encode(errors="surrogateescape") + body + b"\n"
    rsa.verify(config.platform_keys[serial], headers.get("wechatpay-signature", ""), content)


def authorization(config: WechatPayConfig, method: str, target: str, now: datetime, body: str = "") -> str:
    """Return the Authorization header of a question; `target` is the path with its query, as sent."""
    stamp, nonce = str(int(now.timestamp())), secrets.token_hex(NONCE_BYTES)
    signature = rsa.sign(config.private_key, f"{method}\n{target}\n{stamp}\n{nonce}\n{body}\n".encode())
    said = {
        "mchid": config.mchid,
        "nonce_str": nonce,
        "signature": signature,
        "timestamp": stamp,
        "serial_no": config.serial,
    }
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in said.items())
