"""Bring an alert to a person of the rota, whatever is down."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeAlias

from oms.domain.alerting import AlertState, ToldAlert, Word
from oms.domain.errors import OmsError
from oms.notices.ways import Way
from oms.notices.words import Text, Told, alert_text, digest_text
from oms.ports import Notice, Notices
from oms.rota import Person, Rota
from oms.store import Store
from oms.store.alert_posts import Post

log = logging.getLogger(__name__)
TRY_AGAIN = timedelta(minutes=1)
"""Real time: nobody could be reached by any way; the alert stays open and everybody is tried again."""
BEING_SENT = timedelta(seconds=5)
KEEP_POSTS = timedelta(days=30)


class Office(Protocol):
    """Whoever tells people of alerts."""

    async def tell(self, state: AlertState, word: Word, at: datetime) -> ToldAlert:
        """Tell whoever is next; the answer says who heard, and when somebody must hear again."""


class _Held(NamedTuple):
    """Not sent yet: too many notices this minute, or somebody else sends it just now."""

    until: datetime


class _Failed(NamedTuple):
    how: str


class _Sent(NamedTuple):
    way: str


_Outcome: TypeAlias = _Sent | _Held | _Failed


class RotaOffice:
    """Tells the people of a rota, each by the first of their ways that works; fulfils `Office`."""

    def __init__(
        self, rota: Rota, ways: Mapping[str, Mapping[str, Way]], store: Store, journal: Notices
    ) -> None:
        """Take the rota, the ways of each person by the names of their variables, the store, and the log of notices.

        Somebody without any way reads the log and the desk.
        """
        self._rota, self._ways, self._store, self._journal = rota, ways, store, journal

    async def tell(self, state: AlertState, word: Word, at: datetime) -> ToldAlert:
        """Tell the next person of the rota who may be disturbed and can be reached; a summary: all who were told."""
        if word == "closed":
            return await self._tell_the_end(state, at)
        failed: list[str] = []
        quiet: list[datetime] = []
        for level, person in self._called(state):
            free_at = person.quiet_until(state.condition.severity, at)
            if free_at is not None:
                quiet.append(free_at)
                continue
            outcome = await self._bring(person, state, word, at)
            if isinstance(outcome, _Failed):
                failed.append(f"{person.name}: {outcome.how}")
            elif isinstance(outcome, _Held):
                return ToldAlert(
                    again_at=outcome.until, level=level, failed=tuple(failed), why_not=self._enough(person)
                )
            else:
                return ToldAlert(
                    reached=person.name, way=outcome.way, level=level, failed=tuple(failed),
                    again_at=self._next_call(state, at),
                )  # fmt: skip
        return _nobody(failed, quiet, at)

    async def _tell_the_end(self, state: AlertState, at: datetime) -> ToldAlert:
        """Everybody who was told hears that it is over; nobody is woken for that."""
        failed: list[str] = []
        later: list[datetime] = []
        told = [person for person in self._rota.people if person.name in state.told]
        for person in told:
            free_at = person.quiet_until("info", at)
            outcome = _Held(free_at) if free_at else await self._bring(person, state, "closed", at)
            if isinstance(outcome, _Held):
                later.append(outcome.until)
            elif isinstance(outcome, _Failed):
                failed.append(f"{person.name}: {outcome.how}")
        if later:
            return ToldAlert(again_at=min(later), why_not="somebody hears of the end later")
        if failed:
            return ToldAlert(again_at=at + TRY_AGAIN, failed=tuple(failed))
        return ToldAlert(reached=", ".join(person.name for person in told) or "nobody of today's rota")

    def _called(self, state: AlertState) -> Sequence[tuple[int, Person]]:
        """Return who is asked, in turn: from the level reached on, and round again."""
        chain = self._rota.chain(state.condition.to, state.condition.severity)
        first = state.level % len(chain)
        return [(number, chain[number]) for number in (*range(first, len(chain)), *range(first))]

    def _next_call(self, state: AlertState, at: datetime) -> datetime | None:
        wait = max(self._rota.within(state.condition.severity) / state.pace, timedelta(seconds=1))
        return at + wait if self._rota.escalate else None

    def _enough(self, person: Person) -> str:
        return f"{person.name} gets no more than {self._rota.notices_a_minute} notices a minute"

    async def _bring(self, person: Person, state: AlertState, word: Word, at: datetime) -> _Outcome:
        posts, post = self._store.alert_posts, _post(state, word, person, at)
        written = await asyncio.to_thread(posts.write, post)
        if written.first:
            await self._journal.send(_notice(state, post))
        if written.way:
            return _Sent(written.way)
        ways = self._ways.get(person.name, {})
        if not ways:
            await asyncio.to_thread(posts.sent_alone, post.id, "log", at)
            return _Sent("log")
        free_at = await asyncio.to_thread(posts.claim_turn, person.name, self._rota.notices_a_minute, at)
        if free_at is not None:
            return _Held(free_at)
        batch = f"{post.id}#{at.isoformat()}"
        waiting = await asyncio.to_thread(posts.take, person.name, batch, at)
        if not any(one.id == post.id for one in waiting):
            await asyncio.to_thread(posts.release, batch)
            await asyncio.to_thread(posts.give_back, person.name, at)
            return _Held(at + BEING_SENT)
        outcome = await _send(person, ways, _text_of(waiting, person))
        if isinstance(outcome, _Sent):
            await asyncio.to_thread(posts.sent, batch, outcome.way, at)
        else:
            await asyncio.to_thread(posts.release, batch)
            await asyncio.to_thread(posts.give_back, person.name, at)
        return outcome


async def _send(person: Person, ways: Mapping[str, Way], text: Text) -> _Sent | _Failed:
    """Try a person's ways in turn."""
    for name, way in ways.items():
        try:
            await way.send(text.title, text.text)
        except (OmsError, OSError) as error:
            log.warning("alert.way_failed", extra={"person": person.name, "way": name, "why": str(error)})
        else:
            log.info("alert.sent", extra={"person": person.name, "way": name})
            return _Sent(name)
    return _Failed(", ".join(ways))


def _nobody(failed: Sequence[str], quiet: Sequence[datetime], at: datetime) -> ToldAlert:
    again = min([*quiet, at + TRY_AGAIN]) if failed else min(quiet, default=at + TRY_AGAIN)
    why = "" if failed else "everybody has quiet hours"
    return ToldAlert(again_at=again, failed=tuple(failed), why_not=why)


def _post(state: AlertState, word: Word, person: Person, at: datetime) -> Post:
    condition, text = state.condition, alert_text(state, word, person.language, at)
    return Post(
        id=f"{state.id}|{state.tellings}|{word}|{person.name}", person=person.name, key=condition.key,
        kind=condition.kind, shop=condition.shop, severity=condition.severity, word=word,
        title=text.title, text=text.text, written_at=at,
    )  # fmt: skip


def _notice(state: AlertState, post: Post) -> Notice:
    condition = state.condition
    return Notice(
        id=post.id, to=condition.to, severity=condition.severity, title=condition.title, body=post.text,
        order=condition.order,
    )  # fmt: skip


def _text_of(waiting: Sequence[Post], person: Person) -> Text:
    if len(waiting) == 1:
        return Text(waiting[0].title, waiting[0].text)
    told = [Told(post.kind, post.shop, post.severity, post.word, post.title) for post in waiting]
    return digest_text(told, person.language)
