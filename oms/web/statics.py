"""Style, script and pictures of the desk, from our own house; browsers may keep them, for their addresses change with them."""

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from oms.web.rendering import FOLDER

KEPT = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"


class Statics(StaticFiles):
    """The files of `static/`; one that is asked for with its version may be kept for a year."""

    def __init__(self) -> None:
        """Serve the folder beside this module."""
        super().__init__(directory=FOLDER / "static")

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Hand out one file."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = KEPT if b"v=" in scope["query_string"] else ASKED_AGAIN
        return response
