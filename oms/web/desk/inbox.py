"""The desk's inbox: payloads that could not be read, why, and reading them again, one by one or all."""

import asyncio
import secrets
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from oms.domain.roles import Act
from oms.languages.marks import N_
from oms.store import Store
from oms.store.desk_jobs import Job
from oms.store.parked import Which
from oms.web.collaborators import collaborators
from oms.web.desk.background import work_at
from oms.web.desk.frame import desk_notice, desk_page
from oms.web.desk.parked_again import which_of
from oms.web.people.door import Posted, SignedIn, needs

PAGE_SIZE = 50
JOBS_SHOWN = 10
LONGEST = 4000
"""Characters; a reason may name many fields."""
NOTHING_CHOSEN = N_("Nothing was chosen: tick the payloads to read again, or read all of them again.")

router = APIRouter(include_in_schema=False)
Chosen = Annotated[str, Query(max_length=LONGEST)]
Filled = Annotated[str, Form(max_length=LONGEST)]


@router.get("/desk/inbox")
async def inbox(
    request: Request,
    person: SignedIn,
    shop: Chosen = "",
    source: Chosen = "",
    reason: Chosen = "",
    after: Chosen = "",
) -> HTMLResponse:
    """Show what could not be taken in, the oldest first, and why; never the payload."""
    chosen = {"shop": shop, "source": source, "reason": reason}
    return await _listed(request, person, chosen, after)


@router.post("/desk/inbox/retry", dependencies=[needs(Act.RETRY_PARKED)])
async def retry(
    request: Request, person: Posted, *, inbox_id: Annotated[list[str] | None, Form()] = None,
    everything: Filled = "", shop: Filled = "", source: Filled = "", reason: Filled = "",
) -> Response:  # fmt: skip
    """Read payloads again: those that were ticked at once, all of them in the background."""
    parts, chosen = collaborators(request), {"shop": shop, "source": source, "reason": reason}
    ids = [] if everything else list(dict.fromkeys(inbox_id or ()))[:PAGE_SIZE]
    if not ids and not everything:
        return await _listed(request, person, chosen, "", refusal=NOTHING_CHOSEN)
    jobs = parts.store.desk_jobs
    about = ", ".join(ids) if ids else "all"
    await asyncio.to_thread(
        parts.store.acts.note, parts.clock(), person.name, "parked payloads retried", f"inbox:{about}"
    )
    if ids:
        holder = secrets.token_hex(8)
        name = await asyncio.to_thread(jobs.begin, "retry", person.name, {"ids": ids}, holder=holder)
        job = await asyncio.to_thread(jobs.get, name)
        if job is not None:
            await work_at(parts, job, holder)
    else:
        until = await asyncio.to_thread(parts.store.parked.last, which_of(chosen))
        name = await asyncio.to_thread(jobs.begin, "retry", person.name, {**chosen, "until": until})
    return RedirectResponse(f"/desk/inbox/retries/{name}", status_code=303)


@router.get("/desk/inbox/retries/{name}")
async def retried(request: Request, person: SignedIn, name: str, seen: Chosen = "") -> Response:
    """Show what came of reading payloads again; with `seen`, only what is new, and 204 when nothing is."""
    job = await asyncio.to_thread(collaborators(request).store.desk_jobs.get, name)
    if job is None or job.kind != "retry":
        return desk_notice(
            request,
            person,
            N_("No such attempt"),
            N_("The page of parked payloads lists the last ones."),
            404,
        )
    if seen and seen == job.mark:
        return Response(status_code=204)
    template = "desk/retry_state.html" if seen else "desk/retry.html"
    return desk_page(request, person, template, job=job, **_result(job))


async def _listed(
    request: Request, person: SignedIn, chosen: dict[str, str], after: str, refusal: str = ""
) -> HTMLResponse:
    store = collaborators(request).store
    shown = await asyncio.to_thread(_look, store, which_of(chosen), after)
    return desk_page(
        request, person, "desk/inbox.html", status=422 if refusal else 200, chosen=chosen, after=after, refusal=refusal,
        may=person.may(Act.RETRY_PARKED), filters=urlencode({name: value for name, value in chosen.items() if value}),
        **shown,
    )  # fmt: skip


def _look(store: Store, which: Which, after: str) -> dict[str, Any]:
    rows = store.parked.page(which, after=after, limit=PAGE_SIZE + 1)
    return {
        "rows": rows[:PAGE_SIZE], "newer": rows[PAGE_SIZE - 1].inbox_id if len(rows) > PAGE_SIZE else "",
        "number": store.parked.count(which), "all_of_them": store.parked.count(), "reasons": store.parked.reasons(),
        "shops": [str(shop) for shop in store.parked.shops()], "jobs": store.desk_jobs.list("retry", JOBS_SHOWN),
    }  # fmt: skip


def _result(job: Job) -> dict[str, Any]:
    return {"counts": job.result.get("counts", {}), "each": job.result.get("each", [])}
