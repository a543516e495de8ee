"""Today's workflows must replay what yesterday's recorded: orders live for weeks and meet every deploy."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from oms.temporal.client import converter
from oms.temporal.worker import workflow_runner
from workflows.aftersale import AfterSaleWorkflow
from workflows.alert import AlertWorkflow
from workflows.order import OrderWorkflow
from workflows.poll import PollShopWorkflow, SweepShopWorkflow
from workflows.watch import WatchParcelsWorkflow

HISTORIES = sorted(Path(__file__).with_name("histories").glob("*.json"))


def replayer() -> Replayer:
    """Return a replayer set up like our workers, with the sandbox that stops what would not replay."""
    return Replayer(
        workflows=[
            AlertWorkflow,
            OrderWorkflow,
            AfterSaleWorkflow,
            PollShopWorkflow,
            SweepShopWorkflow,
            WatchParcelsWorkflow,
        ],
        data_converter=converter(()),
        workflow_runner=workflow_runner(sandboxed=True),
    )


def history(path: Path) -> WorkflowHistory:
    """Read a recorded history under the id it had."""
    return WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_todays_code_replays_a_recorded_history(path: Path) -> None:
    """A failure here means: gate the change with workflow.patched, and record a new history beside the old."""
    result = await replayer().replay_workflow(history(path), raise_on_replay_failure=False)

    assert result.replay_failure is None, result.replay_failure


async def test_a_changed_command_sequence_would_be_noticed() -> None:
    """The check can fail: a history whose first activity has another name does not replay."""
    path = next(path for path in HISTORIES if path.stem.startswith("without_incident"))
    changed = json.loads(path.read_text(encoding="utf-8").replace("warehouse.release", "warehouse.elsewhere"))

    result = await replayer().replay_workflow(
        WorkflowHistory.from_json("changed", json.dumps(changed)), raise_on_replay_failure=False
    )

    assert result.replay_failure is not None


def test_every_path_has_a_history() -> None:
    """Eleven paths, at least: what they are stands in tests/replay/record.py."""
    names = {path.name.split(".")[0] for path in HISTORIES}

    assert names >= {
        "without_incident", "reviewed_after_waiting_for_payment", "refunded_and_stopped_at_the_warehouse",
        "refunded_too_late_and_intercepted", "out_of_stock_split_and_late", "open_at_the_warehouse", "a_poll",
        "a_return_paid_by_its_platform", "a_refund_held_then_paid_by_us", "an_intercept_that_becomes_a_return",
        "an_exchange", "an_alert_called_further", "an_alert_raised_while_all_is_down", "an_alert_in_fresh_histories",
    }  # fmt: skip
