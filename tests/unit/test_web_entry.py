"""The web process stops at the door when a setting is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import oms


def test_a_wrong_setting_stops_the_start_with_its_name_and_not_its_value() -> None:
    """Exit code 2; the message names the setting and what was expected, and shows no key."""
    root = Path(oms.__file__).parents[1]
    environ = {**os.environ, "PYTHONPATH": str(root), "OMS_DATA_KEYS": "k1:c2VjcmV0"}

    run = subprocess.run(
        [sys.executable, "-m", "oms.web"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert run.returncode == 2
    assert "OMS_DATA_KEYS" in run.stderr
    assert "32 bytes" in run.stderr
    assert "c2VjcmV0" not in run.stderr
