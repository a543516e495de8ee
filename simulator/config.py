"""What one run of the outside world is told, secrets included, before it begins."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulator.faults import Fault, Kind, System
from simulator.subscriber.routes import SubscriberConfig

ScenarioName = Literal["mixed", "plain", "none"]
USUAL_NUMBER_OF_ORDERS = 60


class Section(BaseModel):
    """A part of the configuration in which a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ShopConfig(Section):
    """The own shop and the webhook it calls."""

    name: str = "main"
    consumer_key: str
    consumer_secret: str
    webhook_secret: str
    webhook_url: str | None = None


class PlatformConfig(Section):
    """A shop on one of the marketplaces; which secrets it has, its protocol says."""

    platform: str
    shop: str = "main"
    secrets: dict[str, str]
    push_url: str | None = None
    """Where the platform calls the order centre, if it calls at all."""
    options: dict[str, str] = {}
    """What else its protocol lets be set, such as how long a list takes to come to rest."""


class WechatPayAccount(Section):
    """The own shop's account at WeChat Pay; keys are base64 of their DER."""

    mchid: str
    appid: str
    api_v3_key: str
    private_key: str
    """WeChat Pay's own, with which it signs; `serial` is its id."""
    serial: str
    merchant_key: str
    merchant_serial: str
    notify_url: str | None = None


class AlipayAccount(Section):
    """The own shop's application at Alipay; keys are base64 of their DER."""

    app_id: str
    seller_id: str
    private_key: str
    """Alipay's own, with which it signs."""
    merchant_key: str
    notify_url: str | None = None


class PaymentsConfig(Section):
    """Through which gateways the own shop's buyers pay."""

    number_prefix: str = ""
    """What the shop's plugin puts before its order numbers."""
    wechatpay: WechatPayAccount | None = None
    alipay: AlipayAccount | None = None


class WmsConfig(Section):
    """The warehouse system and where it sends its notices."""

    app_key: str
    secret: str
    customer_id: str
    notify_url: str | None = None
    process_reports: tuple[str, ...] = ("ACCEPT", "PICK", "PACKAGE")


class CarrierConfig(Section):
    """The carrier platform's account."""

    customer: str
    key: str
    secret: str
    forgetful: bool = False
    """Gives a new waybill number whenever it is asked, also for the same order, as some couriers do."""
    callbacks_lost: float = Field(default=0.0, ge=0, le=1)
    """The share of callbacks that are never sent, nor sent again."""
    callbacks_aborted: float = Field(default=0.0, ge=0, le=1)
    """The share of callbacks with which the carrier stops following the parcel."""
    unscanned: float = Field(default=0.0, ge=0, le=1)
    """The share of parcels that are handed over and never scanned."""


class Noise(Section):
    """The share of webhooks that go missing, come twice or come late."""

    lost: float = Field(default=0.0, ge=0, le=1)
    duplicated: float = Field(default=0.0, ge=0, le=1)
    delayed: float = Field(default=0.0, ge=0, le=1)


class Outage(Section):
    """A while in which a system answers every question wrongly; `platforms` means all that sell, at once."""

    system: System | Literal["platforms"]
    kind: Kind
    starts_business_s: float = Field(ge=0)
    """Counted from the first order offered."""
    lasts_business_s: float = Field(gt=0)
    seconds: float | None = None
    """How long one answer hangs or is delayed, in real time."""

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        self.fault("shop" if self.system == "platforms" else self.system)
        return self

    def fault(self, system: System) -> Fault:
        """Give what goes wrong at one system as long as the outage lasts."""
        return Fault(system=system, kind=self.kind, rate=1.0, seconds=self.seconds)


class Squeeze(Section):
    """Offer orders at a steady real rate; each keeps its own gaps at pace."""

    arrivals_per_second: float = Field(gt=0)


class Config(Section):
    """Everything a run needs; the same configuration gives the same run."""

    pace: float = Field(default=3600.0, gt=0)
    seed: int = 7
    shop: ShopConfig
    platforms: tuple[PlatformConfig, ...] = ()
    """Marketplaces beside the own shop; invented and past orders are dealt out to all in turn."""
    own_shop_sells: bool = True
    wms: WmsConfig
    carrier: CarrierConfig
    payments: PaymentsConfig | None = None
    subscribers: tuple[SubscriberConfig, ...] = ()
    """Who is told by the order centre what happens."""
    orders: int | None = Field(default=None, ge=0)
    rate: float = Field(default=4.0, gt=0)
    source: Path | None = None
    squeeze: Squeeze | None = None
    scenario: ScenarioName = "mixed"
    autostart: bool = False
    fulfillments: bool = True
    webhook_disables: bool = False
    webhook_noise: Noise | None = None
    outages: tuple[Outage, ...] = ()
    least_grace_s: float = Field(default=20.0, ge=0)
    """Real seconds that the warehouse at least leaves us to hear of a buyer who changed her mind."""
    moving_rate: float = Field(default=0.0, ge=0, le=1)
    """At this share of list pages one of the listed orders is modified before the next page is asked for."""
    first_number: int = Field(default=1001, ge=1)
    stock: int = Field(default=20_000, ge=0)

    @model_validator(mode="after")
    def _squeeze_needs_a_source(self) -> Self:
        if self.squeeze is not None and self.source is None:
            msg = "squeeze only has a meaning together with source"
            raise ValueError(msg)
        return self

    @property
    def offered(self) -> int:
        """How many invented orders the run offers."""
        return USUAL_NUMBER_OF_ORDERS if self.orders is None else self.orders

    @property
    def noise(self) -> Noise:
        """How badly webhooks behave: as told, or as the scenario has it."""
        if self.webhook_noise is not None:
            return self.webhook_noise
        if self.scenario == "mixed" and self.source is None:
            return Noise(lost=0.05, duplicated=0.10, delayed=0.05)
        return Noise()
