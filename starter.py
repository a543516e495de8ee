"""The operator's command line; `starter.py --help` says what it can do."""

import os
import sys
from typing import NoReturn

from dotenv import load_dotenv

from oms.cli.app import main as run_command_line


def main() -> NoReturn:
    """Read the environment and .env, carry the command line out, and leave with its exit code."""
    load_dotenv(".env")
    code = run_command_line(dict(os.environ))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # Temporal's SDK can abort when the interpreter ends in the usual way


if __name__ == "__main__":
    main()
