"""The desk's list of searches in the Temporal UI: the questions that operations have, each a link that asks it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from oms.domain.model import Fact
from oms.languages.marks import N_
from oms.web.collaborators import collaborators
from oms.web.desk.frame import desk_page
from oms.web.people.door import SignedIn

router = APIRouter(include_in_schema=False)

SOON: Final = timedelta(hours=2)
_RUNNING: Final = "ExecutionStatus = 'Running'"


class Search(Fact):
    """A question that somebody has, and how the Temporal UI is asked it."""

    question: str
    query: str
    """`{soon}` stands for a moment two hours from when it is asked."""

    def at(self, now: datetime) -> str:
        """Return the query as it is asked now."""
        return self.query.replace("{soon}", (now + SOON).isoformat(timespec="seconds"))


SEARCHES: Final[Sequence[Search]] = tuple(
    Search(question=question, query=query)
    for question, query in (
        (N_("Who waits for payment?"), "OrderStage = 'awaiting_payment'"),
        (N_("What waits for goods?"), "Holds = 'out_of_stock'"),
        (N_("What must customer service confirm?"), "Holds IN ('high_value', 'first_buyer', 'remark')"),
        (N_("What is locked until a supervisor acts?"), "Holds = 'no_waybill_lock'"),
        (N_("What is late already?"), f"SlaState = 'late' AND {_RUNNING}"),
        (N_("What is due within two hours?"), f"NextDeadline < '{{soon}}' AND {_RUNNING}"),
        (N_("What is at the warehouse?"), f"OrderStage = 'released' AND {_RUNNING}"),
        (N_("Which orders are watched closely?"), f"OrderTags = '重点跟踪' AND {_RUNNING}"),
        (N_("Which after-sales are open?"), f"WorkflowType = 'AfterSaleWorkflow' AND {_RUNNING}"),
        (N_("Which alerts are open?"), f"WorkflowType = 'AlertWorkflow' AND {_RUNNING}"),
        (N_("Which polls broke off?"), "WorkflowType = 'PollShopWorkflow' AND ExecutionStatus IN ('Failed', 'TimedOut')"),
        (N_("Which rounds saw an interface that is retired?"), "InterfaceState = 'retired'"),
    )
)  # fmt: skip


def link(list_address: str, query: str) -> str:
    """Return the address of the workflow list with a query in it."""
    return f"{list_address.rstrip('/')}?query={quote(query, safe='')}"


@router.get("/desk/searches")
async def searches(request: Request, person: SignedIn) -> HTMLResponse:
    """List the questions; without a Temporal UI to open, only what to ask it."""
    parts = collaborators(request)
    now = parts.clock()
    asked = [(each.question, query := each.at(now), link(parts.temporal_ui, query)) for each in SEARCHES]
    return desk_page(request, person, "desk/searches.html", asked=asked, temporal_ui=parts.temporal_ui)
