"""The shops' tokens in our database, asked for without holding anybody up."""

import asyncio

from oms.domain.ids import ShopKey
from oms.ports import Token
from oms.store import Store


class StoredTokens:
    """Tokens that every process of ours shares; fulfils `oms.ports.Tokens`. Raises Unavailable with the database."""

    def __init__(self, store: Store) -> None:
        self._tokens = store.tokens

    async def read(self, shop: ShopKey) -> Token | None:
        """Return the token kept, if any."""
        return await asyncio.to_thread(self._tokens.read, shop)

    async def write(self, shop: ShopKey, token: Token) -> None:
        """Keep a token."""
        await asyncio.to_thread(self._tokens.write, shop, token)

    async def lease(self, shop: ShopKey, seconds: float) -> bool:
        """Claim the right to refresh."""
        return await asyncio.to_thread(self._tokens.lease, shop, seconds)

    async def release(self, shop: ShopKey) -> None:
        """Give the claim back."""
        await asyncio.to_thread(self._tokens.release, shop)
