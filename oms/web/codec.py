"""The codec endpoint: the Temporal UI of a signed-in person decodes what only we can decode.

The UI asks `POST {address}/decode` from its own origin with the person's cookie, and nobody else may.
"""

import logging
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Base64Bytes, BaseModel, ValidationError
from temporalio.api.common.v1 import Payload

from oms.domain.errors import Misused
from oms.domain.roles import Act
from oms.web.body import body_of
from oms.web.collaborators import Collaborators, collaborators
from oms.web.people.door import NotSignedIn, require, signed_in

router = APIRouter(prefix="/codec", include_in_schema=False)
LARGEST: Final = 16 * 1024 * 1024
"""A page of a history: up to a thousand payloads."""
JSON: Final = "application/json"

log = logging.getLogger(__name__)


class SentPayload(BaseModel):
    """One payload in JSON, as protobuf writes it: bytes in base64."""

    metadata: dict[str, Base64Bytes] = {}
    data: Base64Bytes = b""

    @classmethod
    def of(cls, payload: Payload) -> "SentPayload":
        """Write down a payload."""
        return cls.model_construct(metadata=dict(payload.metadata), data=payload.data)


class Sent(BaseModel):
    """What the Temporal UI sends, and gets back."""

    payloads: list[SentPayload] = []


@router.options("/decode")
async def asked_first(request: Request) -> Response:
    """Tell a browser whether the page that it shows may ask."""
    headers = _for_the_ui(request)
    if headers:
        headers |= {
            "access-control-allow-methods": "POST",
            "access-control-allow-headers": "authorization, content-type, x-namespace",
            "access-control-max-age": "600",
        }
    return Response(status_code=204, headers=headers)


@router.post("/decode")
async def decode(request: Request) -> Response:
    """Decode the payloads for somebody who may see them; one that we cannot decode is named by its key, and never shown."""
    parts, headers = collaborators(request), _for_the_ui(request)
    if request.headers.get("origin") is not None and not headers:
        return _no("the Temporal UI asks from another address than OMS_TEMPORAL_UI_URL", 403, headers)
    try:
        person = await signed_in(request)
    except NotSignedIn:
        return _no("sign in at the desk first", 401, headers)
    require(person, Act.DECODE_PAYLOADS)
    if request.headers.get("content-type", "").partition(";")[0].strip() != JSON:
        return _no("send JSON", 415, headers)
    try:
        asked = Sent.model_validate_json(await body_of(request, LARGEST))
        decoded = await _decoded(parts, asked)
    except Misused as error:
        return _no(str(error), 400, headers)
    except ValidationError:
        return _no("not a list of payloads", 400, headers)
    log.info("payloads.decoded", extra={"who": person.name, "payloads": len(asked.payloads)})
    return Response(decoded.model_dump_json(), media_type=JSON, headers=headers)


async def _decoded(parts: Collaborators, asked: Sent) -> Sent:
    if parts.codec is None:
        return asked
    sealed = [Payload(metadata=dict(each.metadata), data=each.data) for each in asked.payloads]
    opened = await parts.codec.decode(sealed)
    return Sent(payloads=[SentPayload.of(each) for each in opened])


def _for_the_ui(request: Request) -> dict[str, str]:
    """Return what lets the page at the UI's address read our answer; nothing for a page at any other."""
    ui = urlsplit(collaborators(request).temporal_ui)
    origin = request.headers.get("origin", "")
    if not ui.netloc or origin != f"{ui.scheme}://{ui.netloc}":
        return {}
    return {
        "access-control-allow-origin": origin, "access-control-allow-credentials": "true", "vary": "origin",
        "cross-origin-resource-policy": "cross-origin", "cache-control": "no-store",
    }  # fmt: skip


def _no(words: str, status: int, headers: Mapping[str, str]) -> JSONResponse:
    return JSONResponse({"error": words}, status_code=status, headers=dict(headers))
