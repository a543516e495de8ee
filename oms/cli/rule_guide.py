"""`rules show`: the staff guide, on the terminal or as one page."""

from pathlib import Path
from typing import Annotated

import typer

from oms.cli.options import AsJson
from oms.cli.output import Code, Output, Trouble
from oms.cli.place import Place
from oms.cli.rule_files import Lang, moment_of
from oms.clock import wall_clock
from oms.rules.guide import Guide, Line, PlatformGuide, guide
from oms.rules.table import RuleTable
from oms.web.desk.rules import standalone

UNSURE = "?"
"""Marks what is 待确认, an assumption; the page writes it out."""
GLANCE = 6
"""Columns of a terminal; the page and --json have them all."""


def show(
    context: typer.Context,
    platform: Annotated[
        str | None, typer.Option(help="One platform, with every figure (default: all, at a glance).")
    ] = None,
    shop: Annotated[str, typer.Option(help="With this shop's overlay: channel:shop.")] = "",
    at: Annotated[str, typer.Option(metavar="MOMENT", help="As it is, or was, in force then.")] = "",
    lang: Lang = "en",
    html: Annotated[
        Path | None, typer.Option("--html", dir_okay=False, help="Write one page that needs no network.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the rules in force in words: what each platform demands, how sure that is, what a person can do.

    Examples:

    ```
    starter.py rules show --lang zh
    starter.py rules show --platform douyin
    starter.py rules show --at 2026-11-11T20:00 --html guide.html --lang zh
    ```
    """
    place: Place = context.obj
    moment = moment_of(at) if at else wall_clock()
    table = place.shelf().in_force(moment)
    wanted = _platforms(place, table, platform, shop)
    shown = guide(table, lang, moment, wanted, shop)
    if html:
        html.write_text(standalone(shown), encoding="utf-8")
        place.output.say(f"{html}: rules {table.version}")
    if as_json:
        place.output.json(shown.model_dump(mode="json"))
    elif not html:
        _print(place.output, shown, whole=bool(wanted))


def _platforms(place: Place, table: RuleTable, platform: str | None, shop: str) -> tuple[str, ...]:
    if platform is None and shop:
        settings = place.settings()
        platform = next((each.platform for each in settings.shops if str(each.key) == shop), None)
        if platform is None:
            raise Trouble(
                f"no shop {shop} is configured", "say --platform, or one of its shops", Code.WRONG_USE
            )
    if platform is not None and platform not in table.platforms:
        known = ", ".join(table.platforms)
        raise Trouble(f"no platform {platform} in {table.version}", f"there are: {known}", Code.WRONG_USE)
    return () if platform is None else (platform,)


def _print(output: Output, shown: Guide, *, whole: bool) -> None:
    zh = shown.lang == "zh"
    title = f"{'规则' if zh else 'Rules'} {shown.version}"
    if not whole:
        rows = [_glance(each) for each in shown.platforms]
        output.rows(title, rows, as_json=False)
    for platform in shown.platforms if whole else ():
        output.out.print(f"{title}: {platform.name}", style="bold", markup=False)
        for section in platform.sections:
            figures = [
                {"figure": line.label, "value": _value(line), "evidence": line.grade, "from": line.source}
                for line in section.lines
            ]
            output.rows(section.label, figures, as_json=False)
        ladder = [
            {"step": rung.step, "when": rung.when, "told": rung.to, "text": rung.text}
            for rung in platform.ladder
        ]
        output.rows("时钟" if zh else "The clock", ladder, as_json=False, none="–")
    rules = [
        {"rule": rule.id, "then": rule.does, "what": rule.message, "remedy": rule.remedy}
        for rule in shown.rules
    ]
    output.rows("系统检查" if zh else "What is checked", rules, as_json=False, none="–")
    output.say(f"{UNSURE} {'待确认' if zh else '待确认: to be confirmed'} · --platform, --html, --json")


def _glance(platform: PlatformGuide) -> dict[str, str]:
    return {"": platform.name, **{line.label: _value(line) for line in platform.overview[:GLANCE]}}


def _value(line: Line) -> str:
    return f"{line.value}{UNSURE}" if line.unsure else line.value
