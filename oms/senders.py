"""Where parcels come from and to whom couriers charge them, as the shops file and the environment tell it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from oms.domain.sender import Sender

CODE = "warehouse"


class Partnership(BaseModel):
    """The merchant's account at a courier, in our word for the courier."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    carrier: str
    account: str = Field(repr=False)
    key: SecretStr


def read_partners(text: str) -> tuple[Partnership, ...]:
    """Read `sf=account:key yto=account`. Raises ValueError saying what was expected, and nothing of what was given."""
    partners = []
    for part in text.split():
        carrier, _, rest = part.partition("=")
        account, _, key = rest.partition(":")
        if not carrier or not account:
            raise ValueError("expected carrier=account:key, or carrier=account, a space between couriers")
        partners.append(Partnership(carrier=carrier, account=account, key=SecretStr(key)))
    return tuple(partners)


def read_senders(rows: Any) -> dict[str, Sender]:
    """Read the addresses under `warehouses:`, by the warehouse's code. Raises ValueError naming what is wrong."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("expected a list of mappings under `warehouses:`")
    senders: dict[str, Sender] = {}
    for row in rows:
        code = str(row.get(CODE, ""))
        if not code:
            raise ValueError("a warehouse has no code: name it `warehouse:`")
        if code in senders:
            raise ValueError(f"warehouse {code!r} is listed twice")
        try:
            senders[code] = Sender.model_validate({name: row[name] for name in row if name != CODE})
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            raise ValueError(f"warehouse {code!r}: {first['loc'][0]}: {first['msg']}") from None
    return senders
