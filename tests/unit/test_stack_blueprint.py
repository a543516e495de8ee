"""What a stack tells its children, and what it keeps from them."""

import socket
from pathlib import Path

import pytest

from oms.cli.output import Output, Trouble
from oms.cli.up import kept_keys
from oms.settings import Settings
from oms.stack.blueprint import Blueprint, Ports
from oms.stack.children import StackFailed
from oms.stack.folder import Folder
from oms.stack.loopback import free_ports
from oms.stack.world import World

REAL = {
    "PATH": "/usr/bin",
    "OMS_QIMEN_URL": "https://wms.example.com",
    "OMS_DATABASE_URL": "postgresql://db.example.com/orders",
    "OMS_LOG_LEVEL": "DEBUG",
    "TEMPORAL_ADDRESS": "temporal.example.com:7233",
    "TEMPORAL_API_KEY": "real",
}


@pytest.fixture
def blueprint(tmp_path: Path) -> Blueprint:
    """A simulated stack in surroundings that are configured for the real world."""
    run = Folder.new_run(tmp_path)
    return Blueprint(run=run, keep=run.path, surroundings=REAL, world=World()).settled()


def test_a_simulated_run_touches_nothing_real(blueprint: Blueprint) -> None:
    """Shops, warehouse, database and Temporal are its own; what tunes it is kept; PATH passes."""
    settings = blueprint.settings("sqlite:///here.db")
    environ = blueprint.environ(settings)

    assert "example.com" not in " ".join(environ.values())
    assert "TEMPORAL_API_KEY" not in environ
    assert (settings["OMS_LOG_LEVEL"], environ["PATH"]) == ("DEBUG", "/usr/bin")
    assert Settings.from_environ(settings).shops[0].key.shop == "main"


def test_only_web_and_worker_get_our_keys(blueprint: Blueprint) -> None:
    """The simulator and the server know nothing of ours."""
    settings = blueprint.settings("sqlite:///here.db")

    assert "OMS_DATA_KEYS" in blueprint.worker(settings).environ
    assert not any(name.startswith("OMS_") for name in blueprint.simulator().environ)
    assert not any(name.startswith("OMS_") for name in blueprint.temporal().environ)


def test_secrets_on_disk_are_their_owners_only(blueprint: Blueprint) -> None:
    """The simulator's configuration and the shops file hold the secrets both sides share."""
    modes = {path.name: path.stat().st_mode & 0o777 for path in blueprint.run.path.glob("*.json")}

    assert modes == {"simulator.json": 0o600}


def test_two_runs_share_no_key(tmp_path: Path) -> None:
    """Keys are made afresh for each run."""
    run = Folder.new_run(tmp_path)
    one, other = (Blueprint(run=run, keep=run.path, surroundings={}, world=World()) for _ in range(2))

    assert not set(one.keys.values()) & set(other.keys.values())
    assert one.secrets != other.secrets
    run.leave()


def test_a_port_that_is_taken_is_named() -> None:
    """Before anything starts."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackFailed, match=f"port {port}, asked for web, is taken"):
            Ports(web=port).chosen()


def test_free_ports_are_different() -> None:
    """And below those that the system gives to outgoing connections."""
    ports = free_ports(20)

    assert len(set(ports)) == 20
    assert max(ports) < 32768


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    """The second start reads what the first has written; only the owner may."""
    env_file = tmp_path / ".env"
    made = kept_keys({}, env_file, Output())
    again = kept_keys(made, env_file, Output())

    assert again == made
    assert env_file.stat().st_mode & 0o777 == 0o600
    assert all(f"{name}={text}" in env_file.read_text() for name, text in made.items())


def test_half_a_set_of_keys_stops_the_start(tmp_path: Path) -> None:
    """New keys beside old data would make the data unreadable."""
    with pytest.raises(Trouble, match="OMS_DIGEST_KEY"):
        kept_keys({"OMS_DATA_KEYS": "k1:x"}, tmp_path / ".env", Output())
