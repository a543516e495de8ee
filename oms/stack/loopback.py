"""Ask our own children over HTTP on the loopback address whether they are ready and what they know."""

import asyncio
import http.client
import json
import random
import socket
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 5.0
LOWEST_PORT, HIGHEST_PORT = 20000, 32000
"""Below what the system hands to outgoing connections, so that none of those takes a port we chose."""


class NoAnswer(ConnectionError):
    """A child did not answer, or not with what it was asked for."""


def free_ports(count: int, taken: frozenset[int] = frozenset()) -> list[int]:
    """Choose so many different ports that nobody listens on, at random, so that neighbours rarely collide."""
    chosen: list[int] = []
    candidates = random.SystemRandom().sample(range(LOWEST_PORT, HIGHEST_PORT), HIGHEST_PORT - LOWEST_PORT)
    for port in candidates:
        if len(chosen) == count:
            break
        if port not in taken and is_free(port):
            chosen.append(port)
    return chosen


def is_free(port: int) -> bool:
    """Tell whether nobody listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


async def is_healthy(port: int, path: str = "/health") -> bool:
    """Tell whether a child answers 200 there."""
    try:
        status, _ = await asyncio.to_thread(_exchange, port, "GET", path, None, PATIENCE_SECONDS)
    except (OSError, http.client.HTTPException):
        return False
    return status == HTTPStatus.OK


async def get_json(port: int, path: str, patience: float = 60.0) -> Any:
    """Read a JSON answer. Raises NoAnswer."""
    return await _ask(port, "GET", path, None, patience)


async def post_json(port: int, path: str, body: Mapping[str, Any], patience: float = 60.0) -> Any:
    """Send JSON and read a JSON answer. Raises NoAnswer."""
    return await _ask(port, "POST", path, json.dumps(body).encode(), patience)


async def delete_json(port: int, path: str, patience: float = 60.0) -> Any:
    """Take something away and read a JSON answer. Raises NoAnswer."""
    return await _ask(port, "DELETE", path, None, patience)


async def _ask(port: int, method: str, path: str, body: bytes | None, patience: float) -> Any:
    try:
        status, answer = await asyncio.to_thread(_exchange, port, method, path, body, patience)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"{method} {path} on port {port}: {error}") from error
    if status >= HTTPStatus.BAD_REQUEST:
        raise NoAnswer(f"{method} {path} on port {port}: HTTP {status} {answer[:200]!r}")
    return json.loads(answer or b"null")


def _exchange(port: int, method: str, path: str, body: bytes | None, patience: float) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=patience)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
