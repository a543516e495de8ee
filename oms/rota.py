"""The rota: who is told of what, by which ways, when they want to be left alone, and who is called next."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from oms.domain.ids import Mark
from oms.domain.periods import BUSINESS_ZONE
from oms.variables import WrongSetting, named_secrets

Role = Literal["service", "purchasing", "supervisor", "operations", "manager"]
Severity = Literal["info", "warning", "red"]
ROLES: tuple[Role, ...] = get_args(Role)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
USUALLY_WITHIN: Mapping[Severity, int] = {"red": 5, "warning": 30, "info": 240}
"""Minutes of business time in which somebody acknowledges, unless the rota says otherwise."""
DAY = timedelta(days=1)


class Quiet(BaseModel):
    """A stretch of every day, in Asia/Shanghai, that may reach over midnight."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: time
    until: time

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        if isinstance(value, str) and value.count("-") == 1:
            since, until = value.split("-")
            return {"since": since.strip(), "until": until.strip()}
        return value

    @model_validator(mode="after")
    def _is_a_stretch(self) -> Self:
        if self.since == self.until or self.since.tzinfo or self.until.tzinfo:
            raise ValueError(
                "quiet hours are written 22:00-08:00, in Asia/Shanghai, and end when they began never"
            )
        return self

    def end_after(self, at: datetime) -> datetime | None:
        """Return when they are over, if they are now; None when they are not."""
        local = at.astimezone(BUSINESS_ZONE)
        now, over_midnight = local.time(), self.since > self.until
        if not (self.since <= now or now < self.until if over_midnight else self.since <= now < self.until):
            return None
        end = datetime.combine(local.date(), self.until, BUSINESS_ZONE)
        return end if end > local else end + DAY


class Person(BaseModel):
    """Somebody of the rota."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Mark
    language: Literal["zh", "en"] = "zh"
    roles: tuple[Role | Literal["all"], ...] = Field(min_length=1)
    severities: tuple[Severity, ...] = Field(SEVERITIES, min_length=1)
    ways: Mapping[str, SecretStr] = Field(repr=False)
    """Name of the environment variable to the address it holds, in the order in which they are tried."""
    quiet: Mapping[Literal["info", "warning"], Quiet] = {}
    """Red knows no quiet hours."""

    def hears(self, role: Role, severity: Severity) -> bool:
        """Tell whether this person looks after such things."""
        return severity in self.severities and (role in self.roles or "all" in self.roles)

    def quiet_until(self, severity: Severity, at: datetime) -> datetime | None:
        """Return until when this person is left alone; None: not at all."""
        hours = self.quiet.get(severity) if severity != "red" else None
        return hours.end_after(at) if hours else None


class Rota(BaseModel):
    """The people, in the order in which they are called."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    people: tuple[Person, ...] = Field(min_length=1)
    then: tuple[Role, ...] = ("supervisor", "manager")
    """Who is called when nobody of the role itself answers."""
    acknowledge_within: Mapping[Severity, int] = Field(USUALLY_WITHIN)
    """Minutes; then the next one is called."""
    escalate: bool = True
    """False: nobody else is called when nobody acknowledges."""
    notices_a_minute: int = Field(6, ge=1, le=60)
    """One person gets no more; the rest comes as a digest. (A robot of DingTalk takes twenty.)"""

    @model_validator(mode="after")
    def _has_sense(self) -> Self:
        names = [person.name for person in self.people]
        if len(set(names)) != len(names):
            raise ValueError("a person is listed twice")
        if any(minutes < 1 for minutes in self.acknowledge_within.values()):
            raise ValueError("acknowledge_within: at least one minute")
        return self

    @model_validator(mode="after")
    def _finds_a_person(self) -> Self:
        for role in ROLES:
            for severity in SEVERITIES:
                if not any(person.hears(role, severity) for person in self.people):
                    raise ValueError(
                        f"nobody looks after {role} at severity {severity}: give somebody that role "
                        "(`all` is every role) and that severity"
                    )
        return self

    @classmethod
    def of_everybody(cls, ways: Mapping[str, SecretStr]) -> Self:
        """Return what stands in for a rota where there is none: one address list that hears everything, once."""
        everybody = Person(name="everybody", language="en", roles=("all",), ways=ways)
        return cls(people=(everybody,), then=(), escalate=False)

    def chain(self, role: Role, severity: Severity) -> Sequence[Person]:
        """Return whom to call, one after the other; never empty."""
        asked: tuple[Role, ...] = (role, *self.then)
        found = [person for each in asked for person in self.people if person.hears(each, severity)]
        return tuple({person.name: person for person in found}.values())

    def within(self, severity: Severity) -> timedelta:
        """Return how long to wait for an answer, in business time."""
        return timedelta(minutes=self.acknowledge_within.get(severity, USUALLY_WITHIN[severity]))


def read_rota(path: Path, environ: Mapping[str, str]) -> Rota:
    """Read the rota file; ways are names of environment variables, never addresses.

    Raises WrongSetting that names the person and what is wrong, or the role that nobody has; never an address.
    """
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(
            f"OMS_ROTA_FILE names {path.name}, which cannot be read: {type(error).__name__}"
        ) from None
    except yaml.YAMLError:
        raise WrongSetting(f"{path.name} is not YAML") from None
    rows = listed.get("people") if isinstance(listed, dict) else None
    if not isinstance(rows, list) or not rows:
        raise WrongSetting(
            f"{path.name}: nobody is in it: expected a list under `people:`; see rota.example.yaml"
        )
    people = [_with_ways(path.name, number, row, environ) for number, row in enumerate(rows, start=1)]
    try:
        return Rota.model_validate({**listed, "people": people})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise WrongSetting(f"{path.name}: {_place(first['loc'], people)}{first['msg']}") from None


def _with_ways(file: str, number: int, row: Any, environ: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise WrongSetting(f"{file}: person {number} is not a mapping")
    owner, ways = f"{file}: {row.get('name', f'person {number}')!r}", row.get("ways")
    if not isinstance(ways, list) or not ways:
        raise WrongSetting(f"{owner}: ways: expected names of environment variables, as a list")
    secrets = named_secrets(
        owner, {f"way {place}": name for place, name in enumerate(ways, start=1)}, environ
    )
    return {**row, "ways": dict(zip(map(str, ways), secrets.values(), strict=True))}


def _place(where: tuple[int | str, ...], people: Sequence[Mapping[str, Any]]) -> str:
    match where:
        case ("people", int(number), *rest):
            name = people[number].get("name", number + 1)
            return f"{name!r}: {'.'.join(map(str, rest))}: "
        case ():
            return ""
        case _:
            return f"{'.'.join(map(str, where))}: "
