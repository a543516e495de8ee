"""A platform that answers one thing to every question, in a process of its own: it costs the process that asks nothing."""

import asyncio
import contextlib
import sys

from oms.stack.loopback import LOOPBACK

HEAD_ENDS = b"\r\n\r\n"


async def serve(size: int) -> None:
    """Answer `size` bytes of JSON until the process ends; the port goes to stdout."""
    body = b'{"order":"%s","request_id":"bench-000001"}' % (b"x" * size)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Mon, 23 Nov 2026 00:00:00 GMT\r\n"
    answer = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                await reader.readuntil(HEAD_ENDS)
                writer.write(answer)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(one, LOOPBACK, 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
