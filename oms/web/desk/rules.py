"""The rules on the desk: the staff guide, the versions that were ever in force, and what one changes against another."""

import asyncio
from itertools import pairwise
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from oms.domain.roles import Act
from oms.languages import CHINESE, ENGLISH
from oms.languages.marks import N_
from oms.rules.changes import Changes, changes
from oms.rules.figure_words import Lang, figure_label, said
from oms.rules.guide import Guide, guide
from oms.rules.table import TABLE, RuleTable
from oms.store.rule_tables import Activation
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.frame import HEADERS, desk_notice, desk_page
from oms.web.pages import alone
from oms.web.people.door import SignedIn

BUILT_IN = N_("came with the program")

router = APIRouter(include_in_schema=False)
Version = Annotated[str, Query(max_length=200)]


@router.get("/desk/rules")
async def rules(
    request: Request, person: SignedIn, lang: Annotated[Literal["zh", "en"] | None, Query()] = None
) -> HTMLResponse:
    """Show the rules in force, of every platform, in the reader's language or the other one."""
    parts = collaborators(request)
    now, chosen = parts.clock(), lang or lang_of(person.language)
    table = await asyncio.to_thread(parts.rules.in_force, now)
    other = "en" if chosen == "zh" else "zh"
    shown = await asyncio.to_thread(guide, table, chosen, now)
    return desk_page(request, person, "desk/rules.html", guide=shown, other=other)


@router.get("/desk/rules/versions")
async def versions(request: Request, person: SignedIn) -> HTMLResponse:
    """List the versions: who brought each into force, why, from when on; the newest first."""
    parts = collaborators(request)
    kept = await asyncio.to_thread(versions_of, parts)
    in_force = await asyncio.to_thread(parts.rules.in_force, parts.clock())
    log = await asyncio.to_thread(parts.store.rule_tables.log)
    return desk_page(
        request, person, "desk/versions.html", versions=kept, in_force=in_force.version, log=log[::-1][:100],
        before={each.version: older.version for each, older in pairwise(kept)},
        may=person.may(Act.RUN_BACKTEST),
    )  # fmt: skip


@router.get("/desk/rules/versions/text")
async def text(request: Request, person: SignedIn, version: Version) -> Response:
    """Hand out a version as it was activated."""
    kept = await asyncio.to_thread(versions_of, collaborators(request))
    found = next((each for each in kept if each.version == version), None)
    if found is None:
        return _no_such_version(request, person)
    safe = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in version)
    headers = {**HEADERS, "content-disposition": f'attachment; filename="rules-{safe}.yaml"'}
    return Response(found.text, media_type="application/yaml; charset=utf-8", headers=headers)


@router.get("/desk/rules/diff")
async def diff(request: Request, person: SignedIn, before: Version, after: Version) -> HTMLResponse:
    """Show what one version changes against another: figure by figure, rules and steps of the clock."""
    parts = collaborators(request)
    tables = [await asyncio.to_thread(parts.rules.version, name) for name in (before, after)]
    old, new = tables
    if old is None or new is None:
        return _no_such_version(request, person)
    found = await asyncio.to_thread(changed, parts, old, new)
    return desk_page(
        request, person, "desk/diff.html", found=found, figures=figures_of(found, lang_of(person.language)),
        versions=[each.version for each in await asyncio.to_thread(versions_of, parts)],
    )  # fmt: skip


def changed(parts: Collaborators, before: RuleTable, after: RuleTable) -> Changes:
    """Compare two tables from when on both could be in force."""
    shops = {str(shop): platform for shop, platform in parts.platforms.items()}
    return changes(before, after, max(parts.clock(), after.effective_from), shops)


def figures_of(found: Changes, lang: Lang) -> list[dict[str, Any]]:
    """Write the figures that change in words."""
    return [
        {"path": each.path, "label": figure_label(each.path, lang), "before": said(each.path, each.before, lang),
         "after": said(each.path, each.after, lang), "where": each.where, "since": each.since, "until": each.until}
        for each in found.figures
    ]  # fmt: skip


def versions_of(parts: Collaborators) -> list[Activation]:
    """Return every version, the last activated first; before the first activation, the one that came with the program."""
    kept = list(parts.store.rule_tables.all())[::-1]
    if kept:
        return kept
    table = parts.rules.in_force(parts.clock())
    return [
        Activation(
            version=table.version, digest=table.digest, text=TABLE.read_text(encoding="utf-8"),
            effective_from=table.effective_from, activated_by="orderloom", why=BUILT_IN, activated_at=table.effective_from,
        )
    ]  # fmt: skip


def lang_of(language: str) -> Lang:
    """Return the guide's word for a reader's language."""
    return "zh" if language == CHINESE else "en"


def standalone(shown: Guide) -> str:
    """Return the guide as one page that needs no network."""
    language = CHINESE if shown.lang == "zh" else ENGLISH
    return alone("guide.html", language, guide=shown, lang=shown.lang)


def _no_such_version(request: Request, person: SignedIn) -> HTMLResponse:
    return desk_notice(
        request, person, N_("No such version"), N_("The page of the versions lists those there are."), 404
    )
