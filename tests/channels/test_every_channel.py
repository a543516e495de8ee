"""What every registered channel must do, whatever its protocol; its line in the registry holds a new one to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from oms.channels import CHANNELS
from oms.domain.errors import (
    CredentialsExpired,
    InterfaceRetired,
    OmsError,
    RateLimited,
    Unavailable,
    Unmappable,
)
from oms.domain.order import PlatformStatus
from oms.ports import CorrectsWaybills, RevealsReceivers, WriteBackRefused, WrittenBack
from simulator.platforms import PLATFORMS
from tests.channels.parcels import a_parcel
from tests.channels.platform_world import a_platform, that_can, two_lines

EVERY = sorted(CHANNELS)
NUMBERED = sorted(name for name, kind in CHANNELS.items() if kind.properties.walk == "backwards")
EXPIRING = sorted(name for name, kind in CHANNELS.items() if kind.properties.token_life is not None)
MARKETS = sorted(set(CHANNELS) - {"woocommerce"})
CORRECTING, REVEALING = that_can(CorrectsWaybills), that_can(RevealsReceivers)


def lately() -> tuple[datetime, datetime]:
    """A window that ends now."""
    now = datetime.now(UTC)
    return now - timedelta(minutes=5), now + timedelta(seconds=1)


def test_every_channel_has_a_simulated_platform() -> None:
    """A connector that nothing answers would be tested against itself."""
    assert set(PLATFORMS) | {"woocommerce"} == set(CHANNELS)


@pytest.mark.parametrize("name", EVERY)
async def test_a_paid_order_is_listed_and_read(name: str) -> None:
    """What a buyer ordered comes back in our words: lines, money, place, status; and nothing of it is a float."""
    async with a_platform(name) as place:
        order = place.order(draft=two_lines(place))

        payloads = await place.payloads(*lately())

        mapped = place.channel.read(payloads[0])
        snapshot = mapped.snapshot
        pieces = {str(line.sku): line.quantity for line in snapshot.lines}
        assert (len(payloads), snapshot.key.number) == (1, order.number)
        assert (snapshot.status, snapshot.refunded_fen) == (PlatformStatus.PAID, 0)
        assert snapshot.paid_at is not None
        assert pieces == dict(order.ordered)
        assert snapshot.total_fen == place.total_fen(order.number)
        assert sum(line.total_fen for line in snapshot.lines) <= snapshot.total_fen
        assert abs(snapshot.created_at - order.created) < timedelta(seconds=2)
        assert mapped.receiver is not None
        assert snapshot.province == mapped.receiver.province != ""


@pytest.mark.parametrize("name", EVERY)
async def test_the_list_and_the_single_order_say_the_same(name: str) -> None:
    """Whichever way an order comes, the same state is the same content: a repetition, not a change."""
    async with a_platform(name) as place:
        order = place.order(draft=two_lines(place))

        (listed,) = await place.payloads(*lately())
        fetched = await place.channel.fetch(order.number)

        assert fetched is not None
        one, other = place.channel.read(listed), place.channel.read(fetched)
        assert one.snapshot.fingerprint == other.snapshot.fingerprint
        assert (one.receiver, one.buyer_id) == (other.receiver, other.buyer_id)


@pytest.mark.parametrize("name", EVERY)
async def test_an_order_that_nobody_knows_is_none(name: str) -> None:
    """Asking for a number the platform never gave is answered, not failed."""
    async with a_platform(name) as place:
        order = place.order()
        unknown = order.number[:-1] + ("1" if order.number[-1] != "1" else "2")

        fetched = await place.channel.fetch(unknown)

        assert fetched is None


@pytest.mark.parametrize("name", EVERY)
async def test_an_order_s_life_is_told_in_our_words(name: str) -> None:
    """Unpaid, paid, called off before and after paying: each is its own status, and money given back is counted."""
    async with a_platform(name) as place:
        waits, pays = place.order(paid=False), place.order(paid=False)
        leaves, regrets = place.order(paid=False), place.order()
        place.world.buyers.pay(pays)
        place.world.buyers.cancel(leaves)
        place.world.buyers.cancel(regrets, "refunded")

        said = {
            order.number: (await place.seen(order.number)).snapshot
            for order in (waits, pays, leaves, regrets)
        }

        assert said[waits.number].status is PlatformStatus.AWAITING_PAYMENT
        assert said[pays.number].status is PlatformStatus.PAID
        assert said[leaves.number].status is PlatformStatus.CANCELLED
        assert said[regrets.number].status in {PlatformStatus.REFUNDED, PlatformStatus.CANCELLED}
        assert said[regrets.number].paid_at is not None


@pytest.mark.parametrize("name", EVERY)
async def test_a_parcel_is_written_back_once_however_often_it_is_told(name: str) -> None:
    """The answer may have been lost: told again, the platform still knows one waybill."""
    async with a_platform(name) as place:
        order = place.order(draft=two_lines(place))
        parcel = await a_parcel(place, order.number, "SF1234567890123")

        first = await place.channel.write_back(parcel)
        again = await place.channel.write_back(parcel)

        assert (first, again) == (WrittenBack(), WrittenBack())
        assert (order.waybills, order.fulfilled) == ({"SF1234567890123"}, True)
        assert (await place.seen(order.number)).snapshot.status is PlatformStatus.SHIPPED


@pytest.mark.parametrize("name", sorted(n for n in EVERY if CHANNELS[n].properties.ships_in_parts))
async def test_an_order_in_two_parcels_is_shipped_when_the_second_has_left(name: str) -> None:
    """The first parcel alone does not close the order."""
    async with a_platform(name) as place:
        order = place.order(draft=two_lines(place))
        one = await a_parcel(place, order.number, "SF1234567890123", lines=slice(0, 1), last=False)
        two = await a_parcel(place, order.number, "SF1234567890124", lines=slice(1, 2), last=True)

        first = await place.channel.write_back(one)
        after_one = order.fulfilled
        second = await place.channel.write_back(two)

        assert (first, second) == (WrittenBack(), WrittenBack())
        assert (after_one, order.fulfilled) == (False, True)
        assert order.waybills == {"SF1234567890123", "SF1234567890124"}


@pytest.mark.parametrize("name", sorted(n for n in EVERY if not CHANNELS[n].properties.ships_in_parts))
async def test_where_the_first_parcel_ships_the_order_the_second_is_told_all_the_same(name: str) -> None:
    """The buyer sees both waybills, although the platform knows no parts."""
    async with a_platform(name) as place:
        order = place.order(draft=two_lines(place))
        one = await a_parcel(place, order.number, "SF1234567890123", lines=slice(0, 1), last=False)
        two = await a_parcel(place, order.number, "SF1234567890124", lines=slice(1, 2), last=True)

        answers = [await place.channel.write_back(parcel) for parcel in (one, two)]

        assert answers == [WrittenBack(), WrittenBack()]
        assert order.waybills == {"SF1234567890123", "SF1234567890124"}


@pytest.mark.parametrize("name", MARKETS)
async def test_an_order_that_was_called_off_takes_no_waybill(name: str) -> None:
    """The platform's no is an answer with a reason, not a failure that is tried for ever."""
    async with a_platform(name) as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "SF1234567890123")
        place.world.buyers.cancel(order, "refunded")

        answer = await place.channel.write_back(parcel)

        assert isinstance(answer, WriteBackRefused)
        assert answer.reason
        assert order.waybills == set()


@pytest.mark.parametrize("name", MARKETS)
async def test_a_carrier_nobody_mapped_is_refused_by_name(name: str) -> None:
    """A person must know which carrier to map."""
    async with a_platform(name) as place:
        order = place.order()
        parcel = await a_parcel(place, order.number, "X1234567890123", carrier="pigeon-post")

        answer = await place.channel.write_back(parcel)

        assert isinstance(answer, WriteBackRefused)
        assert "pigeon-post" in answer.reason


@pytest.mark.parametrize("name", CORRECTING)
async def test_a_wrong_waybill_can_be_corrected(name: str) -> None:
    """Where the protocol has it; corrected twice, it is corrected once."""
    async with a_platform(name) as place:
        assert isinstance(place.channel, CorrectsWaybills)
        order = place.order()
        await place.channel.write_back(await a_parcel(place, order.number, "SF1234567890123"))
        right = await a_parcel(place, order.number, "SF9876543210987")

        first = await place.channel.correct_waybill(right, "SF1234567890123")
        again = await place.channel.correct_waybill(right, "SF1234567890123")

        assert (first, again) == (WrittenBack(), WrittenBack())
        assert order.waybills == {"SF9876543210987"}


@pytest.mark.parametrize("name", REVEALING)
async def test_a_masked_receiver_is_revealed_when_the_parcel_leaves(name: str) -> None:
    """Until then the platform's list shows neither the name nor the phone."""
    async with a_platform(name) as place:
        order = place.order()
        mapped = await place.seen(order.number)
        assert isinstance(place.channel, RevealsReceivers)
        assert mapped.receiver is not None

        plain = await place.channel.reveal(order.number, mapped.receiver)

        assert mapped.receiver.phone != order.buyer.phone
        assert (plain.name, plain.phone) == (order.buyer.name, order.buyer.phone)
        assert order.buyer.street in plain.address


@pytest.mark.parametrize("name", MARKETS)
async def test_a_changed_address_is_a_changed_receiver(name: str) -> None:
    """The gate before the warehouse lives on it; an unchanged one stays the same in every listing."""
    async with a_platform(name) as place:
        order = place.order()
        before, same = (await place.seen(order.number)).receiver, (await place.seen(order.number)).receiver
        place.world.buyers.move(order, {"city": "宁波市", "district": "鄞州区", "street": "天童北路1号"})

        after = (await place.seen(order.number)).receiver

        assert before == same
        assert after != before


@pytest.mark.parametrize("name", NUMBERED)
async def test_orders_that_move_while_they_are_paged_are_not_lost(name: str) -> None:
    """From the last page to the first, what is left of the window is read whole."""
    async with a_platform(name) as place:
        numbers, (since, until) = place.aged(CHANNELS[name].properties.page_size * 3 + 7)
        place.arm("moving", rate=1.0)

        ours = set(await place.listed(since, until))
        place.world.faults.clear()
        moved_away = {order.number for order in place.market if order.modified > until}

        assert moved_away
        assert numbers <= ours | moved_away


@pytest.mark.parametrize("name", NUMBERED)
async def test_read_forwards_orders_that_move_make_others_slip_by(name: str) -> None:
    """The fault is real: who pages without thinking never sees orders that did not even move."""
    async with a_platform(name) as place:
        numbers, (since, until) = place.aged(CHANNELS[name].properties.page_size * 3 + 7)
        place.arm("moving", rate=1.0)

        forwards = await place.forwards(since, until)
        moved_away = {order.number for order in place.market if order.modified > until}

        assert numbers - forwards - moved_away


@pytest.mark.parametrize("name", MARKETS)
async def test_orders_that_move_are_found_by_this_poll_or_the_next(name: str) -> None:
    """What leaves the window while it is read is in the next one: together nothing is missing."""
    async with a_platform(name) as place:
        numbers, (since, until) = place.aged(CHANNELS[name].properties.page_size * 2 + 3)
        place.arm("moving", rate=0.7)

        first = set(await place.listed(since, until))
        place.world.faults.clear()
        second = set(
            await place.listed(until - timedelta(seconds=1), datetime.now(UTC) + timedelta(seconds=1))
        )

        assert numbers == (first | second) & numbers


@pytest.mark.parametrize("name", MARKETS)
async def test_a_window_longer_than_the_platform_allows_is_cut_up(name: str) -> None:
    """After an outage the gap may be longer than one question may ask for."""
    async with a_platform(name) as place:
        longest = CHANNELS[name].properties.longest_window
        now = datetime.now(UTC).replace(microsecond=0)
        long_ago = place.order()
        place.put_at(long_ago, now - 2 * longest - timedelta(seconds=30))
        recent = place.order()

        found = await place.listed(now - 2.5 * longest, now + timedelta(seconds=1))

        assert {long_ago.number, recent.number} == set(found)


@pytest.mark.parametrize("name", MARKETS)
async def test_a_page_with_half_its_orders_is_not_taken_for_the_whole(name: str) -> None:
    """The count says more than the page shows: that is a failed poll, never "fewer orders"."""
    async with a_platform(name) as place:
        numbers, (since, until) = place.aged(12)
        place.arm("truncated", rate=1.0)

        try:
            found = set(await place.listed(since, until))
        except Unavailable:
            found = numbers

        assert found >= numbers


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("error", Unavailable),
        ("html", Unavailable),
        ("malformed", Unavailable),
        ("drop", Unavailable),
        ("retired", InterfaceRetired),
    ],
)
async def test_what_goes_wrong_is_never_taken_for_no_orders(
    name: str, kind: str, error: type[OmsError]
) -> None:
    """Each answer becomes the one error that says what to do next."""
    async with a_platform(name) as place:
        place.order()
        await place.payloads(*lately())
        place.arm(kind, rate=1.0)

        with pytest.raises(OmsError) as raised:
            await place.payloads(*lately())

        assert type(raised.value) is error


@pytest.mark.parametrize("name", MARKETS)
async def test_a_throttled_question_says_so_and_for_how_long(name: str) -> None:
    """Where the platform names a time we keep to it; where it does not, asking again soon is still not a failure of theirs."""
    async with a_platform(name) as place:
        await place.payloads(*lately())
        place.arm("throttle", rate=1.0, seconds=17)

        with pytest.raises(RateLimited) as raised:
            await place.payloads(*lately())

        assert raised.value.retry_after in {None, 17.0}


@pytest.mark.parametrize("name", EXPIRING)
async def test_a_token_that_expired_is_refreshed_once_and_nobody_notices(name: str) -> None:
    """The platform's own refresh call gives a new one, and that is what all of us use from then on."""
    async with a_platform(name) as place:
        order = place.order()
        place.arm("token_expired", count=1)

        (payload,) = await place.payloads(*lately())

        assert place.channel.read(payload).snapshot.key.number == order.number
        assert place.tokens.kept[place.shop.key].access not in {"", place.secrets.get("access_token")}


@pytest.mark.parametrize("name", EXPIRING)
async def test_a_token_that_stays_refused_needs_a_person(name: str) -> None:
    """Not an endless round of refreshes."""
    async with a_platform(name) as place:
        place.arm("token_expired", rate=1.0)

        with pytest.raises(CredentialsExpired):
            await place.payloads(*lately())

        assert str(place.shop.key)


@pytest.mark.parametrize("name", EVERY)
async def test_a_connection_check_tells_what_is_wrong(name: str) -> None:
    """Authorised, active, which version, how far the clocks are apart; retired means not active."""
    async with a_platform(name) as place:
        fine = await place.channel.check()
        place.arm("retired", rate=1.0)

        gone = await place.channel.check()

        assert (fine.authorised, fine.active, fine.problem) == (True, True, "")
        assert fine.version in CHANNELS[name].properties.versions
        assert abs(fine.clock_skew_seconds or 0) <= 2
        assert (gone.active, gone.problem != "") == (False, True)


@pytest.mark.parametrize("name", EVERY)
async def test_what_is_no_order_is_parked_with_its_reason(name: str) -> None:
    """Whatever is broken, the reason names a place and repeats nothing of the content."""
    async with a_platform(name) as place:
        place.order(draft=two_lines(place))
        (payload,) = await place.payloads(*lately())
        broken: dict[str, Any] = dict.fromkeys(payload)

        for nonsense in ({}, broken, {"unreadable": "张三丰"}):
            with pytest.raises(Unmappable) as raised:
                place.channel.read(nonsense)

            assert "张三丰" not in str(raised.value)
