"""Reading what a form of the desk brings: texts, short ones, never a file."""

import hashlib
import re
from typing import Final, NamedTuple, Self

from fastapi import Request
from starlette.datastructures import FormData

from oms.domain.model import Message
from oms.web.people.door import MOST_FIELDS

LONGEST_REASON: Final = 500
_ONCE: Final = re.compile(r"[0-9a-f]{32}")


class Form(NamedTuple):
    """The fields of a form."""

    fields: FormData

    @classmethod
    async def of(cls, request: Request) -> Self:
        """Read it; the door has read it already, and it is kept."""
        return cls(await request.form(max_fields=MOST_FIELDS))

    def text(self, name: str, longest: int = LONGEST_REASON) -> str:
        """Return a field without the blanks around it; empty when it is missing."""
        value = self.fields.get(name, "")
        return value.strip()[:longest] if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """Return a field that is a number; -1 for anything else."""
        value = self.text(name, 18)
        return int(value) if value.isascii() and value.isdigit() else -1

    def all(self, name: str) -> list[str]:
        """Return every value of a field that stands there several times."""
        return [value for value in self.fields.getlist(name) if isinstance(value, str)]

    @property
    def once(self) -> str:
        """What tells this form from every other one; empty when it brings nothing of the kind."""
        value = self.text("once")
        return value if _ONCE.fullmatch(value) else ""

    def typed(self, *names: str) -> dict[str, str]:
        """Return what was typed, to be shown again."""
        return {name: self.text(name) for name in names if self.text(name)}


def once_for(once: str, update: str, message: Message) -> str:
    """Name one request of one form: sent twice, it is done once; with another content it is another one."""
    if not once:
        return ""
    content = hashlib.sha256(message.model_dump_json().encode()).hexdigest()[:16]
    return f"desk:{update}:{once}:{content}"
