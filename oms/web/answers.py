"""What the HTTP interface answers, as its OpenAPI says it: every status, and what stands in it."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, Field, create_model

from oms.domain.book import Change, OrderRow
from oms.domain.parcels import Parcel


class Refusal(BaseModel):
    """Why nothing came of a call."""

    error: str
    inbox_id: str = Field(
        "", description="Under which number it was kept for a person; empty when it was not."
    )


class Misread(BaseModel):
    """Which parameters are wrong; none of their content is quoted."""

    error: str
    places: list[str]


class TakenIn(BaseModel):
    """What became of a word, or of each of several."""

    status: str
    reason: str = ""
    inbox_id: str = ""
    words: list["TakenIn"] = []


class CarrierAnswer(BaseModel):
    """What Kuaidi100 wants to hear; `result: false` makes them send it again."""

    result: bool
    return_code: str = Field(alias="returnCode")
    message: str


class TraceLine(BaseModel):
    """One scan of a parcel, the people in it hidden."""

    at: str
    text: str
    place: str


class ParcelShown(Parcel):
    """A parcel and its trace, oldest scan first."""

    trace: list[TraceLine]


def _of_an_order() -> dict[str, Any]:
    row = {name: (field.annotation, field) for name, field in OrderRow.model_fields.items() if name != "key"}
    return {"key": (str, ...), **row}


OrderShown: Final = create_model("OrderShown", __doc__="An order as the read model has it.", **_of_an_order())
OrderWhole: Final = create_model(
    "OrderWhole", __base__=OrderShown, __doc__="An order with its parcels and everything that happened to it.",
    parcels=(list[ParcelShown], ...), timeline=(list[Change], ...),
    tracking=(str, Field(description="Where its buyer follows it.")),
    temporal=(str, Field(description="Its workflow in the Temporal UI; empty when we know of none.")),
)  # fmt: skip
OrdersListed: Final = create_model(
    "OrdersListed", __doc__="Orders, newest first, and how many there are at each stage.",
    counts=(dict[str, int], ...), orders=(list[OrderShown], ...),
)  # fmt: skip

Documented = dict[int | str, dict[str, Any]]
_MEANINGS: Final[Mapping[int, str]] = {
    400: "Kept for a person, but not to be read.",
    401: "Not signed by whom it says it comes from, too old, or nobody is signed in.",
    403: "Whoever is signed in may not do that.",
    404: "Nobody here is called that.",
    405: "The address is right, the method is not; `allow` names those that are.",
    413: "Larger than we take.",
    503: "Not now; send it again.",
}
EVERYWHERE: Final[Documented] = {
    405: {"model": Refusal, "description": _MEANINGS[405]},
    422: {"model": Misread, "description": "A parameter is not what it should be."},
    503: {"model": Refusal, "description": _MEANINGS[503]},
}
"""What any operation may answer."""


def refusals(*statuses: int, model: type[BaseModel] = Refusal) -> Documented:
    """Document what an operation answers when nothing comes of a call."""
    return {status: {"model": model, "description": _MEANINGS[status]} for status in statuses}


def in_their_words(*statuses: int, media: tuple[str, ...] = ("application/json", "text/plain")) -> Documented:
    """Document answers in the words of whoever called, which are theirs to define."""
    content: dict[str, dict[str, Any]] = {each: {"schema": {}} for each in media}
    return {
        status: {
            "description": _MEANINGS.get(status, "Taken in, in the caller's own words."),
            "content": content,
        }
        for status in statuses
    }


def what_they_send(*media: str) -> dict[str, Any]:
    """Document a body whose form is the caller's: it is kept as received, whatever it is."""
    content = {each: {"schema": {} if "json" in each else {"type": "string"}} for each in media}
    return {"requestBody": {"content": content, "required": False}}
