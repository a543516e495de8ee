"""What ends soon, put together from the register, the tokens and the certificates; and reminding people of it."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from oms.domain.errors import Unavailable
from oms.domain.expiries import Ends, Expiry, condition_of, due, same_end, step_at
from oms.domain.interfaces import Interface
from oms.domain.model import Fact
from oms.ports.alarms import Alarms
from oms.register import Register
from oms.settings import ShopConfig
from oms.store import Store
from oms.store.interfaces import Known

A_MOMENT = timedelta(milliseconds=1)
"""A condition that is over and so again in one look begins after it was over, or it would count as the old one."""
UNRENEWED = timedelta(hours=1)
"""A token that renews itself is worth a word when it ended so long ago: whoever uses it renews it."""


class Reminders(Fact):
    """What a look at the register came to: the keys that people were told of, and those that are over."""

    told: tuple[str, ...] = ()
    over: tuple[str, ...] = ()


class Endings:
    """Everything in use that has an end. Synchronous; raises Unavailable with the database."""

    def __init__(self, register: Register, store: Store) -> None:
        self._register = register
        self._store = store

    def all(self, now: datetime) -> tuple[Expiry, ...]:
        """Return every end that is known, the nearest first."""
        known, in_force = self._store.interfaces.all(), self._store.shop_versions.all()
        found = {
            expiry.key: expiry
            for expiries in (
                self._certificates(known),
                self._interfaces(known, in_force),
                self._tokens(known, now),
            )
            for expiry in expiries
        }
        return tuple(sorted(found.values(), key=lambda each: (each.at, each.key)))

    def find(self, key: str) -> Interface | None:
        """Return an interface in use with its owner and its end, as it is known now; None when nobody declares it."""
        interface = self._register.interfaces.get(key)
        row = self._store.interfaces.get(f"{Ends.INTERFACE}:{key}")
        if interface is None or row.expires_at is None:
            return interface
        return interface.model_copy(update={"expires_at": row.expires_at, "expiry_source": row.expiry_source})

    def _interfaces(self, known: Mapping[str, Known], in_force: Mapping[str, str]) -> Iterator[Expiry]:
        for interface in self._register.interfaces.values():
            row = known.get(f"{Ends.INTERFACE}:{interface.key}", Known(key=""))
            at, source = row.expires_at or interface.expires_at, row.expiry_source or interface.expiry_source
            if at is None or not self._register.ended_version_matters(
                interface, row.expiry_version, in_force
            ):
                continue
            if row.expiry_version:
                source = f"{source}, version {row.expiry_version}"
            yield Expiry(what=Ends.INTERFACE, name=interface.key, at=at, source=source, owner=interface.owner)

    def _tokens(self, known: Mapping[str, Known], now: datetime) -> Iterator[Expiry]:
        for system in self._register.systems.values():
            for shop in system.shops if system.versions else ():
                row, name = known.get(f"{Ends.TOKEN}:{shop.key}", Known(key="")), str(shop.key)
                owner = self._register.owners.of_system(system.name)
                if row.expires_at is not None:
                    yield Expiry(
                        what=Ends.TOKEN,
                        name=name,
                        at=row.expires_at,
                        source=row.expiry_source,
                        owner=owner,
                        shop=name,
                    )
                ended = self._kept_until(shop)
                if ended is not None and (row.expires_at is None or now >= ended):
                    yield Expiry(
                        what=Ends.TOKEN, name=name, at=ended, source="the platform, with the token", owner=owner,
                        shop=name, renews_itself=True,
                    )  # fmt: skip

    def _kept_until(self, shop: ShopConfig) -> datetime | None:
        """Return when a kept token counts as not renewed; None where none is kept, or it is another origin's."""
        kept = self._store.tokens.read(shop.key)
        if kept is None or kept.expires_at is None or kept.origin != origin_of(shop):
            return None
        return kept.expires_at + UNRENEWED

    def _certificates(self, known: Mapping[str, Known]) -> Iterator[Expiry]:
        """Those of addresses in use; `{host}`, or `{host}.{port}` where it is not the usual one."""
        for system in self._register.systems.values():
            for place in {part for address in system.addresses for part in names_of(address)}:
                row = known.get(f"{Ends.CERTIFICATE}:{place}", Known(key=""))
                if row.expires_at is not None:
                    yield Expiry(
                        what=Ends.CERTIFICATE, name=place, at=row.expires_at, source=row.expiry_source,
                        owner=self._register.owners.of_system(system.name),
                    )  # fmt: skip


class Expiring:
    """Reminds people 30, 15, 7 and 1 day before something ends, each once, and when it has ended."""

    def __init__(self, endings: Endings, store: Store, alarms: Alarms, now: Callable[[], datetime]) -> None:
        self._endings = endings
        self._store = store.interfaces
        self._alarms = alarms
        self._now = now

    async def remind(self, at: datetime | None = None) -> Reminders:
        """Open what is due now (or `at`) and close what was moved. Said twice, people hear it once.

        Raises Unavailable when somebody could not be told, after all others were; then it is said again.
        """
        now = at or self._now()
        ends = {each.key: each for each in await asyncio.to_thread(self._endings.all, now)}
        known = dict(await asyncio.to_thread(self._store.all))
        unheard: list[Unavailable] = []
        over = [key for key, row in known.items() if await self._close(row, ends.get(key), now, unheard)]
        for key in over:
            known[key] = await asyncio.to_thread(self._store.get, key)
        told = [
            key
            for key, each in ends.items()
            if await self._tell(each, known.get(key, Known(key=key)), now, unheard)
        ]
        if unheard:
            raise unheard[0]
        return Reminders(told=tuple(told), over=tuple(over))

    async def _tell(self, expiry: Expiry, row: Known, now: datetime, unheard: list[Unavailable]) -> bool:
        step = due(expiry, row.reminded, now)
        if step is None:
            return False
        try:
            await self._alarms.open(condition_of(expiry, step, now))
        except Unavailable as error:
            unheard.append(error)
            return False
        await asyncio.to_thread(self._store.reminded, expiry.key, expiry.at, step)
        return True

    async def _close(
        self, row: Known, expiry: Expiry | None, now: datetime, unheard: list[Unavailable]
    ) -> bool:
        why = _why_over(row, expiry, now)
        if not why:
            return False
        try:
            await self._alarms.over(f"expiry:{row.key}", now - A_MOMENT, why)
        except Unavailable as error:
            unheard.append(error)
            return False
        await asyncio.to_thread(self._store.quiet, row.key)
        return True


def names_of(address: str) -> tuple[str, ...]:
    """Return how the certificate of an https address may be named; nothing for another address."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        return ()
    return (parts.hostname,) if parts.port in {None, 443} else (f"{parts.hostname}.{parts.port}",)


def origin_of(shop: ShopConfig) -> str:
    """Name the configured token of a shop, as `oms.sessions.Session` does: its own, or none."""
    first = [
        shop.secrets[name].get_secret_value() if name in shop.secrets else ""
        for name in ("access_token", "refresh_token")
    ]
    return hashlib.sha256("|".join(first).encode()).hexdigest()[:16]


def _why_over(row: Known, expiry: Expiry | None, now: datetime) -> str:
    """Say why a condition is over; empty when it is not, or none is open."""
    if not row.alerted:
        return ""
    if expiry is None:
        return "it is not in use any more, or no end of it is known"
    if step_at(expiry, now) is None or not same_end(expiry.at, row.reminded_of):
        return f"its end was moved to {expiry.at:%Y-%m-%d %H:%M} UTC"
    return ""
