"""What a platform's row allows a person to change of an order, and until when (R22, R28)."""

from datetime import timedelta
from typing import Any

import pytest

from oms.domain import address_wishes, admission, commands
from oms.domain.deadlines import AddressTerms, WaybillTerms
from oms.domain.messages import AddressWanted, ChangeAddress, ChangeWaybill, WarehouseSays
from oms.domain.parcels import ParcelState
from oms.domain.state import OrderState
from tests.unit.domain_orders import (
    HOUR,
    NOON,
    a_box,
    allocated,
    carrier_says,
    released,
    shipped,
    warehouse_says,
)

WHO = {"by": "li", "why": "the buyer asks for it"}
ELSEWHERE = ChangeAddress(**WHO, receiver_digest="r2")
CORRECTED = ChangeWaybill(**WHO, old_waybill="SF1", waybill="SF2222", carrier="sf")


def under(order: OrderState, **terms: Any) -> OrderState:
    """The same order, under other terms."""
    assert order.assessment is not None
    policy = order.assessment.policy.model_copy(update={"platform": "tmall", "version": "2026-11", **terms})
    order.assessment = order.assessment.model_copy(update={"policy": policy})
    return order


def with_a_number() -> OrderState:
    """An order at its warehouse, which has told the waybill already."""
    order = released()
    warehouse_says(order, WarehouseSays.PACKED, waybill="SF1", carrier="sf")
    return order


@pytest.mark.parametrize(
    ("order", "terms", "rule"),
    [
        (allocated(), AddressTerms(), ""),
        (released(), AddressTerms(), ""),
        (with_a_number(), AddressTerms(), ""),
        (allocated(), AddressTerms(policy="forbidden"), "tmall.address_change.policy"),
        (allocated(), AddressTerms(policy="approval"), ""),
        (allocated(), AddressTerms(until="before_release"), ""),
        (released(), AddressTerms(until="before_release"), "tmall.address_change.until"),
        (released(), AddressTerms(until="before_waybill"), ""),
        (with_a_number(), AddressTerms(until="before_waybill"), "tmall.address_change.until"),
    ],
)
def test_another_address_is_allowed_for_as_long_as_the_row_says(
    order: OrderState, terms: AddressTerms, rule: str
) -> None:
    """A refusal names the rule and the table."""
    under(order, address=terms)

    refused = commands.refusal(order, ELSEWHERE, NOON)

    assert bool(refused) is bool(rule)
    assert rule in refused
    assert not rule or "table 2026-11" in refused


def test_the_address_changes_as_often_as_the_row_allows() -> None:
    """Five times on WeChat; what the platform itself changes does not count."""
    order = under(allocated(), address=AddressTerms(max_changes=2))

    for number in range(2):
        assert commands.refusal(order, ELSEWHERE, NOON) == ""
        commands.carry_out(order, ELSEWHERE.model_copy(update={"receiver_digest": f"r{number}"}), NOON)
    admission.change_address(order, "r9", "platform", "the buyer changed the address", NOON)
    refused = commands.refusal(order, ELSEWHERE, NOON)

    assert order.address_changes == 2
    assert "changed 2 times, 2 are allowed" in refused


def test_a_buyer_who_asks_the_platform_is_answered_by_the_same_rule() -> None:
    """No is said with the rule's words, and the audit names it."""
    order = under(allocated(), address=AddressTerms(policy="forbidden"))
    address_wishes.wished(order, AddressWanted(event_id="w1"), NOON)

    why_not = address_wishes.refusal(order)
    address_wishes.answered(order, why_not, NOON)

    assert "forbids another address" in why_not
    answer = next(change for change in order.timeline if change.what == "address.refused")
    assert (answer.after, answer.rule) == ("no", "address_change")
    assert order.holds == ()


@pytest.mark.parametrize(("seconds", "allowed"), [(-1, True), (0, True), (1, False)])
def test_a_waybill_changes_within_the_rows_time_after_shipping(seconds: int, allowed: bool) -> None:
    """Tmall: 24 hours, and not a second more."""
    order = under(shipped(), waybill=WaybillTerms(within=24 * HOUR))

    refused = commands.refusal(order, CORRECTED, NOON + 24 * HOUR + timedelta(seconds=seconds))

    assert (refused == "") is allowed
    assert allowed or "tmall.waybill_change.within" in refused


@pytest.mark.parametrize(
    ("terms", "state", "words"),
    [
        (WaybillTerms(), ParcelState.CREATED, ""),
        (WaybillTerms(), ParcelState.PICKED_UP, "in use"),
        (WaybillTerms(until="before_sign"), ParcelState.PICKED_UP, ""),
        (WaybillTerms(until="before_sign"), ParcelState.DELIVERED, "signed for"),
        (WaybillTerms(until="before_complete"), ParcelState.DELIVERED, ""),
        (WaybillTerms(allowed=False), ParcelState.CREATED, "forbids another waybill"),
    ],
)
def test_a_waybill_changes_until_the_row_says_no(terms: WaybillTerms, state: ParcelState, words: str) -> None:
    """Before the first scan, before the signature, or until the order is over."""
    order = under(shipped(), waybill=terms)
    carrier_says(order, state)

    refused = commands.refusal(order, CORRECTED, NOON + HOUR)

    assert (refused == "") is (words == "")
    assert words in refused


def test_a_waybill_changes_as_often_as_the_row_allows() -> None:
    """Three times on WeChat."""
    order = under(shipped(a_box("SF1", 2)), waybill=WaybillTerms(max_changes=1))

    commands.carry_out(order, CORRECTED, NOON)
    again = CORRECTED.model_copy(update={"old_waybill": "SF2222", "waybill": "SF3333"})
    refused = commands.refusal(order, again, NOON)

    assert "changed 1 times, 1 are allowed" in refused
    assert order.parcels[0].state is ParcelState.CREATED
