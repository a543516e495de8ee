"""The whole stack as child processes: it comes up, stays apart from its neighbours, and leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from oms.settings import WrongSetting
from oms.stack.blueprint import ROOT, Blueprint
from oms.stack.folder import Folder
from oms.stack.loopback import is_healthy
from oms.stack.stack import Event, Stack
from oms.stack.world import World

PATIENCE_SECONDS = 60.0


def a_stack(folder: Path, on_trouble: Event = lambda _: None, **surroundings: str) -> Stack:
    run = Folder.new_run(folder)
    outside = {"PATH": os.environ["PATH"], **surroundings}
    blueprint = Blueprint(run=run, keep=run.path, surroundings=outside, world=World(scenario="none"))
    return Stack(blueprint, on_trouble=on_trouble)


def living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if state_of(pid) not in {"", "Z"}]


def state_of(pid: int) -> str:
    """One letter from /proc, `Z` for a zombie; empty for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    return true()


async def test_two_stacks_stand_side_by_side_and_leave_no_process(tmp_path: Path) -> None:
    """Each has its own ports, keys and data; a part that was killed comes back as it was."""
    async with a_stack(tmp_path) as one, a_stack(tmp_path) as other:
        pids = [*one.pids().values(), *other.pids().values()]
        ports = [*vars(one.blueprint.ports).values(), *vars(other.blueprint.ports).values()]
        assert len(living(pids)) == 8
        assert len(set(ports)) == 10
        assert one.settings.data_keys != other.settings.data_keys

        one.kill("temporal")
        assert living([one.pid("temporal")]) == []
        await one.restart("temporal")
        await one.restart("worker")
        assert await is_healthy(one.blueprint.ports.health)
        pids += one.pids().values()

    assert living(pids) == []


async def test_a_part_that_ends_by_itself_is_started_again(tmp_path: Path) -> None:
    """And whoever runs the stack is told."""
    told: list[str] = []
    async with a_stack(tmp_path, on_trouble=told.append) as stack:
        before = stack.pid("web")
        os.killpg(before, signal.SIGKILL)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while stack.pid("web") == before or not await is_healthy(stack.blueprint.ports.web):  # noqa: ASYNC110 - another process sets no event
                await asyncio.sleep(0.1)

    assert "web ended by itself" in told[0]


async def test_a_wrong_setting_stops_the_start_before_anything_runs(tmp_path: Path) -> None:
    """It is named; no child was started."""
    stack = a_stack(tmp_path, OMS_LOG_LEVEL="LOUD")

    with pytest.raises(WrongSetting, match="OMS_LOG_LEVEL"):
        await stack.start()

    assert stack.pids() == {}


def up(folder: Path) -> subprocess.Popen[bytes]:
    """Start `starter.py up` there, and wait until it says where everything is."""
    with (folder / "said.txt").open("w") as said:
        starter = subprocess.Popen(
            [sys.executable, str(ROOT / "starter.py"), "up", "--orders", "0"],
            cwd=folder, stdout=said, stderr=said, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
    assert wait_until(lambda: "Orderloom is up" in (folder / "said.txt").read_text()), (
        folder / "said.txt"
    ).read_text()
    return starter


def test_ctrl_c_ends_everything_and_the_keys_stay(tmp_path: Path) -> None:
    """While it runs, commands in the same folder work on it; afterwards only files are left."""
    starter = up(tmp_path)
    children = children_of(starter.pid)

    asked = subprocess.run(
        [sys.executable, str(ROOT / "starter.py"), "schedules", "list", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    starter.send_signal(signal.SIGINT)
    code = starter.wait(PATIENCE_SECONDS)

    assert (code, living(children), len(children)) == (0, [], 4)
    assert asked.returncode == 0, asked.stderr
    assert "poll:woocommerce:main" in asked.stdout
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert "OMS_DATA_KEYS=" in (tmp_path / ".env").read_text()
    assert (tmp_path / ".orderloom" / "up" / "orderloom.db").exists()


def test_nothing_survives_a_starter_that_is_killed(tmp_path: Path) -> None:
    """`kill -9` gives it no chance to stop anything; its children are bound to its life."""
    starter = up(tmp_path)
    children = children_of(starter.pid)

    starter.kill()
    starter.wait(PATIENCE_SECONDS)

    assert len(children) == 4
    assert wait_until(lambda: living(children) == [])
