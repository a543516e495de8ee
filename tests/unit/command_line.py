"""Run a command line in this process: what it says, and its exit code."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console

from oms.cli.app import run
from oms.cli.output import Output
from oms.cli.place import Place
from oms.stack.keys import fresh_keys
from oms.stack.world import Secrets, our_side, shops_file

NOBODY_LISTENS = 1
"""A port that answers nobody."""


class Said(NamedTuple):
    """The exit code, and what went to stdout and stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What was said, to a program."""
        return json.loads(self.out)


def say(*words: str, environ: Mapping[str, str], base: Path) -> Said:
    """Run `starter.py` with these words."""
    out, err = io.StringIO(), io.StringIO()
    place = Place(environ, Output(Console(file=out, width=200), Console(file=err, width=200)), base)
    code = run(words, place)
    return Said(code, out.getvalue(), err.getvalue())


def configured(folder: Path, **changes: str) -> dict[str, str]:
    """Settings of one shop whose database is a file in the folder, and whose Temporal does not run."""
    folder.mkdir(parents=True, exist_ok=True)
    shops = folder / "shops.yaml"
    shops.write_text(shops_file(NOBODY_LISTENS), encoding="utf-8")
    return {
        **fresh_keys(),
        **our_side(Secrets(), NOBODY_LISTENS),
        "OMS_SHOPS_FILE": str(shops),
        "OMS_DATABASE_URL": f"sqlite:///{folder}/oms.db",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{NOBODY_LISTENS}",
        "TEMPORAL_CONFIG_FILE": str(folder / "none.toml"),
        **changes,
    }
