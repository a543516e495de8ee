"""Become a program that does not outlive whoever started it.

Run as a script, with the parent's process id, the signal to die by, and the program with its arguments.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
ORPHANED = 3


def main(argv: list[str]) -> None:
    """Bind this process to its parent's life, then become the program; never returns."""
    parent, signal_number = int(argv[1]), int(argv[2])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it died before we were bound to it
        sys.exit(ORPHANED)
    os.execvp(argv[3], argv[3:])  # noqa: S606 - the program comes from our own plan, and no shell is wanted


if __name__ == "__main__":
    main(sys.argv)
