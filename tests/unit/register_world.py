"""An installation of several shops and its register, for tests."""

from datetime import UTC, datetime
from pathlib import Path

from oms.domain.alerts import Condition
from oms.domain.errors import Unavailable
from oms.domain.model import Moment
from oms.settings import Settings
from oms.stack.world import shops_file
from tests.unit.command_line import NOBODY_LISTENS, configured

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
CHANNELS = ("woocommerce", "taobao", "jd", "wechat")


def an_installation(folder: Path, **changes: str) -> dict[str, str]:
    """Settings of four shops, whose interfaces a team looks after."""
    environ = configured(folder, **{"OMS_INTERFACE_OWNER": "operations", **changes})
    text = shops_file(NOBODY_LISTENS, CHANNELS, pays_by_gateways=True)
    (folder / "shops.yaml").write_text(text, encoding="utf-8")
    return environ


def settings_of(folder: Path, **changes: str) -> Settings:
    """Read them."""
    return Settings.from_environ(an_installation(folder, **changes))


class FakeAlarms:
    """Remembers what was opened and closed; reaches nobody while `away`."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self.opened: list[Condition] = []
        self.closed: list[tuple[str, str]] = []
        self.closed_at: list[Moment] = []
        self.away: set[str] = set()

    async def open(self, condition: Condition) -> None:
        """Note it, or fail."""
        if condition.key in self.away:
            raise Unavailable("nobody answers")
        self.opened.append(condition)

    async def over(self, key: str, at: Moment, why: str) -> None:
        """Note it, or fail."""
        if key in self.away:
            raise Unavailable("nobody answers")
        self.closed.append((key, why))
        self.closed_at.append(at)
