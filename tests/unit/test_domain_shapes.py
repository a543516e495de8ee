"""The shape of answers: learnt from many, and what vanishes or changes its type is named."""

from typing import Any

import pytest

from oms.domain.shapes import LEARNT_AFTER, MISSED, Contract, compared, resembles, shape_of

PHONE = "13812345678"


def an_answer(**changes: Any) -> dict[str, Any]:
    """What a platform usually sends."""
    usual: dict[str, Any] = {
        "tid": "1001", "pay_time": "2026-11-22 12:00:00", "paid": True, "total": 188, "note": None,
        "receiver": {"phone": PHONE, "city": "杭州市"}, "lines": [{"sku": "A", "num": 1}, {"sku": "B", "num": 2}],
    }  # fmt: skip
    return {**usual, **changes}


def learnt(times: int = LEARNT_AFTER, **changes: Any) -> Contract:
    """A contract after so many usual answers."""
    return compared(Contract(), [shape_of(an_answer(**changes))] * times)


def after(contract: Contract, *answers: dict[str, Any], enough: int = MISSED) -> tuple[str, ...]:
    """What is broken after these answers."""
    return compared(contract, [shape_of(answer) for answer in answers], enough=enough).broken


def without(name: str, **changes: Any) -> dict[str, Any]:
    return {key: value for key, value in an_answer(**changes).items() if key != name}


def test_a_shape_has_paths_and_types_and_nothing_of_what_is_in_them() -> None:
    """No name, no phone; an empty field has no type, and a key that is content is a star."""
    shape = shape_of(an_answer(by_order={"6920001": {"sum": 1.5}, PHONE: {"sum": 2}}))

    assert shape["lines[].sku"] == "string"
    assert shape["paid"] == "boolean"
    assert shape["by_order.*.sum"] == "number"
    assert "note" not in shape
    assert PHONE not in str(shape)


@pytest.mark.parametrize("answer", [None, 1, "x", [], [1, "x"], {"a": {"a": {"a": [[[]]]}}}])
def test_any_answer_has_a_shape(answer: Any) -> None:
    """Also none at all."""
    assert set(shape_of(answer).values()) <= {"object", "array", "string", "number", "boolean", "mixed"}


def test_a_usual_field_that_is_gone_from_some_answers_in_a_row_has_vanished() -> None:
    """Four could be chance; five are not."""
    gone = without("pay_time")

    assert after(learnt(), *[gone] * (MISSED - 1)) == ()
    assert after(learnt(), *[gone] * MISSED) == ("pay_time (vanished)",)
    assert after(learnt(), *([gone] * (MISSED - 1) + [an_answer()]) * 5) == ()


def test_a_field_of_another_type_is_named_with_the_new_one() -> None:
    """Number to text loses amounts."""
    assert after(learnt(), *[an_answer(total="188.00")] * MISSED) == ("total (string)",)


def test_what_vanishes_with_its_parent_is_named_once() -> None:
    """The receiver, not its phone and its city."""
    assert after(learnt(), *[without("receiver")] * MISSED) == ("receiver (vanished)",)


def test_a_field_that_is_often_missing_is_not_missed() -> None:
    """Every third answer has a note: its absence says nothing."""
    mixed = compared(
        Contract(), [shape_of(an_answer(note="hi" if number % 3 == 0 else None)) for number in range(90)]
    )

    assert after(mixed, *[an_answer()] * 50) == ()


def test_nothing_is_missed_before_enough_was_learnt() -> None:
    """A few answers are no contract."""
    assert after(learnt(LEARNT_AFTER - MISSED), *[without("pay_time")] * (MISSED - 1)) == ()


def test_new_fields_are_noted_only() -> None:
    """Platforms add fields all the time."""
    contract = compared(learnt(), [shape_of(an_answer(gift="yes"))] * 20)

    assert (contract.broken, contract.new) == ((), ("gift",))


def test_a_field_that_is_gone_is_not_forgotten_and_comes_back_after_some_answers() -> None:
    """However long it is away: nobody gets used to it; one good answer is not the end of it."""
    away = compared(learnt(), [shape_of(without("pay_time"))] * 500)

    assert away.broken == ("pay_time (vanished)",)
    assert after(away, *[an_answer()] * (MISSED - 1)) == ("pay_time (vanished)",)
    assert after(away, *[an_answer()] * MISSED) == ()


def test_an_answer_that_was_not_understood_counts_for_more_when_it_resembles_the_others() -> None:
    """Something amiss in what is otherwise an order is a sign; a piece of rubbish is not."""
    contract = learnt()

    assert resembles(contract, shape_of(without("pay_time")))
    assert not resembles(contract, shape_of({"number": "bad"}))
    assert not resembles(Contract(), shape_of(an_answer()))
    assert after(contract, *[without("pay_time")] * 2, enough=2) == ("pay_time (vanished)",)
