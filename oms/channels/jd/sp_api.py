"""One question to JD's SP-API, the gateway that JD recommends in routerjson's place.

Known from one source each [1]: the paths, the headers, the signature (with a vector), the words of paging and
of errors. Not known: the shape of an order, and how the gateway says that a token has expired, that a caller is
too fast or that a path is gone. Assumed [M]: an order looks as in routerjson, and the HTTP status says the rest.
It can only find orders; everything else is asked of routerjson, whose token is the same.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from oms.calls import calling
from oms.channels.jd.answers import read_object, word
from oms.channels.jd.config import SP_API, JdConfig
from oms.channels.jd.signature import sign
from oms.domain.errors import Misused, Unavailable
from oms.http import Answer, Http
from oms.sessions import Session

ORDERS = "/rest/sp-order/v0/orders"
FROM_JD_CLOUD_ONLY = "99904030005"


class SpApi:
    """Asks one shop's questions with a token that is valid; `skew` is what the last answer's date said."""

    def __init__(self, config: JdConfig, http: Http, session: Session, now: Callable[[], datetime]) -> None:
        self._config = config
        self._http = http
        self._session = session
        self._now = now
        self.skew: int | None = None

    async def get(self, path: str, query: Mapping[str, str], **in_path: str) -> Mapping[str, Any]:
        """Get something; `in_path` names what stands behind `path`, by its name in JD's documentation.

        Raises by HTTP status, Misused when the call must come from JD's cloud, Unavailable for any other error.
        """
        return await self._session.ask(lambda token: self._get(path, query, in_path, token))

    async def _get(
        self, path: str, query: Mapping[str, str], in_path: Mapping[str, str], token: str
    ) -> Mapping[str, Any]:
        signed = {
            "X-JOS-App-Key": self._config.app_key.get_secret_value(),
            "X-JOS-Access-Token": token,
            "X-JOS-Timestamp": str(int(self._now().timestamp() * 1000)),
        }
        secret = self._config.app_secret.get_secret_value()
        headers = signed | {"X-JOS-Sign": sign(secret, {**signed, **query, **in_path})}
        whole = "/".join([path, *(quote(part, safe="") for part in in_path.values())])
        url = f"{self._config.sp_api}{whole}"
        what = f"{self._config.shop}: GET {path}"
        with calling(system="jd", interface=path.lstrip("/"), version=SP_API, shop=self._config.shop):
            answer = await self._http.ask(
                "GET", f"{url}?{urlencode(query)}" if query else url, headers=headers
            )
            self.skew = answer.skew_seconds(self._now())
            return _content(answer, what)


def _content(answer: Answer, what: str) -> Mapping[str, Any]:
    """Read an answer. Raises what the caller can do about one that holds no content."""
    content = read_object(answer, what)
    inner = content.get("Response")
    content = inner if isinstance(inner, dict) else content
    errors = content.get("errorList")
    codes = [word(error.get("code")) for error in errors if isinstance(error, dict)] if errors else []
    if FROM_JD_CLOUD_ONLY in codes:
        raise Misused(f"{what}: JD wants this call to come from its own cloud ({FROM_JD_CLOUD_ONLY})")
    answer.check(f"{what} ({', '.join(codes)})" if codes else what)
    if codes or str(content.get("success", "")).lower() != "true":
        raise Unavailable(f"{what}: JD answered {', '.join(codes) or 'no success'}")
    return content
