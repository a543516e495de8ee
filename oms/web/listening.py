"""The socket that the web process listens on."""

import socket


def listen(host: str, port: int) -> socket.socket:
    """Bind and listen; port 0 takes a free one. Raises OSError for an address that cannot be had.

    An answer's head and body are two writes. asyncio lets the second go at once on sockets that it made itself, not on
    those of a listening socket made before it: without this, every answer on a connection that is kept open waits
    for the other side's delayed acknowledgement, 40 ms on Linux. Accepted connections inherit the option.
    """
    listening = socket.create_server((host, port))
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
