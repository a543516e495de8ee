"""What a command works with: settings, database and Temporal, opened when they are first needed."""

from collections.abc import Mapping
from pathlib import Path

from temporalio.client import Client

from oms.cli.output import Code, Output, Trouble
from oms.clock import wall_clock
from oms.domain.ids import OrderKey, ShopKey
from oms.opening import open_store
from oms.rules.shelf import Shelf
from oms.rules.table import read_table
from oms.settings import Settings
from oms.stack.folder import running_stack
from oms.store import Store
from oms.temporal.client import connect

BASE = Path(".orderloom")


class Place:
    """The surroundings of one command.

    When the environment configures nothing, the newest stack that `up` or `demo` runs here is meant.
    """

    def __init__(self, environ: Mapping[str, str], output: Output | None = None, base: Path = BASE) -> None:
        """Take the environment as the door read it, and the folder in which stacks leave their marks."""
        self.surroundings = environ
        self.base = base
        self.output = output or Output()
        self._store: Store | None = None

    @property
    def environ(self) -> Mapping[str, str]:
        """The settings in force, as variables."""
        if self.surroundings.get("OMS_QIMEN_URL") or self.surroundings.get("OMS_SHOPS_FILE"):
            return self.surroundings
        running = running_stack(self.base)
        if running is None:
            return self.surroundings
        _, settings = running
        return {**self.surroundings, **settings}

    @property
    def configured(self) -> bool:
        """There are settings, or a stack of ours runs here."""
        environ = self.environ
        return bool(environ.get("OMS_QIMEN_URL") or environ.get("OMS_SHOPS_FILE"))

    def settings(self) -> Settings:
        """Return the settings, checked. Raises WrongSetting, or Trouble when nothing is configured at all."""
        environ = self.environ
        if not self.configured:
            raise Trouble(
                "nothing is configured here, and no stack of ours runs",
                "start one with `starter.py up`, or copy .env.example to .env and fill it in",
                Code.WRONG_USE,
            )
        return Settings.from_environ(environ)

    def store(self) -> Store:
        """Open the database, once."""
        if self._store is None:
            self._store = open_store(self.settings())
        return self._store

    def shelf(self) -> Shelf:
        """Return the versions of the rules; where nothing is configured, the one that comes with the program."""
        return Shelf(self.store().rule_tables, wall_clock) if self.configured else Shelf.of(read_table())

    def close(self) -> None:
        """Let go of what was opened."""
        if self._store is not None:
            self._store.close()
            self._store = None

    async def temporal(self) -> Client:
        """Connect to Temporal. Raises Trouble when it does not answer."""
        settings = self.settings()
        address = self.environ.get("TEMPORAL_ADDRESS", "")
        try:
            return await connect(settings.payload_keys, environ=self.environ)
        except RuntimeError as error:
            where = address or "the address of Temporal's own settings"
            raise Trouble(
                f"Temporal does not answer at {where}: {error}",
                "is it running? `starter.py up` starts one; TEMPORAL_ADDRESS names another",
                Code.UNREACHABLE,
            ) from error

    def shop(self, name: str | None) -> ShopKey:
        """Find the shop a person means: `channel:shop`, `shop`, or nothing when there is only one."""
        keys = [shop.key for shop in self.settings().shops]
        meant = [key for key in keys if name in {None, str(key), key.shop}]
        if len(meant) == 1:
            return meant[0]
        known = ", ".join(map(str, keys))
        problem = f"no shop {name!r}" if name and not meant else "which shop?"
        raise Trouble(problem, f"say one of {known}", Code.WRONG_USE)

    def order(self, name: str) -> OrderKey:
        """Find the order a person means: `channel:shop:number`, our `OL…` id, or the number in the only shop."""
        if name.count(":") >= 2:  # noqa: PLR2004 - channel:shop:number
            try:
                return OrderKey.parse(name)
            except ValueError as error:
                raise Trouble(str(error), "write it as channel:shop:number", Code.WRONG_USE) from error
        if name.startswith("OL"):
            view = self.store().orders.get(name)
            if view is None:
                raise Trouble(f"no order has the id {name}", "look for it with `starter.py order list`")
            return view.row.key
        shop = self.shop(None)
        return OrderKey(channel=shop.channel, shop=shop.shop, number=name)
