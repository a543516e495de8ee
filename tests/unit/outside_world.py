"""The desk with everything it needs for alerts, parked payloads, rules and the register of interfaces."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from oms.domain.alerts import AcknowledgeAlert
from oms.domain.errors import Unavailable
from oms.domain.ids import ShopKey
from oms.domain.messages import Way
from oms.domain.model import Message
from oms.ports.asking import Agreed, Answer, Asked
from oms.register import Register
from oms.rules.shelf import Shelf
from oms.violations.files import Reports
from oms.web.collaborators import Collaborators
from tests.unit.intake_world import NOON, SHOP
from tests.unit.web_world import WebWorld


@dataclass
class FakeAlertsThatAnswer:
    """Remembers who was asked for what; answers as told."""

    answer: Answer = field(default_factory=Agreed)
    asked: list[tuple[str, str, str, str]] = field(default_factory=list)
    away: bool = False

    async def ask(self, asked: Asked, update: str, message: Message, *, once: str = "") -> Answer:
        """Note it; raises Unavailable while away."""
        del once  # each is asked once
        if self.away:
            raise Unavailable("nobody answers at 10.0.0.1:7233")
        assert isinstance(message, AcknowledgeAlert)
        self.asked.append((asked.workflow, update, message.by, message.why))
        return self.answer


@dataclass
class OutsideWorld(WebWorld):
    """The web application with a shelf of rules, a folder of reports and alerts that answer."""

    answering: FakeAlertsThatAnswer = field(default_factory=FakeAlertsThatAnswer)
    register: Register | None = None
    shelf: Reports | None = None
    platforms: Mapping[ShopKey, str] = field(default_factory=lambda: {SHOP: "own_shop"})

    @property
    def parts(self) -> Collaborators:
        """The same, and more."""
        more: dict[str, Any] = {"reports": self.shelf} if self.shelf else {}
        return replace(
            super().parts, asking=self.answering, register=self.register, platforms=self.platforms,
            rules=Shelf(self.store.rule_tables, self.clock), **more,
        )  # fmt: skip

    async def park(self, **payload: Any) -> str:
        """Let a payload come in that nobody can read yet; returns its inbox id."""
        receipt = await self.intake.receive(SHOP, Way.WEBHOOK, payload or {"number": "1001", "modified": 0})
        assert receipt.status == "parked"
        return receipt.inbox_id

    def park_many(self, number: int, reason: str = "status: is missing") -> list[str]:
        """Park so many at once."""
        bodies = [b'{"number": "%d", "modified": 0}' % (2000 + each) for each in range(number)]
        ids = self.store.inbox.put_all(SHOP, Way.WEBHOOK, "channel", bodies, NOON)
        for inbox_id in ids if number <= 100 else ():
            self.store.inbox.settle(inbox_id, "parked", reason=reason)
        return list(ids)
