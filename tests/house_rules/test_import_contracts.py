"""Dependencies point inward: the contracts of pyproject.toml hold."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house_rules.tree import ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

ROOMS = """
    workflows activities simulator
    oms oms/domain oms/ports oms/store oms/rules oms/carriers oms/warehouse oms/notices
    oms/channels oms/channels/left oms/channels/right
    oms/web oms/cli oms/stack
"""


def lint_imports(where: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter as `make test` does, on the tree that stands there."""
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=where, capture_output=True, text=True, check=False
    )


def test_the_contracts_hold() -> None:
    """The output names the contract, and the chain of imports that breaks it."""
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(name="house", scope="module")
def a_small_house_with_the_same_rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a tree that keeps every contract."""
    house = tmp_path_factory.mktemp("house")
    for room in ROOMS.split():
        (house / room).mkdir()
        (house / room / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", house)
    assert lint_imports(house).returncode == 0
    return house


@pytest.mark.parametrize(
    ("file", "text", "contract"),
    [
        ("oms/domain/order.py", "import httpx", "The domain does no I/O"),
        ("oms/domain/order.py", "import oms.store", "Dependencies point inward"),
        ("oms/store/rows.py", "import oms.channels", "Dependencies point inward"),
        ("oms/channels/left/client.py", "import oms.channels.right", "Marketplaces do not know each other"),
        ("workflows/order.py", "import httpx", "Workflows reach the world only through activities"),
        ("oms/stack/world.py", "import simulator", "Nothing of ours knows the simulator"),
        ("simulator/shop.py", "import oms.domain", "The simulator shares no code with the system"),
    ],
)
def test_an_import_in_the_wrong_direction_is_noticed(
    house: Path, file: str, text: str, contract: str
) -> None:
    """Each contract can fail."""
    (house / file).write_text(text)

    result = lint_imports(house)

    (house / file).unlink()
    assert result.returncode != 0
    assert f"{contract} BROKEN" in result.stdout
