"""Where subscribers are called, and where one looks at what they heard and spoils their mood."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from simulator.clock import Timeline
from simulator.subscriber.memory import Memory
from simulator.subscriber.mood import Behaviour, Downtime, Mood, Temper
from simulator.subscriber.signature import complaint
from simulator.wire import Json

PAGE = "<!DOCTYPE html><title>OK</title><p>Thank you</p>"
STATUS: Mapping[Behaviour, int] = {"down": 503, "gone": 410, "error": 500, "redirect": 302}


class SubscriberConfig(BaseModel):
    """One subscriber, called at /subscribers/{name}."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    secret: str
    """whsec_ and base64, as Standard Webhooks has it."""
    downtime: Downtime = Downtime()


@dataclass
class Listener:
    """One subscriber as it lives."""

    config: SubscriberConfig
    memory: Memory
    temper: Temper


class Subscribers:
    """All subscribers of a world."""

    def __init__(self, configs: Sequence[SubscriberConfig], timeline: Timeline, seed: int) -> None:
        """Begin with empty memories."""
        self._timeline = timeline
        self._now: Callable[[], datetime] = timeline.now
        self._listeners = {
            config.name: Listener(config, Memory(), Temper(config.name, timeline.pace, config.downtime, seed))
            for config in configs
        }

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/subscribers/{name}", self.call, methods=["POST"]),
            Route("/control/subscribers", self.look, methods=["GET"]),
            Route("/control/subscribers/{name}", self.wish, methods=["POST"]),
            Route("/control/subscribers/{name}/heard", self.heard, methods=["GET"]),
        ]

    async def call(self, request: Request) -> Response:
        """Take an event in, as the mood is; one that is not signed is refused in every mood."""
        listener = self._listeners.get(request.path_params["name"])
        if listener is None:
            return JSONResponse({"error": "no such subscriber"}, status_code=404)
        body = await request.body()
        if wrong := complaint(listener.config.secret, request.headers, body, self._now()):
            listener.memory.forged += 1
            return JSONResponse({"error": wrong}, status_code=401)
        mood = listener.temper.at(self._now())
        if mood.does in STATUS:
            listener.memory.refused[mood.does] += 1
            away = {"Location": "/subscribers/elsewhere"} if mood.does == "redirect" else None
            return Response(status_code=STATUS[mood.does], headers=away)
        listener.memory.take(json.loads(body), self._now())
        if mood.does == "slow":
            listener.memory.refused["slow"] += 1
            await asyncio.sleep(mood.seconds)
        return HTMLResponse(PAGE) if mood.does == "html" else Response(status_code=204)

    async def look(self, _request: Request) -> Response:
        """Show per subscriber what came, what came again, and what came out of order."""
        return JSONResponse(self.counts())

    def counts(self) -> Json:
        """Sum up per subscriber."""
        return {
            name: {**listener.memory.counts(), "mood": listener.temper.mood.does}
            for name, listener in self._listeners.items()
        }

    async def heard(self, request: Request) -> Response:
        """List the events that a subscriber heard, in the order of their first coming."""
        listener = self._listeners.get(request.path_params["name"])
        if listener is None:
            return JSONResponse({"error": "no such subscriber"}, status_code=404)
        return JSONResponse(
            [
                {"id": one.id, "type": one.type, "subject": one.subject, "sequence": one.sequence,
                 "at": one.at.isoformat()}
                for one in listener.memory.heard.values()
            ]
        )  # fmt: skip

    async def wish(self, request: Request) -> Response:
        """Change a subscriber's mood, for a while if `business_s` is given."""
        listener = self._listeners.get(request.path_params["name"])
        if listener is None:
            return JSONResponse({"error": "no such subscriber"}, status_code=404)
        try:
            mood = Mood.model_validate(json.loads(await request.body() or b"{}"))
        except (ValidationError, ValueError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=422)
        until = None if mood.business_s is None else self._now() + self._timeline.real(mood.business_s)
        listener.temper.wish(mood, until)
        return JSONResponse({"mood": mood.model_dump()})
