"""A shop's token is used while it lives, renewed in time, by one of us for all, and replaced by a person's."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oms.domain.errors import CredentialsExpired
from oms.domain.ids import ShopKey
from oms.ports import Token
from oms.sessions import Session
from oms.tokens import StoredTokens
from tests.channels.platform_world import MemoryTokens
from tests.unit.intake_world import a_store

SHOP = ShopKey(channel="jd", shop="main")
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


class Platform:
    """Knows which token is valid, and hands out the next one."""

    def __init__(self) -> None:
        self.valid = "a0"
        self.refreshed = 0
        self.broken = False
        self.life = timedelta(hours=1)
        self.refused = 0

    async def ask(self, token: str) -> str:
        await asyncio.sleep(0)
        if token != self.valid:
            self.refused += 1
            raise CredentialsExpired("the token has expired")
        return "orders"

    async def refresh(self, _old: Token) -> Token:
        self.refreshed += 1
        await asyncio.sleep(0.01)
        if self.broken:
            raise CredentialsExpired("authorise again")
        self.valid = f"a{self.refreshed}"
        return Token(access=self.valid, refresh="r", expires_at=NOON + self.life)


def a_session(platform: Platform, tokens: MemoryTokens | StoredTokens, access: str = "a0") -> Session:
    return Session(SHOP, Token(access=access, refresh="r0"), tokens, platform.refresh, lambda: NOON)


async def test_many_questions_at_once_refresh_an_expired_token_once() -> None:
    """A refresh makes the token before it invalid: two at once would undo each other."""
    platform, tokens = Platform(), MemoryTokens()
    platform.valid = "revoked"
    sessions = [a_session(platform, tokens) for _ in range(5)]

    answers = await asyncio.gather(*(session.ask(platform.ask) for session in sessions))

    assert (answers, platform.refreshed) == (["orders"] * 5, 1)


async def test_a_token_that_ends_soon_is_renewed_before_it_is_refused() -> None:
    """No question breaks off in the middle of a list."""
    platform, tokens = Platform(), MemoryTokens()
    platform.valid, platform.life = "revoked", timedelta(minutes=1)
    session = a_session(platform, tokens)
    await session.ask(platform.ask)
    platform.refused = 0

    answer = await session.ask(platform.ask)

    assert (answer, platform.refreshed, platform.refused) == ("orders", 2, 0)


async def test_a_refused_refresh_needs_a_person_and_is_not_tried_again_in_one_question() -> None:
    """CredentialsExpired reaches whoever asked."""
    platform, tokens = Platform(), MemoryTokens()
    platform.valid, platform.broken = "revoked", True

    with pytest.raises(CredentialsExpired):
        await a_session(platform, tokens).ask(platform.ask)

    assert platform.refreshed == 1
    assert not tokens.leased


async def test_a_token_that_a_person_configured_anew_goes_before_the_kept_one(
    tmp_path: Path, sqlite_template: Path
) -> None:
    """What was refreshed descends from a token that is no longer in the settings."""
    store, platform = a_store(tmp_path, sqlite_template), Platform()
    tokens = StoredTokens(store)
    platform.valid = "revoked"
    await a_session(platform, tokens).ask(platform.ask)
    platform.valid = "by a person"

    answer = await a_session(platform, tokens, access="by a person").ask(platform.ask)

    assert (answer, platform.refreshed) == ("orders", 1)
    store.close()


async def test_a_kept_token_is_sealed_shared_and_leased_once(tmp_path: Path, sqlite_template: Path) -> None:
    """Nobody who holds the database file can ask as the shop; a second process waits for the first."""
    store = a_store(tmp_path, sqlite_template)
    tokens, others = StoredTokens(store), StoredTokens(store)

    claims = (await tokens.lease(SHOP, 30), await others.lease(SHOP, 30))
    await tokens.write(SHOP, Token(access="very secret token", refresh="r"))
    await tokens.release(SHOP)

    kept = await others.read(SHOP)
    assert claims == (True, False)
    assert kept is not None
    assert kept.access == "very secret token"
    assert await others.lease(SHOP, 30)
    store.close()
    assert not _in_any_file(tmp_path, b"very secret token")


def _in_any_file(folder: Path, text: bytes) -> bool:
    return any(text in file.read_bytes() for file in folder.iterdir())
