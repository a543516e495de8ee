"""What becomes of the orders of a week: each fate is one function, and tells what a merchant's people and platforms do."""

from oms.domain.couriers import CourierMode, CourierTerms
from oms.domain.holds import HoldReason
from oms.domain.messages import (
    Acknowledge,
    AddressWanted,
    ApproveReview,
    CancelOrder,
    LiftLock,
    ReleaseHold,
)
from oms.domain.order import PlatformStatus
from oms.domain.parcels import ParcelState
from oms.domain.stages import Stage
from tests.process.week import DOUYIN, Play

LI = {"by": "li", "why": "I look after it"}
ONLY_YTO = CourierTerms(mode=CourierMode.ONLY, names=("yto",))
VALUABLE = 500_000


def promise(play: Play) -> int:
    """Return the hours within which its platform wants it shipped."""
    return 24 if play.shop == DOUYIN else 48


# ----------------------------------------------------------------------------------------------- nothing to report


async def shipped_in_time(play: Play) -> None:
    """Nobody has to hurry."""
    await play.released()
    await play.ships(5)


async def completed(play: Play) -> None:
    """Signed for a day later, and over 72 hours after it left."""
    await shipped_in_time(play)
    await play.reaches(30)
    await play.order.parcel(ParcelState.DELIVERED, play.waybill, at=await play.order.own_time())
    await play.order.becomes(Stage.DELIVERED, tries=1500)
    await play.order.ends()


async def reviewed(play: Play) -> None:
    """Nobody knows the buyer: customer service asks first. A review breaks no rule."""
    await play.begins(buyer=f"newcomer-{play.order.key.number}")
    await play.until(lambda state: state.held(HoldReason.FIRST_BUYER))
    await _approved(play)


async def valuable(play: Play) -> None:
    """Dear enough for customer service to ask first."""
    await play.begins(total_fen=VALUABLE)
    await play.until(lambda state: state.held(HoldReason.HIGH_VALUE))
    await _approved(play)


async def _approved(play: Play) -> None:
    await play.reaches(1)
    await play.order.asks("approve", ApproveReview(**LI))
    await play.at_the_warehouse()
    await play.ships(6)


async def cancelled_at_once(play: Play) -> None:
    """The buyer has thought better of it."""
    await play.released()
    await play.reaches(1)
    await _withdrawn(play)


async def escalated_and_cancelled(play: Play) -> None:
    """It was neither shipped nor late, when the buyer had waited enough."""
    await play.released()
    await play.reaches(30)
    await play.heard("clock.escalate_further")
    await _withdrawn(play)


async def cancelled_by_us(play: Play) -> None:
    """Customer service withdraws it."""
    await play.released()
    await play.order.asks("cancel", CancelOrder(**LI))
    await play.order.ends()


async def _withdrawn(play: Play) -> None:
    await play.told_anew(status=PlatformStatus.CANCELLED, raw_status="cancelled")
    await play.order.ends()


async def still_open(play: Play) -> None:
    """Alarmed, and neither shipped nor late yet."""
    await play.released()
    await play.reaches(30)
    await play.heard("clock.escalate_further")


# ----------------------------------------------------------------------------------------------- in time after alarms


async def reminded(play: Play) -> None:
    """Its platform gives it 20 hours, and it leaves after 17."""
    await play.released(ship_by=play.moment(20))
    await play.ships(17)


async def warned(play: Play) -> None:
    """Half an hour before its platform's time."""
    await play.released(ship_by=play.moment(20))
    await play.ships(19.5)


async def acknowledged(play: Play) -> None:
    """Li looks after it within the two hours, so the manager is not called; reminded and warned it is all the same."""
    await play.released()
    await play.reaches(25)
    await play.heard("clock.escalate")
    await play.order.asks("acknowledge", Acknowledge(**LI, step="escalate"))
    await play.ships(47.5)


async def nobody_answered(play: Play) -> None:
    """The manager was called too; then it left."""
    await play.released()
    await play.ships(29)


async def locked_and_lifted(play: Play) -> None:
    """No waybill after 12 hours on Douyin, and li answers for it."""
    await play.released()
    await play.reaches(12.5)
    await play.until(lambda state: state.held(HoldReason.NO_WAYBILL_LOCK))
    await play.order.asks("lift_lock", LiftLock(**LI))
    await play.ships(15)


# ----------------------------------------------------------------------------------------------- late


async def late(play: Play) -> None:
    """It leaves, half a day after its time."""
    await play.released()
    await play.ships(promise(play) + 12)


async def never_shipped(play: Play) -> None:
    """Its time is over and it stands at its warehouse."""
    await play.released()
    await play.reaches(promise(play) + 1)
    await play.heard("clock.late")


async def late_while_locked(play: Play) -> None:
    """Nobody lifts the lock before its time is over."""
    await play.released()
    await play.reaches(promise(play) + 1)
    await play.heard("clock.late")
    await play.order.asks("lift_lock", LiftLock(**LI))
    await play.ships(promise(play) + 2)


async def late_and_unscanned(play: Play) -> None:
    """Late, and no carrier has it."""
    await play.released()
    await play.ships(promise(play) + 3, scanned=False)


async def told_of_too_late(play: Play) -> None:
    """It left in time, and its warehouse told us so after its time: what the clock said is withdrawn."""
    await play.released()
    await play.reaches(promise(play) + 0.5)
    await play.heard("clock.late")
    await play.ships(promise(play) - 1, told=promise(play) + 1)
    await play.heard("sla.late_withdrawn")


# ----------------------------------------------------------------------------------------------- parcels and couriers


async def unscanned(play: Play) -> None:
    """It left in time, they say; no carrier has it."""
    await play.released()
    await play.ships(6, scanned=False)


async def wrong_courier(play: Play) -> None:
    """The warehouse took SF where the platform allows JD only."""
    await play.released()
    await play.ships(4, carrier="sf")


async def moved(play: Play) -> None:
    """The buyer wants it elsewhere, which the platform forbids; it goes where it was to go."""
    await play.released()
    await play.reaches(2)
    await play.order.handle.signal("address_wanted", AddressWanted(event_id=f"wish-{play.waybill}"))
    await play.heard("address.refused")
    await play.at_the_warehouse()
    await play.ships(8)


# ----------------------------------------------------------------------------------------------- the gate


async def refused_and_mended(play: Play) -> None:
    """Its platform wants another courier than ours, and two hours later does not insist; it goes with that one all the same."""
    await _refused(play)
    await play.reaches(2)
    await play.told_anew(couriers=CourierTerms())
    await play.at_the_warehouse()
    await play.ships(9)


async def refused_for_a_day(play: Play) -> None:
    """Nobody mends it for so long that the supervisor is called."""
    await _refused(play)
    await play.reaches(25)
    await play.heard("clock.escalate")
    await play.told_anew(couriers=CourierTerms())
    await play.at_the_warehouse()
    await play.ships(25.5)


async def refused_twice(play: Play) -> None:
    """Somebody lets it go without having mended anything; the gate says the same again, and the buyer goes away."""
    await _refused(play)
    await play.reaches(1)
    await play.order.asks("release_hold", ReleaseHold(**LI, reason="compliance"))
    await play.heard("gate.refused", times=2)
    await play.reaches(3)
    await _withdrawn(play)


async def _refused(play: Play) -> None:
    await play.begins(couriers=ONLY_YTO)
    await play.until(lambda state: state.held(HoldReason.COMPLIANCE))


async def presale(play: Play) -> None:
    """It waits for its day, and goes by itself."""
    day = play.moment(20)
    await play.begins(sale="presale", ship_from=day, ship_by=day + (day - play.paid))
    await play.until(lambda state: state.held(HoldReason.COMPLIANCE))
    await play.reaches(21)
    await play.at_the_warehouse()
    await play.ships(22)


async def unsure(play: Play) -> None:
    """A rule of the table in force cannot tell: a person would have to; the buyer does not wait for that."""
    await play.begins()
    await play.heard("gate.unsure")
    await play.reaches(2)
    await _withdrawn(play)
