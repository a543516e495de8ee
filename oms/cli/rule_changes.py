"""`rules diff|activate|versions`: what another table changes, bringing it into force, and what was in force when."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from oms.cli.options import AsJson
from oms.cli.output import Code, Output, Trouble
from oms.cli.place import Place
from oms.cli.rule_files import Lang, RulesFile, moment_of, parsed, read
from oms.clock import wall_clock
from oms.domain.errands import SpreadRules
from oms.domain.periods import BUSINESS_ZONE
from oms.rules.changes import Changes, changes
from oms.rules.figure_words import Lang as Language
from oms.rules.figure_words import figure_label, said
from oms.rules.table import TABLE, RuleTable, read_table
from oms.spreading import affected
from oms.store import Activation, Store
from oms.temporal.rule_changes import start_spreading

BUILT_IN = "came with the program"
SHOWN = ("version", "in_force", "from", "by", "why", "told")
Which = Annotated[str, typer.Argument(help="A file, or a version that was activated.", show_default=False)]


def diff(
    context: typer.Context, which: Which,
    against: Annotated[str | None, typer.Argument(help="Compare with this one (default: what is in force).")] = None,
    lang: Lang = "en", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show what a table changes: figure by figure, for which platforms and shops; rules and rungs of the clock.

    Examples:

    ```
    starter.py rules diff tables/2026-12-01.yaml
    starter.py rules diff 2026-12-01.1 2026-11-22.1          # what the first changed against the second
    starter.py rules diff tables/2026-12-01.yaml --json | jq .figures
    ```
    """
    place: Place = context.obj
    now = wall_clock()
    after = _table(place, which, lang)
    before = _table(place, against, lang) if against else place.shelf().in_force(now)
    found = changes(before, after, max(now, after.effective_from), _shops(place))
    if as_json:
        place.output.json(found.model_dump(mode="json"))
    else:
        _show(place.output, found, lang)


def activate(
    context: typer.Context, file: RulesFile,
    by: Annotated[str, typer.Option("--by", help="Who brings it into force; stands beside it for ever.")],
    why: Annotated[str, typer.Option("--why", help="Why; stands beside it for ever.")],
    start: Annotated[
        str, typer.Option("--from", metavar="MOMENT", help="From when on (default: what the file says, or now).")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
    lang: Lang = "en", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Bring a table into force, now or later: checked, compared, kept for ever; orders in flight are told.

    Orders in flight are judged anew or keep their version, as their row says (`in_flight`). A version is never
    edited: another content needs another `table_version`. Doing it twice changes nothing.

    Examples:

    ```
    starter.py rules activate tables/2026-12-01.yaml --by lin --why "Douyin: 48 h from December on" --dry-run
    starter.py rules activate tables/2026-12-01.yaml --by lin --why "double twelve" --from 2026-12-12T00:00
    ```
    """
    place: Place = context.obj
    now, table = wall_clock(), parsed(file, lang)
    begins = _begins(table, start, now)
    known = place.shelf().version(table.version)
    if known is not None and known.digest != table.digest:
        raise Trouble(
            f"version {table.version} is there with another content, and a version is never edited",
            "give the new content another table_version",
        )
    kept = place.store().rule_tables.get(table.version)
    begins = kept.effective_from if kept else begins
    found = changes(place.shelf().in_force(begins), table, begins, _shops(place))
    plan = _plan(place, table, begins, kept)
    if not as_json:
        _show(place.output, found, lang)
        place.output.facts(f"Plan for {table.version}", plan, as_json=False)
    if not dry_run:
        _ask(plan, yes=yes)
        wanted = Activation(
            version=table.version, digest=table.digest, text=read(file), effective_from=begins, activated_by=by,
            why=why, activated_at=now,
        )  # fmt: skip
        asyncio.run(_activate(place, wanted))
    if as_json:
        place.output.json({"plan": plan, "changes": found.model_dump(mode="json"), "activated": not dry_run})
    elif not dry_run:
        place.output.say(
            f"{table.version} is in force from {begins.astimezone(BUSINESS_ZONE):%m-%d %H:%M:%S} on"
        )


def versions(context: typer.Context, as_json: AsJson = False) -> None:
    """List the versions: who brought each into force, why, from when on, and whether orders in flight were told.

    Examples:

    ```
    starter.py rules versions
    starter.py rules versions --json | jq -r '.[] | select(.in_force) | .version'
    ```
    """
    place: Place = context.obj
    shelf = place.shelf()
    in_force = shelf.in_force(wall_clock()).version
    kept = place.store().rule_tables.all() if place.configured else ()
    rows = [_row(each, in_force) for each in kept]
    if not kept:
        rows = [_row(_built_in(place.shelf().in_force(wall_clock()), wall_clock()), in_force)]
    if not as_json:
        rows = [{name: row[name] for name in SHOWN} for row in rows]
    place.output.rows("Versions", rows, as_json=as_json)


def _row(kept: Activation, in_force: str) -> dict[str, object]:
    return {
        "version": kept.version, "in_force": kept.version == in_force, "from": kept.effective_from,
        "by": kept.activated_by, "why": kept.why, "activated": kept.activated_at, "told": kept.spread_at,
        "digest": kept.digest[:12],
    }  # fmt: skip


def _table(place: Place, which: str, lang: Language) -> RuleTable:
    if Path(which).is_file():
        return parsed(Path(which), lang)
    shelf = place.shelf()
    table = shelf.version(which)
    if table is None:
        known = ", ".join(shelf.versions())
        raise Trouble(f"{which} is neither a file nor a version", f"there are: {known}", Code.WRONG_USE)
    return table


def _shops(place: Place) -> dict[str, str]:
    return {str(shop.key): shop.platform for shop in place.settings().shops} if place.configured else {}


def _begins(table: RuleTable, start: str, now: datetime) -> datetime:
    begins = moment_of(start) if start else max(now, table.effective_from)
    if begins < now:
        raise Trouble(
            "--from is in the past: orders were judged since", "say a moment to come", Code.WRONG_USE
        )
    if table.effective_to is not None and begins >= table.effective_to:
        raise Trouble(f"{table.version} ends before it begins", "see its effective_to", Code.WRONG_USE)
    return begins


def _plan(place: Place, table: RuleTable, begins: datetime, kept: Activation | None) -> dict[str, Any]:
    store, platforms = place.store(), {shop.key: shop.platform for shop in place.settings().shops}
    anew, stay = affected(table, platforms, store.in_flight.by_shop().items(), begins)
    newer = [each for each in store.rule_tables.all() if kept is None and each.effective_from > begins]
    return {
        "from": begins, "instead_of": place.shelf().in_force(begins).version, "orders_judged_anew": anew,
        "orders_that_keep_their_version": stay, "activated_already": kept is not None,
        "never_in_force_then": [each.version for each in newer],
    }  # fmt: skip


def _ask(plan: dict[str, Any], *, yes: bool) -> None:
    if not plan["orders_judged_anew"] or yes:
        return
    if not typer.confirm(f"Judge {plan['orders_judged_anew']} orders in flight anew?", err=True):
        raise Trouble("nothing was changed", "say yes, or give --yes")


async def _activate(place: Place, wanted: Activation) -> None:
    """Keep it and let the orders in flight be told; Temporal must answer before anything is kept."""
    client = await place.temporal()
    kept = await asyncio.to_thread(keep, place.store(), wanted)
    await start_spreading(client, SpreadRules(version=kept.version, effective_from=kept.effective_from))


def keep(store: Store, wanted: Activation) -> Activation:
    """Keep a version; with the first, the one that came with the program, too: so far, orders were judged by it."""
    if not store.rule_tables.count():
        table = read_table()
        if table.version != wanted.version:
            store.rule_tables.activate(_built_in(table, wanted.activated_at))
    return store.rule_tables.activate(wanted)


def _built_in(table: RuleTable, at: datetime) -> Activation:
    return Activation(
        version=table.version, digest=table.digest, text=TABLE.read_text(encoding="utf-8"),
        effective_from=table.effective_from, activated_by="orderloom", why=BUILT_IN, activated_at=at,
    )  # fmt: skip


def _show(output: Output, found: Changes, lang: Language) -> None:
    title = f"{found.before} → {found.after}"
    figures = [
        {"figure": each.path, "what": figure_label(each.path, lang), "before": said(each.path, each.before, lang),
         "after": said(each.path, each.after, lang), "where": each.where, "since": each.since, "until": each.until}
        for each in found.figures
    ]  # fmt: skip
    output.rows(f"{title}: figures", figures, as_json=False, none="all the same")
    rows = [
        {"row": f"{each.of} {each.id}", "is": each.change, "how": [f"{e.part}: {e.before} → {e.after}" for e in each.edits]}
        for each in found.rows
    ]  # fmt: skip
    output.rows(f"{title}: rules and clock", rows, as_json=False, none="all the same")
    for word, names in (("new", found.platforms_added), ("gone", found.platforms_removed)):
        if names:
            output.out.print(f"Platforms that are {word}: {', '.join(names)}", markup=False)
