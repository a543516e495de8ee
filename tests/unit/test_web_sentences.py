"""What orders write of themselves is read in the reader's language; what people typed stays as they typed it."""

import pytest

from oms.domain import card
from oms.domain.stages import Stage
from oms.languages import CHINESE, ENGLISH
from oms.rules.table import read_table
from oms.web.sentences import FIXED, in_words


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("held for first buyer, high value: the rules of 2026-11 ask for it", "挂起（首次购买, 高金额）：规则 2026-11 要求"),
        ("held for manual: fraud check", "挂起（人工挂起）：fraud check"),
        ("the warehouse has it and has not shipped it yet; an after-sale is open", "仓库已接单，尚未发货；有未结的售后"),
        ("withdrawn (changed my mind): being undone", "已撤回（changed my mind）：正在撤销"),
        ("no waybill 40 h after the payment: locked until a person lifts it", "付款 40 h 后仍无运单号：已锁定，须人工解锁"),
        ("something that somebody typed: 100%", "something that somebody typed: 100%"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_composed_sentence_is_said_anew(english: str, chinese: str) -> None:
    """Holds by their names, notes of ours translated, notes of people kept."""
    said = in_words(english, CHINESE)

    assert said == chinese


def test_english_stays_english() -> None:
    """With the names of holds as the desk says them."""
    assert in_words("held for no waybill lock: packed", ENGLISH) == "held for red lock: no waybill: packed"


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_its_plain_reason_in_chinese(stage: Stage) -> None:
    """The sentences of the domain are all known here."""
    why = card._PLAIN[stage][0]

    assert why in FIXED
    assert in_words(why, CHINESE) != why


def test_every_step_of_the_clock_has_its_words_in_chinese() -> None:
    """Those of the table that comes with the program, filled in with whatever figure."""
    texts = [row.text.en.replace("{p_", "{").replace("{", "7").replace("}", "") for row in read_table().clock]

    assert texts
    assert [text for text in texts if in_words(text, CHINESE) == text] == []
