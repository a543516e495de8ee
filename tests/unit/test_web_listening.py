"""The socket of the web process: answers go out at once."""

import socket

from oms.web.listening import listen


def test_an_answer_does_not_wait_for_an_acknowledgement() -> None:
    """Connections inherit what the listening socket was told."""
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            told = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    assert told != 0
