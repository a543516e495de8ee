"""Somebody who is signed in."""

from zoneinfo import ZoneInfo

from oms.domain.model import Fact
from oms.domain.roles import Act, Role, may


class Person(Fact):
    """A signed-in person; `name` stands in every audit event of what they do."""

    name: str
    role: Role
    language: str = "zh_CN"
    zone: str = "Asia/Shanghai"
    """Name of the time zone in which they read moments."""
    csrf: str = ""
    """What every form of theirs must bring along."""

    def may(self, act: Act) -> bool:
        """Say whether they may do that."""
        return may(self.role, act)

    @property
    def clock(self) -> ZoneInfo:
        """Their time zone."""
        return ZoneInfo(self.zone)
