"""The configured shops, each spoken to in the version that is in force; a switch is noticed within a second."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from oms.channels import kind_of, open_channel
from oms.domain.errors import Unavailable
from oms.domain.ids import ShopKey
from oms.domain.model import Fact
from oms.http import Http
from oms.ports import Channel, Tokens
from oms.settings import ShopConfig, WrongSetting
from oms.store.shop_versions import ShopVersions, switched

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
"""How often a process looks whether a version was switched."""
OURSELVES, FROM_THE_FILE = "orderloom", "as the shops file said when the shop was first opened"


def configured_version(shop: ShopConfig) -> str:
    """Return the version that the shops file asks for. Raises WrongSetting for one that we do not speak."""
    return shop.version(kind_of(shop).properties.versions)


class Neighbours(Fact):
    """What is spoken to as a shop is: the shops of its platform in the same version, and the other versions there are."""

    shops: tuple[ShopKey, ...]
    version: str
    others: tuple[str, ...] = ()


class Switchboard(Mapping[ShopKey, Channel]):
    """Shop to channel. Whoever looks a shop up gets the channel of the version in force; nobody restarts anything.

    A call that has begun ends in the version it began with.
    """

    def __init__(
        self, shops: Sequence[ShopConfig], http: Http, tokens: Tokens, versions: ShopVersions
    ) -> None:
        """Open every shop in the version in force. Raises WrongSetting for what is missing or wrong."""
        self._shops = {shop.key: shop for shop in shops}
        self._http, self._tokens, self._versions = http, tokens, versions
        self._opened: dict[tuple[ShopKey, str], Channel] = {}
        self._in_force = {shop.key: configured_version(shop) for shop in shops}
        for key, version in self._in_force.items():
            self._open(key, version)
        self._refused = set[tuple[ShopKey, str]]()
        self._keeping: asyncio.Task[None] | None = None

    def __getitem__(self, shop: ShopKey) -> Channel:
        """Return the shop's channel."""
        return self._opened[shop, self._in_force[shop]]

    def __iter__(self) -> Iterator[ShopKey]:
        """Go through the shops, in the order of the shops file."""
        return iter(self._shops)

    def __len__(self) -> int:
        """Count them."""
        return len(self._shops)

    def begin(self, now: Callable[[], datetime]) -> None:
        """Note the file's version for every shop that never had one, and follow what is in force for the others."""
        for key, version in self._in_force.items():
            self._versions.begin(switched(key, now(), OURSELVES, ("", version), FROM_THE_FILE))
        self.follow(self._versions.all())

    def follow(self, in_force: Mapping[str, str]) -> None:
        """Speak these versions from now on; one that this program does not know is logged and not followed."""
        for key, before in list(self._in_force.items()):
            version = in_force.get(str(key), before)
            if version == before:
                continue
            try:
                self._open(key, version)
            except WrongSetting as error:
                if (key, version) in self._refused:
                    continue
                self._refused.add((key, version))
                log.error("shop.version_unknown", extra={"shop": str(key), "reason": str(error)})  # noqa: TRY400 - no stack of interest
                continue
            self._in_force[key] = version
            log.warning("shop.version_switched", extra={"shop": str(key), "was": before, "version": version})

    def neighbours(self, shop: ShopKey) -> Neighbours:
        """Say who else is concerned when the shop's version ends, and what else could be spoken."""
        version, known = self._in_force[shop], self._opened[shop, self._in_force[shop]].properties.versions
        same = [
            key for key, spoken in self._in_force.items() if key.channel == shop.channel and spoken == version
        ]
        others = tuple(each for each in known if each != version)
        return Neighbours(shops=tuple(same), version=version, others=others)

    async def fall_back(self, shop: ShopKey, why: str, now: datetime) -> str:
        """Go over to another version that answers, where the shop's file allows it; returns it, or nothing."""
        if not self._shops[shop].fallback:
            return ""
        around = self.neighbours(shop)
        for version in around.others:
            self._open(shop, version)
            found = await self._opened[shop, version].check()
            if found.authorised and found.active:
                wanted = switched(shop, now, OURSELVES, (around.version, version), why)
                await asyncio.to_thread(self._versions.switch, wanted)
                await self.catch_up()
                return self._in_force[shop]
        return ""

    def stay_current(self) -> None:
        """Follow switches for as long as the running loop runs."""
        self._keeping = asyncio.create_task(self._keep_current())

    async def catch_up(self) -> None:
        """Follow what is in force now, without waiting for the next look. Raises Unavailable."""
        self.follow(await asyncio.to_thread(self._versions.all))

    async def _keep_current(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.catch_up()
            except Unavailable as error:
                log.info("shop.versions_unknown", extra={"reason": str(error)})

    def _open(self, key: ShopKey, version: str) -> None:
        if (key, version) not in self._opened:
            shop = self._shops[key].model_copy(update={"api_version": version})
            self._opened[key, version] = open_channel(shop, self._http, self._tokens)
