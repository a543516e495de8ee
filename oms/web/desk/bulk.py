"""The same request to many orders: a preview, a job that any process may bring to its end, a result per order."""

import asyncio
import re
import uuid
from collections.abc import Sequence
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from oms.domain.book import OrderRow
from oms.domain.desk_requests import ACT_OF, OF_MANY, Ask, Obstacle, obstacle, standing
from oms.domain.holds import HoldReason
from oms.domain.ids import OrderKey
from oms.domain.roles import Act
from oms.languages.marks import N_
from oms.store.bulk_jobs import OPEN, BulkItem, BulkJob, Chosen, Fate
from oms.web.collaborators import Collaborators, collaborators
from oms.web.desk.forms import Form
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.desk.order import UNCHANGED
from oms.web.people.door import Posted, SignedIn, needs, require
from oms.web.people.person import Person
from oms.web.spoken_order import ASKS, EFFECTS, FATE_TONES, FATES, OBSTACLES

MOST: Final = 500
"""Orders of one job: a person has looked at them, more nobody has."""
NOT_FOUND, SEE_OTHER, WRONG = 404, 303, 422
_ID: Final = "^[0-9a-f]{32}$"
JobId = Annotated[str, Path(pattern=_ID)]
HOLDS: Final = tuple(hold for hold in HoldReason if hold is not HoldReason.NO_WAYBILL_LOCK)
WORDS: Final = {
    "asks": ASKS, "effects": EFFECTS, "fates": FATES, "tones": FATE_TONES, "obstacles": OBSTACLES,
}  # fmt: skip

router = APIRouter(include_in_schema=False)


class Foreseen(NamedTuple):
    """An order of a selection, and what stands in the way of what is asked."""

    row: OrderRow
    stood: str
    obstacle: Obstacle | None


class Progress(NamedTuple):
    """How far a job is."""

    job: BulkJob
    items: Sequence[BulkItem]

    @property
    def counts(self) -> dict[Fate, int]:
        """How many orders met which fate, in the order in which fates are named."""
        met = [item.fate for item in self.items]
        return {fate: met.count(fate) for fate in Fate if fate in met}

    @property
    def settled(self) -> int:
        """How many have their answer."""
        return sum(item.fate not in OPEN for item in self.items)

    @property
    def revision(self) -> str:
        """Another one whenever the page would look different."""
        asked = sum(item.fate is Fate.ASKED for item in self.items)
        state = "ended" if self.job.ended_at else "stopping" if self.job.stopped_by else "going"
        return f"{self.settled}.{asked}.{state}.{len(self.job.trouble)}"


@router.get("/desk/bulk")
async def jobs(request: Request, person: SignedIn) -> HTMLResponse:
    """List the last jobs."""
    kept = collaborators(request).store.bulk_jobs
    newest = await asyncio.to_thread(kept.newest)
    counts = await asyncio.to_thread(kept.counts, [job.id for job in newest])
    return desk_page(request, person, "desk/bulk_jobs.html", jobs=newest, counts=counts, words=WORDS)


@router.post("/desk/bulk/preview", dependencies=[needs(Act.BULK)])
async def preview(request: Request, person: Posted) -> HTMLResponse:
    """Show what each order would do now; nothing is asked yet."""
    form = await Form.of(request)
    keys, left_out = _keys(form)
    ask, hold = _ask(form), form.text("hold", 40)
    asks = [each for each in OF_MANY if person.may(ACT_OF[each])]
    foreseen = await asyncio.to_thread(_foresee, collaborators(request), keys, ask, hold)
    return desk_page(
        request, person, "desk/bulk_preview.html", foreseen=foreseen, ask=ask, hold=hold, asks=asks, holds=HOLDS,
        unknown=left_out + len(keys) - len(foreseen), most=MOST, job=uuid.uuid4().hex, why=form.text("why"),
        needs_hold=ask is Ask.RELEASE_HOLD, words=WORDS,
    )  # fmt: skip


@router.post("/desk/bulk", dependencies=[needs(Act.BULK)])
async def begin(request: Request, person: Posted) -> Response:
    """Keep the job; whichever process has time works at it. Sent twice, it is one job."""
    form = await Form.of(request)
    ask, chosen = _ask(form), _chosen(form)
    job_id, why, hold = form.text("job", 32), form.text("why"), form.text("hold", 40)
    wrong = (
        _wrong(ask, chosen, why, hold)
        if re.fullmatch(_ID, job_id)
        else N_("Begin again from the list of orders.")
    )
    if ask is None or wrong:
        return desk_notice(request, person, N_("Nothing was done"), wrong, WRONG)
    require(person, ACT_OF[ask])
    parts = collaborators(request)
    job = BulkJob(
        id=job_id,
        by=person.name,
        ask=ask,
        hold=hold if ask is Ask.RELEASE_HOLD else "",
        why=why,
        made_at=parts.clock(),
    )
    await asyncio.to_thread(_open, parts, job, chosen)
    return RedirectResponse(f"/desk/bulk/{job.id}", status_code=SEE_OTHER)


@router.get("/desk/bulk/{job_id}")
async def job(job_id: JobId, request: Request, person: SignedIn) -> HTMLResponse:
    """Show how far a job is, and what became of each order."""
    progress = await asyncio.to_thread(_progress, collaborators(request), job_id)
    if progress is None:
        return desk_notice(
            request, person, N_("No such job"), N_("The desk knows no job of that number."), NOT_FOUND
        )
    return _page(request, person, progress, "desk/bulk_job.html")


@router.get("/desk/bulk/{job_id}/state")
async def state(job_id: JobId, request: Request, person: SignedIn, revision: str = "") -> Response:
    """Show how far it is now on an open page; nothing when nothing has changed."""
    progress = await asyncio.to_thread(_progress, collaborators(request), job_id)
    if progress is None or progress.revision == revision:
        return Response(status_code=UNCHANGED)
    return _page(request, person, progress, "desk/bulk_state.html")


@router.post("/desk/bulk/{job_id}/stop", dependencies=[needs(Act.BULK)])
async def stop(job_id: JobId, request: Request, person: Posted) -> Response:
    """Ask no further order of a job."""
    parts = collaborators(request)
    await asyncio.to_thread(parts.store.bulk_jobs.stop, job_id, person.name)
    await asyncio.to_thread(
        parts.store.acts.note, parts.clock(), person.name, "bulk.stopped", f"bulk:{job_id}"
    )
    return RedirectResponse(f"/desk/bulk/{job_id}", status_code=SEE_OTHER)


def _page(request: Request, person: Person, progress: Progress, template: str) -> HTMLResponse:
    return desk_page(
        request, person, template, job=progress.job, items=progress.items, progress=progress, words=WORDS,
        may_stop=person.may(Act.BULK),
    )  # fmt: skip


def _open(parts: Collaborators, job: BulkJob, chosen: Sequence[Chosen]) -> None:
    if parts.store.bulk_jobs.open(job, chosen):
        about, why = f"bulk:{job.id}", f"{job.ask} × {len(chosen)}: {job.why}"
        parts.store.acts.note(parts.clock(), job.by, "bulk.started", about, why)


def _progress(parts: Collaborators, job_id: str) -> Progress | None:
    found = parts.store.bulk_jobs.get(job_id)
    return None if found is None else Progress(found, parts.store.bulk_jobs.items(job_id))


def _foresee(
    parts: Collaborators, keys: Sequence[OrderKey], ask: Ask | None, hold: str
) -> Sequence[Foreseen]:
    views = [parts.store.orders.get(key) for key in keys]
    return [
        Foreseen(view.row, standing(view.row), obstacle(view.row, ask, hold) if ask else None)
        for view in views
        if view is not None
    ]


def _keys(form: Form) -> tuple[Sequence[OrderKey], int]:
    """Read the selection; what is no order's key, and what is beyond the most, is counted and left out."""
    given = list(dict.fromkeys(form.all("key")))
    read = [key for key in map(_key, given[:MOST]) if key is not None]
    return read, len(given) - len(read)


def _key(text: str) -> OrderKey | None:
    try:
        return OrderKey.parse(text)
    except ValueError:
        return None


def _chosen(form: Form) -> Sequence[Chosen]:
    chosen: dict[OrderKey, Chosen] = {}
    for each in form.all("chosen")[:MOST]:
        text, _, stood = each.partition(" ")
        key = _key(text)
        if key is not None:
            chosen[key] = Chosen(key, stood[:400])
    return list(chosen.values())


def _ask(form: Form) -> Ask | None:
    """Read what is asked; None for nothing, or for what cannot be asked of many."""
    wanted = form.text("ask", 40)
    return next((ask for ask in OF_MANY if ask == wanted), None)


def _wrong(ask: Ask | None, chosen: Sequence[Any], why: str, hold: str) -> str:
    if ask is None or not chosen:
        return N_("Choose orders, and what to ask of them.")
    if not why:
        return N_("Say why: the reason stands in the timeline of every order, with your name.")
    if ask is Ask.RELEASE_HOLD and hold not in HOLDS:
        return N_("Say which hold is to be released.")
    return ""
