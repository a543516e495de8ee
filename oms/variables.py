"""Secrets by name: the shops file names environment variables, and a wrong name never shows what it may hold."""

import re
from collections.abc import Mapping
from typing import Any

VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


class WrongSetting(ValueError):
    """A setting that stops the start: names it, shows the value's shape (never a secret), says what was expected."""


def shape(value: str | None) -> str:
    """Describe a value without showing it."""
    return "missing" if value is None else f"a text of {len(value)} characters"


def named_secrets(owner: str, named: Any, environ: Mapping[str, str]) -> dict[str, str]:
    """Take an owner's secrets from the variables it names. Raises WrongSetting naming the owner and the secret."""
    if not isinstance(named, dict):
        raise WrongSetting(f"{owner}: secrets: expected names of variables, one a line")
    secrets: dict[str, str] = {}
    for name, variable in named.items():
        if not environ.get(str(variable)):
            raise WrongSetting(f"{owner} takes its {name} from {_shown(variable)}, which is not set")
        secrets[name] = environ[str(variable)]
    return secrets


def _shown(name: object) -> str:
    """Name a variable; what does not look like one may be the secret itself, and is not shown."""
    text = str(name)
    return text if VARIABLE.fullmatch(text) else f"{shape(text)} that is no name of a variable"
