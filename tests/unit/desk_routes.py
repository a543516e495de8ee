"""The routes of the web application, as the tests of rights and of headers go through them."""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from oms.domain.roles import Act
from oms.web.app import create_app
from oms.web.people.door import Needs, posted
from oms.web.people.entrance import Entrance


def every_route() -> list[APIRoute]:
    """Every route of ours, of whatever part."""
    parts: Any = SimpleNamespace(entrance=Entrance())
    return list(_walked(create_app(parts).routes))


def _walked(routes: Iterable[Any]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _walked(route.original_router.routes)


def calls_of(dependant: Dependant) -> Iterator[Any]:
    """Everything that a route depends on, whatever depends on it."""
    for each in dependant.dependencies:
        yield each.call
        yield from calls_of(each)


def acts_of(route: APIRoute) -> tuple[Act, ...]:
    """The acts that a route declares; none: anybody may."""
    return tuple(act for call in calls_of(route.dependant) if isinstance(call, Needs) for act in call.acts)


def asks_for_our_form(route: APIRoute) -> bool:
    """Whether a route refuses what another site sends in somebody's name."""
    return posted in calls_of(route.dependant)


def changing(routes: list[APIRoute]) -> list[APIRoute]:
    """Those of the desk that change something."""
    return [
        route
        for route in routes
        if route.path.startswith("/desk") and (route.methods or set()) - {"GET", "HEAD"}
    ]
