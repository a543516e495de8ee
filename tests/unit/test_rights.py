"""Who may do what: every cell of the table over HTTP, and every route that changes something declares its act."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute
from httpx import ASGITransport, AsyncClient

from oms.domain.roles import Act, Role
from oms.web.people.door import csrf_of, needs, signed_in
from oms.web.people.person import Person
from oms.web.people.refusing import refuse_politely
from tests.unit.desk_routes import acts_of, asks_for_our_form, changing, every_route
from tests.unit.intake_world import a_store
from tests.unit.web_world import WebWorld

EVERYBODY, HANDLERS, LEADERS = (
    set(Role),
    {Role.SERVICE, Role.SUPERVISOR, Role.ADMIN},
    {Role.SUPERVISOR, Role.ADMIN},
)
WORKERS = EVERYBODY - {Role.VIEWER}
WHO_MAY = {
    Act.LOOK: EVERYBODY,
    Act.ADD_NOTE: WORKERS,
    Act.PLACE_HOLD: WORKERS,
    Act.RELEASE_HOLD: WORKERS,
    Act.ACKNOWLEDGE: WORKERS,
    Act.APPROVE_REVIEW: HANDLERS,
    Act.CANCEL_ORDER: HANDLERS,
    Act.CHANGE_ADDRESS: HANDLERS,
    Act.RESYNC: HANDLERS,
    Act.DECIDE_CASE: HANDLERS,
    Act.REVEAL_RECEIVER: HANDLERS,
    Act.SEE_PAYLOAD: HANDLERS,
    Act.BULK: HANDLERS,
    Act.LIFT_LOCK: LEADERS,
    Act.CHANGE_WAYBILL: LEADERS,
    Act.RETRY_PARKED: LEADERS,
    Act.DECODE_PAYLOADS: LEADERS,
    Act.RUN_BACKTEST: LEADERS,
    Act.MANAGE_PEOPLE: {Role.ADMIN},
}
"""As people agreed on it; written here a second time, so that a slip in the table is noticed."""
FIXED = [route for route in changing(every_route()) if acts_of(route)]


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    world = WebWorld(a_store(tmp_path, sqlite_template))
    yield world
    world.store.close()


def a_desk_of_all_acts(world: WebWorld) -> FastAPI:
    """One route an act, behind the real door."""
    router = APIRouter()

    async def done(person: Annotated[Person, Depends(signed_in)]) -> PlainTextResponse:
        return PlainTextResponse(person.name)

    for act in Act:
        router.add_api_route(f"/desk/{act}", done, methods=["POST"], dependencies=[needs(act)])
    app = FastAPI()
    app.state.collaborators = world.parts
    app.include_router(router)
    refuse_politely(app)
    return app


def test_every_act_is_in_the_matrix() -> None:
    """A new one stands here before somebody may do it."""
    assert set(WHO_MAY) == set(Act)


@pytest.mark.parametrize("role", list(Role))
async def test_every_cell_of_the_matrix_holds_over_http(world: WebWorld, role: Role) -> None:
    """200 or 403 in words, for every act; what was refused is noted with the name and the act."""
    seen = world.as_(role)
    token = seen.token()
    transport = ASGITransport(a_desk_of_all_acts(seen))

    async with AsyncClient(
        transport=transport, base_url="http://orderloom.test", cookies={"desk": token}
    ) as client:
        answers = {act: await client.post(f"/desk/{act}", data={"csrf": csrf_of(token)}) for act in Act}

    expected = {act: 200 if role in WHO_MAY[act] else 403 for act in Act}
    assert {act: answer.status_code for act, answer in answers.items()} == expected
    refused = {act.value for act, status in expected.items() if status == 403}
    assert {act.why for act in world.store.acts.newest() if act.what == "forbidden"} == refused
    assert all("Not allowed" in answers[Act(name)].text for name in refused)


@pytest.mark.parametrize("route", changing(every_route()), ids=lambda route: route.path)
def test_whatever_changes_something_declares_its_act_and_takes_our_forms_only(route: APIRoute) -> None:
    """`dependencies=[needs(Act.X)]` and `person: Posted`, in every part of the desk."""
    assert acts_of(route), f"{route.path} declares no act"
    assert asks_for_our_form(route), f"{route.path} takes forms of other sites"


@pytest.mark.parametrize("route", FIXED, ids=lambda route: route.path)
async def test_every_route_refuses_the_roles_that_may_not(world: WebWorld, route: APIRoute) -> None:
    """403 before anything of the form is looked at; nobody who is signed out, and no form of another site."""
    path = route.path.replace("{", "").replace("}", "").replace(":path", "")
    shut_out = [role for role in Role if not any(role in WHO_MAY[act] for act in acts_of(route))]

    for role in shut_out:
        assert (await world.as_(role).post(path)).status_code == 403, role
    nobody = await world.as_(None).call("POST", path)
    foreign = await world.call("POST", path, data={"csrf": "0" * 64})

    assert nobody.headers["location"].startswith("/sign-in")
    assert foreign.status_code == 403


def test_a_route_without_an_act_is_noticed() -> None:
    """The rule can fail."""
    router = APIRouter()
    router.add_api_route("/desk/open", lambda: None, methods=["POST"])
    route = router.routes[0]

    assert isinstance(route, APIRoute)
    assert changing([route]) == [route]
    assert not acts_of(route)
    assert not asks_for_our_form(route)


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/orders", "/desk/people", "/api/orders", "/api/openapi.json", "/desk/me"]
)
async def test_nothing_of_the_desk_is_open(world: WebWorld, path: str) -> None:
    """Pages lead to the sign-in, tools are told 401."""
    reply = await world.as_(None).get(path)

    assert reply.status_code == (401 if path.startswith("/api") else 303)


async def test_only_an_administrator_sees_the_people(world: WebWorld) -> None:
    """Nor is it in anybody else's navigation."""
    pages = {role: await world.as_(role).get("/desk/people") for role in Role}
    own = await world.as_(Role.SUPERVISOR).get("/desk/me")

    assert {role for role, page in pages.items() if page.status_code == 200} == {Role.ADMIN}
    assert "/desk/people" not in own.text


async def test_an_administrator_changes_roles_and_shuts_people_out(world: WebWorld) -> None:
    """With a reason, which is noted; the last administrator stays one."""
    world.as_(Role.VIEWER).token()

    raised = await world.post(
        "/desk/people/role", {"name": "viewer", "role": "service", "why": "new <b>task</b>"}
    )
    shut = await world.post("/desk/people/disable", {"name": "viewer", "why": "left"})
    after = await world.as_(Role.VIEWER).get("/desk/me")
    back = await world.post("/desk/people/enable", {"name": "viewer", "why": "is back"})
    last = await world.post("/desk/people/disable", {"name": "admin", "why": "oops"})
    without_reason = await world.post("/desk/people/disable", {"name": "viewer", "why": "  "})

    answers = [raised, shut, after, back, last, without_reason]
    assert [reply.status_code for reply in answers] == [200, 200, 303, 200, 409, 422]
    assert "new &lt;b&gt;task&lt;/b&gt;" in raised.text
    assert [act.what for act in world.store.acts.of("viewer")] == [
        "person.enabled", "person.disabled", "role.viewer_to_service",
    ]  # fmt: skip
