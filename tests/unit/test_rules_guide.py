"""The staff guide: every figure has a name in both languages, and what is unsure says so."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from oms.rules.asking import NAMES
from oms.rules.figure_words import FACT_WORDS, FIGURE_WORDS, Lang
from oms.rules.figures import FIGURES, VARIABLES
from oms.rules.guide import guide
from oms.rules.table import TABLE as FILE
from oms.rules.table import parse_table, read_table
from oms.rules.wording import PLATFORM
from oms.web.desk.rules import standalone

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TABLE = read_table()
EXAMPLE = """
campaigns:
  - {id: double-twelve, name: {zh: 双十二, en: Double 12}, platforms: [douyin],
     from: "2026-12-12T00:00:00+08:00", to: "2026-12-13T00:00:00+08:00",
     ship: {within: 72h}, evidence: {ship.within: B}}
"""
LANGS: tuple[Lang, ...] = ("zh", "en")


class Page(HTMLParser):
    """What a page would load, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note everything that would ask the network."""
        loading = {name: value or "" for name, value in attrs if name in {"src", "href", "srcset"}}
        self.loads += [f"{tag} {value}" for value in loading.values() if not value.startswith("#")]
        self.loads += [tag] if tag in {"script", "link", "iframe", "object"} else []

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.text.append(data)


def test_every_figure_and_every_fact_has_a_name() -> None:
    """In both languages; and nothing is named that is not there."""
    assert set(FIGURE_WORDS) == set(FIGURES)
    assert set(FACT_WORDS) == (NAMES - set(VARIABLES)) | {PLATFORM}
    assert all(words["zh"] and words["en"] for words in (*FIGURE_WORDS.values(), *FACT_WORDS.values()))


@pytest.mark.parametrize(
    ("lang", "within", "red_line"), [("zh", "24 小时", "12 小时"), ("en", "24 h", "12 h")]
)
def test_figures_are_said_in_words(lang: Lang, within: str, red_line: str) -> None:
    """Douyin: a day to ship, half a day to a waybill, each with its grade and the row it comes from."""
    shown = guide(TABLE, lang, NOW, ["douyin"])

    lines = {line.path: line for section in shown.platforms[0].sections for line in section.lines}
    assert (lines["ship.within"].value, lines["ship.waybill_within"].value) == (within, red_line)
    assert (lines["ship.within"].grade, lines["ship.within"].unsure) == ("S", False)
    assert lines["ship.within"].source == "platforms.douyin"


def test_what_is_an_assumption_is_marked() -> None:
    """Exactly the figures of the grades C and D."""
    for platform in guide(TABLE, "zh", NOW).platforms:
        for section in platform.sections:
            assert all(line.unsure == (line.grade in {"C", "D"}) for line in section.lines)


def test_the_clock_names_only_rungs_that_a_platform_has() -> None:
    """Only Douyin has a red line without a waybill."""
    ladders = {each.key: [rung.id for rung in each.ladder] for each in guide(TABLE, "en", NOW).platforms}

    locks = {row.id for row in TABLE.clock if row.step == "lock"}
    assert {key for key, rungs in ladders.items() if locks & set(rungs)} == {"douyin"}


@pytest.mark.parametrize("lang", LANGS)
def test_the_clock_is_told_with_its_figures(lang: Lang) -> None:
    """Of this platform; and designated couriers are named at a glance."""
    shown = {each.key: each for each in guide(TABLE, lang, NOW).platforms}

    lock = next(
        rung for rung in shown["douyin"].ladder if rung.id in {r.id for r in TABLE.clock if r.step == "lock"}
    )
    couriers = next(line.value for line in shown["jd_self"].overview if line.path == "couriers.mode")
    assert "12" in lock.text
    assert not [rung.text for each in shown.values() for rung in each.ladder if "{" in rung.text]
    assert all(name in couriers for name in TABLE.row("jd_self").couriers.names)


@pytest.mark.parametrize("lang", LANGS)
def test_messages_name_no_variable(lang: Lang) -> None:
    """Staff read what a rule will say, not how it is written."""
    rules = guide(TABLE, lang, NOW).rules

    assert [rule.id for rule in rules] == [row.id for row in TABLE.rules]
    assert not [rule.id for rule in rules if "{" in rule.message + rule.remedy + rule.does]


def test_a_campaign_counts_while_it_lasts() -> None:
    """The guide of another day is another guide."""
    bare = FILE.read_text(encoding="utf-8").replace("\ncampaigns: []\n", "\n")
    table = parse_table(bare + EXAMPLE, "with a campaign")
    during, after = (guide(table, "en", datetime(2026, 12, day, 4, tzinfo=UTC)) for day in (12, 14))

    values = [
        next(each.overview[0].value for each in shown.platforms if each.key == "douyin")
        for shown in (during, after)
    ]
    assert values == ["3 d", "24 h"]
    assert (during.campaigns, after.campaigns) == (("Double 12 (double-twelve)",), ())


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_needs_no_network(lang: Lang) -> None:
    """One file, in light and dark, with every platform and every rule in it."""
    html = standalone(guide(TABLE, lang, NOW))
    page = Page(html)

    words = " ".join(page.text)
    assert page.loads == []
    assert "color-scheme: light dark" in html
    assert "@import" not in html
    assert "url(" not in html
    assert f'<html lang="{lang}">' in html
    assert "待确认" in words
    for row in TABLE.rules:
        assert row.id in words
    for platform in TABLE.platforms:
        assert TABLE.row(platform).name.model_dump()[lang] in words
