"""What no table may say: rows that overlap, circles, campaigns that quarrel, conditions that do not fit, unknown names."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.rules.table import TABLE, RuleTable, WrongRule, parse_table
from tests.unit.domain_orders import repeatable
from tests.unit.rule_content import Change, overlay, rows, table_from, table_with, the_content

TEXT = TABLE.read_text(encoding="utf-8")
CAMPAIGN: dict[str, Any] = {
    "id": "double-11", "name": {"zh": "双十一", "en": "Double 11"}, "platforms": ["tmall", "taobao"],
    "from": "2026-11-01T00:00:00+08:00", "to": "2026-11-12T00:00:00+08:00",
    "ship": {"within": "72h"}, "evidence": {"ship.within": "C"},
}  # fmt: skip


def dated(*dates: tuple[str | None, str | None]) -> list[dict[str, Any]]:
    """Rows of a platform, each from one day in November to another."""

    def day(number: str | None) -> str | None:
        return number and f"2026-11-{number}T00:00:00+08:00"

    return [{"from": day(start), "to": day(end), "inherit": "tmall"} for start, end in dates]


def two_campaigns(**changes: Any) -> Change:
    """Double 11, and another campaign like it but for these changes."""

    def change(content: dict[str, Any]) -> None:
        content["campaigns"] = [deepcopy(CAMPAIGN), deepcopy(CAMPAIGN) | {"id": "other"} | changes]

    return change


def of_rule(**changes: Any) -> Change:
    """The first rule, changed."""
    return lambda content: content["rules"][0].update(changes)


def of_rung(number: int, **changes: Any) -> Change:
    """A rung, changed."""
    return lambda content: content["clock"][number].update(changes)


def of_platform(name: str, row: Any) -> Change:
    """A platform's row, put there."""
    return lambda content: content["platforms"].update({name: row})


WORDS = {"zh": "好", "en": "well"}
WRONG: list[tuple[Change, str, str]] = [
    (of_platform("pdd", dated((None, "10"), ("09", None))), "platforms.pdd.1", "same time as row 0"),
    (of_platform("pdd", dated((None, None), (None, None))), "platforms.pdd.1", "same time"),
    (of_platform("pdd", dated(("01", "10"), ("11", None))), "platforms.pdd.1", "leaves a gap"),
    (of_platform("pdd", dated(("10", "01"))), "platforms.pdd.0.to", "ends before it begins"),
    (of_platform("PDD", None), "platforms.PDD", "lower case"),
    (of_platform("pdd", {"inherit": "nobody"}), "platforms.pdd.inherit", "unknown platform nobody"),
    (of_platform("tmall", {"inherit": "taobao"}), "platforms.tmall.inherit", "inherits from itself"),
    (of_platform("pdd", [{"inherit": "pdd"}]), "platforms.pdd.0.inherit", "inherits from itself"),
    (of_platform("pdd", "tmall"), "platforms.pdd", "expected a mapping"),
    (lambda content: content.update(platforms=[]), "platforms", "expected a mapping"),
    (lambda content: content.update(shops={"a:b": {"inherit": "tmall"}}), "shops.a:b.inherit", "unknown key"),
    (lambda content: content.update(campaigns={}), "campaigns", "expected a list"),
    (two_campaigns(), "campaigns.1.ship.within", "double-11 sets ship.within"),
    (two_campaigns(platforms=[]), "campaigns.1.ship.within", "double-11 sets ship.within"),
    (two_campaigns(id="double-11", platforms=["pdd"]), "campaigns.1.id", "stands twice"),
    (two_campaigns(platforms=["pddd"]), "campaigns.1.platforms.0", "unknown platform pddd"),
    (two_campaigns(platforms=["pdd"], to=None), "campaigns.1.to", "begins and ends"),
    (two_campaigns(platforms=["pdd"], evidence={}), "campaigns.1.ship.within", "no evidence grade"),
    (two_campaigns(platforms=["pdd"], name="x"), "campaigns.1.name", "expected a mapping"),
    (of_rule(when="total_fen"), "rules.0.when", "is INT, not true or false"),
    (of_rule(when="total_fenn > 1"), "rules.0.when", "unknown variable total_fenn"),
    (of_rule(when='total_fen > "a"'), "rules.0.when", "types do not fit: > of (int, string)"),
    (of_rule(when="total_fen >= 1.0"), "rules.0.when", "types do not fit"),
    (of_rule(when="courier == “sf”"), "rules.0.when", "token recognition error"),
    (of_rule(when='dyn(total_fen) == "a"'), "rules.0.when", "dyn() would hide"),
    (of_rule(when="true || " * 200 + "true"), "rules.0.when", "longer than"),
    (of_rule(when=""), "rules.0.when", "expected text"),
    (of_rule(when="has_waybill"), "rules.0.when", "has_waybill is not known at paid"),
    (lambda c: c["rules"][-1].update(when="first_buyer"), "rules.18.when", "first_buyer is not known at push"),
    (of_rule(message={"zh": "{total}", "en": "x"}), "rules.0.message.zh", "unknown variable total in braces"),
    (of_rule(message={"zh": "x", "en": "{total_fen"}), "rules.0.message.en", "a brace is open"),
    (of_rule(message={"zh": "x", "en": "{total_fen:d}"}), "rules.0.message.en", "expected a variable"),
    (of_rule(message={"zh": "x", "en": "{0}"}), "rules.0.message.en", "expected a variable"),
    (of_rule(remedy={"zh": "x", "en": "{__class__}"}), "rules.0.remedy.en", "unknown variable"),
    (of_rule(message={"zh": "x"}), "rules.0.message.en", "is missing"),
    (of_rule(at=["paid", "shipped"]), "rules.0.at.1", "expected one of paid, release, push"),
    (of_rule(at=[]), "rules.0.at", "names no moment"),
    (of_rule(at=["release"]), "rules.0.at", "given when the order is paid"),
    (of_rule(action="block"), "rules.0.at", "only the gate blocks"),
    (of_rule(value="highvalue"), "rules.0.value", "expected one of high_value"),
    (of_rule(value=""), "rules.0.value", "expected text"),
    (lambda content: content["rules"][0].pop("value"), "rules.0.value", "is missing"),
    (of_rule(id="Key Order"), "rules.0.id", "expected an id"),
    (of_rule(id="remark"), "rules.2.id", "stands twice"),
    (of_rule(evidence="F"), "rules.0.evidence", "expected one of S"),
    (of_rule(unless="x"), "rules.0.unless", "unknown key unless"),
    (lambda c: c["rules"][3].update(value="{total_fen}"), "rules.3.value", "unknown variable total_fen"),
    (of_rung(0, at={"before": "paid", "by": "0m"}), "clock.0.at.before", "expected one of ship_by"),
    (of_rung(0, at={"before": "ship_by", "after": "paid", "by": "0m"}), "clock.0.at", "either before or after"),
    (of_rung(0, at={"by": "0m"}), "clock.0.at", "either before or after"),
    (of_rung(0, at={"before": "ship_by"}), "clock.0.at.by", "is missing"),
    (of_rung(0, at={"before": "ship_by", "by": "4h"}), "clock.0.at.by", "expected a duration's path"),
    (of_rung(0, at={"before": "ship_by", "by": "review.remark"}), "clock.0.at.by", "expected a duration's path"),
    (of_rung(0, at={"before": "ship_by", "by": "guide.presale_max"}), "clock.0.at.by", "expected a duration's"),
    (of_rung(0, step="complete"), "clock.0.step", "expected one of remind"),
    (of_rung(0, to="nobody"), "clock.0.to", "expected one of operations"),
    (of_rung(0, text={"zh": "{total_fen}", "en": "x"}), "clock.0.text.zh", "unknown variable total_fen"),
    (of_rung(1, id="ship-remind"), "clock.1.id", "stands twice"),
    (of_rung(2, step="late"), "clock.3.at", "one other rung that escalates"),
    (lambda content: content["clock"].append(7), "clock.6", "expected a mapping"),
    (lambda content: content["defaults"].pop("guide"), "defaults.guide", "is missing"),
    (lambda content: content["defaults"]["ship"].pop("ahead"), "defaults.ship.ahead", "is missing"),
    (lambda content: content.update(rules=None), "rules", "expected a list"),
    (lambda content: content.update(table_version=""), "table_version", "expected text"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "path", "words"), WRONG, ids=[f"{number} {path}" for number, (_, path, _) in enumerate(WRONG)]
)
def test_what_no_table_may_say(change: Change, path: str, words: str) -> None:
    """Refused by its place, in words of both languages."""
    with pytest.raises(WrongRule) as refusal:
        table_with(change)

    told = {each.path: each for each in refusal.value.problems}
    assert path in told, refusal.value
    assert words in told[path].en
    assert told[path].zh


@pytest.mark.parametrize(
    "change",
    [
        of_platform("pdd", dated((None, "10"), ("10", None))),
        of_platform("pdd", dated(("10", None), (None, "10"))),
        two_campaigns(platforms=["pdd"]),
        two_campaigns(**{"from": "2026-11-12T00:00:00+08:00", "to": "2026-11-13T00:00:00+08:00"}),
        lambda content: content.update(
            campaigns=[CAMPAIGN, overlay({**CAMPAIGN, "id": "o", "ship": {}, "evidence": {}}, tag={"key_order": "x"})]
        ),
        two_campaigns(shops=["taobao:main"], platforms=["pdd"]),
        lambda content: rows(content, "pdd", couriers={"mode": "advisory", "names": []}),
        lambda content: content.update(clock=[], rules=[], platforms=None, shops=None, campaigns=None),
        of_rule(when='total_fen > 1\n  && courier in ["sf", "yto"]'),
    ],
    ids=map(str, range(9)),
)  # fmt: skip
def test_what_a_table_may_say(change: Change) -> None:
    """Rows that follow each other, campaigns that concern different orders or figures."""
    assert isinstance(table_with(change), RuleTable)


@pytest.mark.parametrize(
    ("was", "now", "at"),
    [
        ("when: refund_open\n", "when: total_fen > refund_opne\n", "refund_opne"),
        ("when: refund_open\n", "when: 'total_fen > 0 && refund_opne'\n", "refund_opne"),
        ("when: refund_open\n", "when: courier == “sf”\n", "“sf"),
        ("when: refund_open\n", "when: refund_open && first_buyer\n", "first_buyer"),
        ("when: refund_open\n", "when: >\n      refund_opne\n", ">\n"),
        ('"all of it was refunded: {refunded_fen}"', '"all of it was refunded: {refunded}"', "{refunded}"),
    ],
)
def test_a_fault_within_a_text_has_its_own_column(was: str, now: str, at: str) -> None:
    """Of a condition or a message that stands on one line; of another where it begins."""
    text = TEXT.replace(was, now, 1)

    with pytest.raises(WrongRule) as refusal:
        parse_table(text, "t")

    before = text[: text.index(now) + now.index(at)]
    fault = refusal.value.problems[0]
    assert (fault.line, fault.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 200_000, "nested too deeply"), ("a: &x [*x]", "anchors are not used"), ("{a: 1, a: 2}", "said twice"),
        ("? [1]\n: 2", "a name must be a word"), ("a: 2026-13-45", "cannot be read"), ("--- 1\n--- 2", "not YAML"),
        ("a: !!python/object:os.system x", "cannot be read"), ("\x00", "not YAML"), ("a: 1\n\tb: 2", "not YAML"),
        ("<<: {a: 1}", "unknown key <<"), ("x" * 1_000_001, "longer than 1 MB"),
    ],
    ids=map(str, range(11)),
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused(text: str, words: str) -> None:
    """Whatever it holds: never another error than WrongRule, and nothing in it is run."""
    with pytest.raises(WrongRule) as refusal:
        parse_table(text, "t")

    assert words in str(refusal.value)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, each in inner for place in _places(each, (*path, key))]


PLACES = _places(the_content())
JUNK: st.SearchStrategy[object] = st.sampled_from(
    [None, True, 0, -1, 2.5, "", "x", "48h", [], [None], ["x"], [[]], {}, {"x": 1}, {"zh": 1, "en": []}, 10**30, "\ud800"]
)  # fmt: skip


@repeatable(400)
@given(place=st.sampled_from(PLACES), junk=JUNK)
def test_junk_anywhere_in_a_table_is_refused_or_harmless(place: tuple[Any, ...], junk: object) -> None:
    """Never another error than WrongRule, and always with words."""
    content = the_content()
    inner: Any = content
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = junk

    try:
        found: object = table_from(content)
    except WrongRule as refusal:
        found = refusal.problems

    assert found
