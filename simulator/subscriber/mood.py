"""How a subscriber answers: fine, or not, for a while or for a share of the calls."""

from datetime import datetime
from random import Random
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Behaviour = Literal["fine", "down", "slow", "gone", "html", "error", "redirect"]


class Mood(BaseModel):
    """What it does, and for how long; `down` answers 503, `html` says yes with a web page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    does: Behaviour = "fine"
    business_s: float | None = Field(default=None, gt=0)
    """It ends by itself after so much business time; None: when something else is wished."""
    seconds: float = Field(default=29.0, ge=0, le=120)
    """Real time that a slow answer takes."""
    share: float = Field(default=1.0, ge=0, le=1)
    """Of the calls; the others are answered well."""


class Downtime(BaseModel):
    """A subscriber that is down again and again, without being asked to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_business_s: float = Field(default=0.0, ge=0)
    """At the beginning, counted from its first call."""
    every_business_s: float = Field(default=0.0, ge=0)
    """0: never again."""
    for_business_s: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _comes_up_again(self) -> "Downtime":
        if self.every_business_s and self.for_business_s >= self.every_business_s:
            msg = "for_business_s must be shorter than every_business_s"
            raise ValueError(msg)
        return self

    def strikes(self, business_s: float) -> bool:
        """Tell whether it is down so long after its first call."""
        if business_s < self.first_business_s:
            return True
        if not self.every_business_s:
            return False
        since = business_s - self.first_business_s
        return since >= self.every_business_s and since % self.every_business_s < self.for_business_s


class Temper:
    """A subscriber's mood at every moment."""

    def __init__(self, name: str, pace: float, downtime: Downtime, seed: int) -> None:
        """Begin in a good mood, but for the downtimes."""
        self._random = Random(f"{seed}:subscriber:{name}")
        self._pace = pace
        self._downtime = downtime
        self._first: datetime | None = None
        self._until: datetime | None = None
        self.mood = Mood()

    def wish(self, mood: Mood, until: datetime | None) -> None:
        """Behave so from now on, until a moment if there is one."""
        self.mood, self._until = mood, until

    def at(self, now: datetime) -> Mood:
        """Tell how the next call is answered."""
        if self._until is not None and now >= self._until:
            self.mood, self._until = Mood(), None
        self._first = self._first or now
        if self.mood.does != "fine":
            return self.mood if self._random.random() < self.mood.share else Mood()
        down = self._downtime.strikes((now - self._first).total_seconds() * self._pace)
        return Mood(does="down") if down else self.mood
