"""A shop on a sales platform, as Protocols: what every channel does, and what only some protocols have."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import Field

from oms.domain.aftersale import AfterSale
from oms.domain.calls import CallResult
from oms.domain.handover import ShippedParcel
from oms.domain.ids import ShopKey
from oms.domain.model import Fact, Moment
from oms.domain.order import Snapshot
from oms.domain.receiver import Receiver


class Mapped(Fact):
    """A platform payload in our words: the order, and beside it what may not enter a workflow."""

    snapshot: Snapshot
    """Without `receiver_digest` and `buyer`: intake adds them, it alone holds the key."""
    receiver: Receiver | None = None
    buyer_id: str = Field(default="", repr=False)
    """The platform's opaque buyer id, plain."""
    remark: str = Field(default="", repr=False)


class Page(Fact):
    """Some payloads of a list, as received, and how many the platform says there are in all."""

    payloads: tuple[Mapping[str, Any], ...]
    total: int | None = None


class WrittenBack(Fact):
    """The channel knows the waybill; said twice, it knows it once."""

    outcome: Literal["written_back"] = "written_back"


class WriteBackRefused(Fact):
    """The channel will not take the waybill, and says why."""

    outcome: Literal["refused"] = "refused"
    reason: str


class Answered(Fact):
    """The platform took our answer; given twice, it is given once."""

    outcome: Literal["answered"] = "answered"


class AnswerRefused(Fact):
    """The platform does not take our answer (any more), and says why."""

    outcome: Literal["refused"] = "refused"
    reason: str


class Properties(Fact):
    """What a platform's order interface is like, declared once; the shared suite holds each channel to it."""

    first_page: Literal[0, 1] | None = None
    """Number of the first page; None where pages are found by a cursor."""
    walk: Literal["backwards", "by_time", "cursor"]
    """How the list is walked so that orders which move meanwhile are not lost."""
    page_size: int
    longest_window: timedelta
    """Longer windows are cut up before we ask."""
    bounds: Literal["closed", "open"]
    """Whether an order modified exactly at a bound belongs to the window."""
    time_unit: Literal["text", "seconds", "milliseconds"]
    amount_unit: Literal["yuan_text", "yuan_number", "fen"]
    most_rows: int | None = None
    """A window with more rows than this is halved before it is read."""
    calls_per_second: float | None
    """The platform's quota; becomes the rate limit of the channel's task queue, in activities. None: it has none."""
    ships_in_parts: bool = True
    """Whether the platform keeps an order open until its last parcel; if not, the first one ships it."""
    same_buyer_everywhere: bool = False
    """A buyer's opaque id is the platform's: the same person in all shops of one application. Else the shop's own."""
    token_life: timedelta | None = None
    """None: the key does not expire."""
    push: Literal["webhook", "pull", "websocket", "none"]
    versions: tuple[str, ...]
    """What `api_version` in the shops file may say; the first is used when it says nothing."""


class Checkup(Fact):
    """What a connection check found; `problem` says in words what is wrong and what to do, or is empty."""

    shop: ShopKey
    version: str
    authorised: bool
    active: bool
    """The platform's order interface answered a harmless question."""
    clock_skew_seconds: int | None = None
    """Their clock minus ours; None where the platform does not tell its time."""
    problem: str = ""
    failure: CallResult | None = None
    """Which kind of error the question ended in; None when it ended in none."""


class Channel(Protocol):
    """One shop on one sales platform, spoken to in the platform's own protocol.

    Raises only the errors of `oms.domain.errors`; a business refusal is a value.
    """

    @property
    def shop(self) -> ShopKey:
        """Which shop."""

    @property
    def properties(self) -> Properties:
        """What the platform's interface is like."""

    def changed(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every order modified in the window, page by page in an order that loses none."""

    async def fetch(self, number: str) -> Mapping[str, Any] | None:
        """The order as the platform knows it now; None when it knows none."""

    async def write_back(self, parcel: ShippedParcel) -> WrittenBack | WriteBackRefused:
        """Tell the platform that a parcel left."""

    async def check(self) -> Checkup:
        """Ask whether the shop's order interface is authorised and active; never raises for what it finds."""

    def read(self, payload: Mapping[str, Any]) -> Mapped:
        """Translate a payload, purely. Raises Unmappable."""


@runtime_checkable
class CorrectsWaybills(Protocol):
    """A channel that lets a waybill be corrected after it was written back."""

    async def correct_waybill(self, parcel: ShippedParcel, wrong: str) -> WrittenBack | WriteBackRefused:
        """Put `parcel.waybill` in the place of the `wrong` one; asked twice, it is changed once."""


@runtime_checkable
class AnswersAddressChanges(Protocol):
    """A channel whose buyers ask for a new address and wait for an answer."""

    async def answer_address_change(self, number: str, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Say yes or no to the change an order's buyer asked for."""


@runtime_checkable
class HasAfterSales(Protocol):
    """A channel whose after-sales can be listed and answered."""

    def after_sales(self, since: Moment, until: Moment) -> AsyncIterator[Page]:
        """Every after-sale modified in the window as received, page by page in an order that loses none."""

    def read_after_sale(self, payload: Mapping[str, Any]) -> AfterSale:
        """Translate an after-sale, purely. Raises Unmappable."""

    async def answer_after_sale(self, case: AfterSale, *, accept: bool, why: str) -> Answered | AnswerRefused:
        """Agree or refuse."""


@runtime_checkable
class FetchesAfterSales(HasAfterSales, Protocol):
    """A channel that can be asked for one after-sale."""

    async def fetch_after_sale(self, case: str, order: str) -> Mapping[str, Any] | None:
        """The after-sale of an order as the platform knows it now, as its list would show it; None when it knows none."""


class Refunded(Fact):
    """The money goes back to the buyer; asked twice with one key, it goes back once."""

    outcome: Literal["refunded"] = "refunded"
    reference: str = ""
    """The shop's own number of the refund."""


class RefundRefused(Fact):
    """The shop does not give the money back, and says why; nothing of the buyer."""

    outcome: Literal["refused"] = "refused"
    reason: str


@runtime_checkable
class RefundsOrders(Protocol):
    """A channel where we give the money back ourselves, because no platform does it for us."""

    async def refund(self, number: str, amount_fen: int, *, key: str, why: str) -> Refunded | RefundRefused:
        """Give part or all of an order's money back; asked twice with one `key`, it goes back once."""


@runtime_checkable
class RevealsReceivers(Protocol):
    """A channel that lists masked receivers and reveals one when a parcel is about to leave."""

    async def reveal(self, number: str, receiver: Receiver) -> Receiver:
        """Return the receiver as a carrier needs it; raises Unavailable, RateLimited or Misused."""


class Call(Fact):
    """An HTTP call that came in; header names are in lower case."""

    method: str
    query: Mapping[str, str] = Field(repr=False)
    headers: Mapping[str, str] = Field(repr=False)
    body: bytes = Field(repr=False)


class Reply(Fact):
    """What the platform wants to hear back."""

    status: int = 200
    body: str = ""
    media: str = "application/json"


class Word(Fact):
    """One thing a platform told us by itself: about which order, and the order itself if it came along."""

    number: str
    topic: str
    case: str = ""
    """The platform's id of the after-sale it is about, if it is about one: then that is fetched beside the order."""
    wants_address: bool = False
    """The buyer asks for another address, and the platform waits for our answer."""
    event_id: str = ""
    """The platform's id of the message: the same id again is a repetition; empty when it gives none."""
    payload: Mapping[str, Any] | None = Field(default=None, repr=False)
    """The whole order; None: only its number, so the order is fetched."""


class Heard(Fact):
    """A verified call, read: what it says, and the reply when all of it was taken in."""

    words: tuple[Word, ...] = ()
    reply: Reply = Reply()


@runtime_checkable
class Hears(Protocol):
    """A channel whose platform calls us."""

    def hear(self, call: Call, now: Moment) -> Heard:
        """Verify and read a call. Raises Forged (also for one too old) and Unmappable."""


class Take(Protocol):
    """Takes a word in; returns when it is safe to tell the platform that we have it."""

    async def __call__(self, word: Word, raw: bytes) -> None:
        """Take in, or raise Unavailable: then the platform must say it again."""


@runtime_checkable
class Listens(Protocol):
    """A channel whose messages we go and get, over a connection that we keep."""

    async def listen(self, take: Take) -> None:
        """Hand on every message and confirm it once taken; runs until cancelled or the connection fails."""


class Token(Fact):
    """What opens a shop for a while."""

    access: str = Field(repr=False)
    refresh: str = Field(default="", repr=False)
    expires_at: Moment | None = None
    origin: str = ""
    """Which configured token it descends from; one of another origin was replaced by a person."""


class Tokens(Protocol):
    """Where the present token of each shop is kept, for all our processes together."""

    async def read(self, shop: ShopKey) -> Token | None:
        """Return the token kept, if any."""

    async def write(self, shop: ShopKey, token: Token) -> None:
        """Keep a token in the place of the one before."""

    async def lease(self, shop: ShopKey, seconds: float) -> bool:
        """Claim the right to refresh; False while another process holds it."""

    async def release(self, shop: ShopKey) -> None:
        """Give the claim back."""
