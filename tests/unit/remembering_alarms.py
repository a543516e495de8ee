"""Alarms that remember what was said to them."""

from dataclasses import dataclass, field

from oms.domain.alerts import Condition
from oms.domain.errors import OmsError
from oms.domain.model import Moment


@dataclass
class RememberingAlarms:
    """Fulfils `oms.ports.alarms.Alarms`; `fails` is raised instead of taking anything."""

    opened: list[Condition] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    fails: OmsError | None = None

    @property
    def keys(self) -> list[str]:
        """The keys of what was opened, each as often as it was said."""
        return [condition.key for condition in self.opened]

    async def open(self, condition: Condition) -> None:
        """Remember."""
        if self.fails:
            raise self.fails
        self.opened.append(condition)

    async def over(self, key: str, at: Moment, why: str) -> None:
        """Remember."""
        assert at.tzinfo is not None
        assert why
        if self.fails:
            raise self.fails
        self.closed.append(key)
