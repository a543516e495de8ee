"""What Kuaidi100 tells by itself: a signed form with a parcel's whole trace."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from oms.carriers.kuaidi100 import signature
from oms.carriers.kuaidi100.trace import report_of
from oms.domain.errors import Forged, Unmappable
from oms.http import read_json
from oms.ports import GaveUp, ParcelReport

GAVE_UP = "abort"
"""Days of silence: they follow the parcel no more, and want half an hour before they are asked to again."""
OVER = frozenset({"shutdown", GAVE_UP})
"""They will say nothing more by themselves: signed for, or given up."""
RECEIVED = b'{"result":true,"returnCode":"200","message":"\xe6\x88\x90\xe5\x8a\x9f"}'
"""The answer that ends their trying."""


def verify(form: Mapping[str, str], salt: SecretStr) -> None:
    """Check the signature over the `param` field as received. Raises Forged."""
    key = salt.get_secret_value()
    expected, given = signature.of_callback(form.get("param", ""), key), form.get("sign", "")
    if not key or not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        raise Forged("the carrier's signature does not fit its message")


def read(
    form: Mapping[str, str], salt: SecretStr, waybill: str, now: datetime | None = None
) -> ParcelReport | GaveUp | None:
    """Verify and read a callback about a waybill; None when it says nothing of where the parcel is.

    Lines of the trace that lie after `now` are not believed as long as there are others.
    Raises Forged (answer 401) and Unmappable (answer 400).
    """
    verify(form, salt)
    param = _param(form)
    trace = param.get("lastResult")
    gave_up = param.get("status") == GAVE_UP
    if gave_up and not isinstance(trace, dict):
        return GaveUp()
    if not isinstance(trace, dict):
        raise Unmappable("is missing", field="lastResult")
    named = trace.get("nu")
    if not isinstance(named, str) or named.strip().upper() != waybill.upper():
        raise Unmappable("is another parcel's", field="lastResult.nu")
    report = report_of(trace, waybill, finished=param.get("status") in OVER, now=now)
    return GaveUp(last=report) if gave_up else report


def _param(form: Mapping[str, str]) -> dict[str, Any]:
    try:
        param = read_json(form.get("param", ""))
    except ValueError:
        raise Unmappable("is not JSON", field="param") from None
    if not isinstance(param, dict):
        raise Unmappable("is not a JSON object", field="param")
    return param
