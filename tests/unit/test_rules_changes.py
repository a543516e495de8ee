"""What another version of the table changes: for whom, from when until when."""

from datetime import UTC, datetime, timedelta

from oms.rules.changes import Changes, changes
from oms.rules.table import TABLE, RuleTable, parse_table

TEXT = TABLE.read_text(encoding="utf-8")
BARE = "".join(
    line for line in TEXT.splitlines(keepends=True) if not line.startswith(("shops:", "campaigns:"))
)
"""Without the empty lists that stand there."""
BEFORE = parse_table(TEXT, "today's")
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
CAMPAIGN = """
campaigns:
  - {id: double-twelve, name: {zh: 双十二, en: Double 12}, platforms: [tmall],
     from: "2026-12-12T00:00:00+08:00", to: "2026-12-13T00:00:00+08:00",
     ship: {within: 72h}, evidence: {ship.within: B}}
"""
SHOP = """
shops:
  jd:self: {ship: {within: 12h}, evidence: {ship.within: S}}
"""


def a_table(text: str) -> RuleTable:
    return parse_table(text.replace(BEFORE.version, "next"), "next")


def against(after: RuleTable, **shops: str) -> Changes:
    return changes(BEFORE, after, NOW, {name.replace("_", ":", 1): row for name, row in shops.items()})


def test_the_same_table_changes_nothing() -> None:
    """Under another name."""
    assert against(a_table(TEXT)).nothing


def test_a_default_changes_every_platform_that_has_no_figure_of_its_own() -> None:
    """Grouped: one line, with all whom it concerns."""
    after = a_table(TEXT.replace('high_value: "1000.00"', 'high_value: "900.00"'))

    found = against(after).figures

    assert len(found) == 1
    assert (found[0].path, found[0].before, found[0].after) == ("review.high_value", 100_000, 90_000)
    assert set(found[0].where) == set(BEFORE.platforms)
    assert (found[0].since, found[0].until) == (None, None)


def test_a_campaign_is_a_change_for_a_while() -> None:
    """It begins and ends, and then all is as before."""
    found = against(a_table(BARE + CAMPAIGN)).figures

    midnight = datetime(2026, 12, 11, 16, tzinfo=UTC)
    assert [(each.path, each.where, each.before, each.after) for each in found] == [
        ("ship.within", ("tmall",), timedelta(hours=48), timedelta(hours=72))
    ]
    assert (found[0].since, found[0].until) == (midnight, midnight + timedelta(days=1))


def test_a_shop_s_own_row_concerns_that_shop_alone() -> None:
    """Other shops of the platform are not named; nor is a shop where it only follows its platform."""
    found = against(a_table(BARE + SHOP), jd_self="jd_self", jd_other="jd_self").figures

    assert [(each.path, each.where, each.after) for each in found] == [
        ("ship.within", ("jd:self",), timedelta(hours=12))
    ]


def test_rules_that_are_new_gone_or_other_are_named() -> None:
    """With what of them reads otherwise."""
    first, last = BEFORE.rules[0], BEFORE.rules[-1]
    renamed = a_table(
        TEXT.replace(f"id: {first.id}\n", "id: another-name\n").replace(
            f"id: {first.id},", "id: another-name,"
        )
    )
    graver = last.model_copy(update={"severity": "info" if last.severity != "info" else "red"})
    changed = BEFORE.model_copy(update={"rules": (*BEFORE.rules[:-1], graver), "version": "next"})

    new = against(renamed).rows
    other = against(changed).rows

    assert {(each.id, each.change) for each in new} == {(first.id, "removed"), ("another-name", "added")}
    assert [(each.of, each.id, each.change) for each in other] == [("rule", last.id, "changed")]
    assert [(edit.part, edit.before, edit.after) for edit in other[0].edits] == [
        ("severity", last.severity, graver.severity)
    ]


def test_a_rung_of_the_clock_that_is_gone_is_named() -> None:
    """Nobody would be told any more."""
    gone = BEFORE.clock[0]
    after = BEFORE.model_copy(update={"clock": BEFORE.clock[1:], "version": "next"})

    found = against(after)

    assert [(each.of, each.id, each.change) for each in found.rows] == [("clock", gone.id, "removed")]


def test_a_platform_that_is_new_is_named() -> None:
    """It had no row before."""
    after = BEFORE.model_copy(
        update={"platforms": {**BEFORE.platforms, "bazaar": BEFORE.platforms["own_shop"]}}
    )

    found = against(after)

    assert (found.platforms_added, found.platforms_removed, found.figures) == (("bazaar",), (), ())
