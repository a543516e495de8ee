"""Logs are events with fields and never hold a person or a payload."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from oms.domain.errors import Unavailable
from oms.logs import configure


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A stream that the root logger writes to, put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def fail(error: Exception) -> None:
    """Log an error as a route does when it meets one."""
    logging.getLogger("oms.web").error("call.failed", exc_info=error)


def test_an_event_is_one_line_of_json_with_its_fields(stream: io.StringIO) -> None:
    """The event's name and every field stand beside each other."""
    configure("json", "INFO", stream)

    logging.getLogger("oms.intake").info("payload.received", extra={"order": "woocommerce:main:1", "n": 2})

    event = json.loads(stream.getvalue())
    assert (event["event"], event["order"], event["n"], event["level"]) == (
        "payload.received",
        "woocommerce:main:1",
        2,
        "INFO",
    )


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_error_that_is_not_ours_is_named_and_not_quoted(stream: io.StringIO, form: str) -> None:
    """Libraries quote what they were given, and that may be a person's address."""
    configure(form, "INFO", stream)

    fail(ValueError("张三 13812345678"))

    assert "ValueError" in stream.getvalue()
    assert "张三" not in stream.getvalue()


def test_our_own_errors_speak(stream: io.StringIO) -> None:
    """Their messages hold no personal data, by contract."""
    configure("text", "INFO", stream)

    fail(Unavailable("the database: OperationalError"))

    assert "Unavailable: the database: OperationalError" in stream.getvalue()


@pytest.mark.parametrize("form", ["json", "text"])
def test_fields_that_could_hold_a_person_are_hidden(stream: io.StringIO, form: str) -> None:
    """Whatever is passed by mistake under such a name, or as an object, does not appear."""
    configure(form, "INFO", stream)

    extra = {"payload": "张三", "details": {"phone": "138"}, "thing": object(), "long": "x" * 1000}
    logging.getLogger("oms").info("something.happened", extra=extra)

    written = stream.getvalue()
    assert "张三" not in written
    assert "138" not in written.split("something")[1]
    assert len(written) < 600
