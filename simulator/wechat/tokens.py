"""Access tokens: one stable one at a time, the same until shortly before its end, and the old-fashioned ones."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from simulator.wechat.answers import Refused
from simulator.wire import Json

LIFE = timedelta(seconds=7200)
RENEWED_AHEAD = timedelta(minutes=5)
FORCED_PER_DAY = 20
FORCED_APART = timedelta(seconds=30)


class AccessTokens:
    """Gives tokens to who knows the app's secret, and knows which are still good."""

    def __init__(self, secrets: Mapping[str, str], now: Callable[[], datetime], seed: int) -> None:
        """Begin without any."""
        self._secrets = secrets
        self._now = now
        self._random = Random(f"{seed}:wechat:tokens")
        self._ends: dict[str, datetime] = {}
        self._overruled: set[str] = set()
        self._stable = ""
        self._forced: list[datetime] = []

    def stable(self, question: Json) -> Json:
        """Answer `POST /cgi-bin/stable_token`. Raises Refused."""
        self._admit(question)
        if question.get("grant_type") != "client_credential":
            raise Refused(40097)
        left = self._ends.get(self._stable, self._now()) - self._now()
        if question.get("force_refresh") is True:
            self._force()
        elif left > RENEWED_AHEAD:
            return {"access_token": self._stable, "expires_in": int(left.total_seconds())}
        self._stable = self._new()
        return {"access_token": self._stable, "expires_in": int(LIFE.total_seconds())}

    def plain(self, question: Json) -> Json:
        """Answer `GET /cgi-bin/token`, whose tokens have nothing to do with the stable one. Raises Refused."""
        self._admit(question)
        return {"access_token": self._new(), "expires_in": int(LIFE.total_seconds())}

    def check(self, token: str | None) -> None:
        """Pass a token that is good. Raises Refused."""
        if not token:
            raise Refused(41001)
        if token not in self._ends or token in self._overruled:
            raise Refused(40001)
        if self._now() >= self._ends[token]:
            raise Refused(42001)

    def end_all(self) -> None:
        """Let every token expire at once."""
        self._ends = dict.fromkeys(self._ends, self._now())

    def overrule(self) -> None:
        """Let somebody else force a new stable token."""
        self._overruled.add(self._stable)
        self._stable = self._new()

    def stillborn(self) -> Json:
        """Give a token that has expired already."""
        token = self._new()
        self._ends[token] = self._now()
        return {"access_token": token, "expires_in": int(LIFE.total_seconds())}

    def _admit(self, question: Json) -> None:
        if question.get("appid") != self._secrets["app_id"]:
            raise Refused(40013)
        if question.get("secret") != self._secrets["app_secret"]:
            raise Refused(40125)

    def _force(self) -> None:
        now = self._now()
        self._forced = [moment for moment in self._forced if now - moment < timedelta(days=1)]
        if len(self._forced) >= FORCED_PER_DAY:
            raise Refused(45009)
        if self._forced and now - self._forced[-1] < FORCED_APART:
            raise Refused(45011)
        self._forced.append(now)
        self._overruled.add(self._stable)

    def _new(self) -> str:
        token = f"91_{self._random.getrandbits(512):0128x}"
        self._ends[token] = self._now() + LIFE
        return token
