"""Reading what is sent to us: never more than we are willing to keep."""

import logging
from collections.abc import Mapping
from typing import Final

from fastapi import HTTPException, Request, status

log = logging.getLogger(__name__)

LARGEST: Final = 1_048_576
"""Bytes of a call from outside: 1 MiB; the largest honest one is an order of 500 lines, about 300 KB."""


async def body_of(request: Request, largest: int = LARGEST) -> bytes:
    """Return the body as sent. Answers 413 when it is longer, without reading the rest."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > largest:
        raise _too_large(largest)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > largest:
            raise _too_large(largest)
        chunks.append(chunk)
    return b"".join(chunks)


def headers_of(request: Request) -> Mapping[str, str]:
    """Return the headers, their names in lower case."""
    return {name.lower(): value for name, value in request.headers.items()}


def _too_large(largest: int) -> HTTPException:
    log.warning("call.refused", extra={"reason": "too large", "largest": largest})
    return HTTPException(status.HTTP_413_CONTENT_TOO_LARGE, f"more than {largest} bytes")
