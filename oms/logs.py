"""Logs are events with fields, one a line on stderr, and never hold a person or a payload."""

import json
import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TextIO

from oms.domain.errors import OmsError

HIDDEN: Final = "***"
LONGEST = 300
"""Characters of a field; whatever is longer is no id and no reason."""
NOT_FOR_LOGS = frozenset(
    [
        "payload",
        "body",
        "raw",
        "receiver",
        "name",
        "phone",
        "mobile",
        "address",
        "remark",
        "buyer",
        "email",
        "secret",
        "token",
        "key",
        "param",
    ]
)
"""Names of fields that are hidden whatever they hold."""
TALKATIVE = ("httpx", "httpcore", "uvicorn.access", "alembic.runtime.migration")
"""Libraries that write addresses with keys in them, or too much, below WARNING."""
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def configure(form: str, level: str, stream: TextIO) -> None:
    """Send every log record of the process to the stream, as `json` or `text`, from `level` on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonEvents() if form == "json" else TextEvents())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Return what was given as `extra`, made safe."""
    given = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return {name: _safe(name, value) for name, value in given.items() if not name.startswith("_")}


def _safe(name: str, value: object) -> Any:
    match value:
        case _ if name in NOT_FOR_LOGS:
            return HIDDEN
        case None | bool() | int() | float():
            return value
        case str():
            return value[:LONGEST]
        case Mapping():
            return {str(inner): _safe(str(inner), held) for inner, held in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_safe(name, held) for held in value]
        case _:
            return words_of(value) if isinstance(value, BaseException) else f"<{type(value).__name__}>"


def words_of(error: BaseException) -> str:
    """Name an error; its message only if it is ours, because others quote what they were given."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, OmsError) else name


def _trace(exc_info: ExcInfo) -> list[str]:
    """Return where it went wrong, innermost last, without any value."""
    _, error, where = exc_info
    if error is None:
        return []
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(where)]
    return [*frames, words_of(error)]


def _when(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class JsonEvents(logging.Formatter):
    """One JSON object a line: at, level, logger, event, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one event."""
        event: dict[str, Any] = {
            "at": _when(record),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        event |= fields_of(record)
        if record.exc_info:
            event["trace"] = _trace(record.exc_info)
        return json.dumps(event, ensure_ascii=False, default=lambda value: f"<{type(value).__name__}>")


class TextEvents(logging.Formatter):
    """One line for people: time, level, event, `field=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one event."""
        fields = " ".join(f"{name}={value}" for name, value in fields_of(record).items())
        line = f"{_when(record)} {record.levelname:<7} {record.getMessage()} {fields}".rstrip()
        if record.exc_info:
            line = "\n    ".join([line, *_trace(record.exc_info)])
        return line
