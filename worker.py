"""Run a worker: every queue, or those named on the command line."""

import asyncio
import os
import sys

from dotenv import load_dotenv

from oms.running import run_worker
from oms.settings import Settings, WrongSetting

WRONG_SETTING = 2


def main(queues: list[str]) -> int:
    """Work until SIGINT or SIGTERM; the answer is the exit code."""
    load_dotenv()
    try:
        settings = Settings.from_environ(os.environ)
        return asyncio.run(run_worker(settings, queues))
    except WrongSetting as error:
        sys.stderr.write(f"orderloom worker: {error}\n")
        return WRONG_SETTING
    except RuntimeError as error:
        sys.stderr.write(f"orderloom worker: Temporal cannot be reached: {error}\n")
        return 1


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the SDK can abort at interpreter exit
