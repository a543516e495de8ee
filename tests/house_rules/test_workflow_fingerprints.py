"""Running orders replay the code they started with: no workflow changes its commands unnoticed."""

from pathlib import Path

import pytest

from tests.house_rules.fingerprints import WORKFLOWS, fingerprints, recorded

WHAT_TO_DO = "replay-the-histories-then-gate-with-patched-then-run-fingerprints.py--write"
TODAY, RECORDED = fingerprints(WORKFLOWS), recorded()

BEFORE = "class Order:\n    async def run(self):\n        await workflow.execute_activity(reserve)\n"
AFTER = f"{BEFORE}        await workflow.wait_condition(ready, timeout=DAY)\n        await self.ship()\n"


@pytest.mark.parametrize("name", sorted({*TODAY, *RECORDED}), ids=lambda name: f"{name}-changed-{WHAT_TO_DO}")
def test_the_commands_are_the_recorded_ones(name: str) -> None:
    """Equal to tests/house_rules/workflow_fingerprints.json."""
    assert TODAY.get(name, []) == RECORDED.get(name, [])


def test_a_new_command_is_noticed(tmp_path: Path) -> None:
    """The rule can fail: one more timer is another fingerprint."""
    (tmp_path / "order.py").write_text(BEFORE)
    before = fingerprints(tmp_path)
    (tmp_path / "order.py").write_text(AFTER)

    assert before == {"order.py::Order": ["activity reserve"]}
    assert fingerprints(tmp_path) == {"order.py::Order": ["activity reserve", "timer", "step ship"]}
