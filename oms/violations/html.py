"""The report as one page that needs nothing else: no script, no network, light and dark."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from oms.domain.money import fen_to_yuan
from oms.domain.periods import BUSINESS_ZONE
from oms.templating import templates
from oms.violations import words
from oms.violations.charts import Bar, lying, standing
from oms.violations.report import Count, Report
from oms.violations.words import Language

INCIDENTS_SHOWN = 500
"""More than that nobody reads on a page; the workbook and the JSON have them."""
RULES_DRAWN = 15


TEMPLATES: Final = templates(Path(__file__).parent / "templates")


def page(report: Report, language: Language) -> str:
    """Write the page."""
    named = SimpleNamespace(
        plain=str, step=partial(words.step, language=language), kind=partial(words.kind, language=language),
        weight=lambda weight: words.WEIGHTS[weight].in_(language),
    )  # fmt: skip
    return TEMPLATES.get_template("report.html").render(
        report=report, lang=language, w=partial(words.say, language=language), worst=words.worst(report, language),
        charts=_charts(report, language), name=named, grade=partial(words.grade, language=language),
        when=_when, yuan=fen_to_yuan, percent=lambda share: f"{share:.1%}", shown=INCIDENTS_SHOWN,
    )  # fmt: skip


def _charts(report: Report, language: Language) -> SimpleNamespace:
    say = partial(words.say, language=language)
    parts = (say("violations"), say("near_misses"))
    three = (*parts, say("before"))

    def rows(title: str, counts: Iterable[Count], named: Callable[[str], str] = str) -> object:
        return lying(say(title), _bars(counts, named), parts)

    return SimpleNamespace(
        day=standing(say("by_day"), _bars(report.by_day, lambda day: day[5:]), three),
        hour=standing(say("by_hour"), _bars(report.by_hour, str), three),
        step=rows("by_step", report.by_step, partial(words.step, language=language)),
        rule=rows("by_rule", report.by_rule[:RULES_DRAWN]),
        platform=rows("by_platform", report.by_platform),
    )


def _bars(counts: Iterable[Count], named: Callable[[str], str]) -> list[Bar]:
    return [
        Bar(named(row.name), row.violations, row.near_misses, row.violations_before + row.near_misses_before)
        for row in counts
    ]


def _when(moment: datetime) -> str:
    return f"{moment.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"
