"""`python -m bench`: measure, print a table, write JSON; the target of `make bench`."""

import argparse
import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.calls import calls
from bench.desk import desk
from bench.figures import machine
from bench.ground import Ground, ground
from bench.intake import intake
from bench.life import Say, life
from bench.mapping import mapping
from bench.peak import peak
from bench.report import show
from bench.rules import rules
from bench.waiting import waiting

MEASUREMENTS = ("life", "waiting", "intake", "mapping", "peak", "rules", "calls", "desk")
PAGES = 3
"""Taking an order in is a short thing: a round of intake has so many times the orders of a round of lives."""

COUNTS = (
    ("orders", 200, "orders a round"),
    ("rounds", 3, "rounds a side"),
    ("at-once", 100, "orders alive at a time"),
    ("waiting", 10_000, "most waiting orders"),
    ("flood", 5_000, "new orders of a peak"),
    ("parcels", 100, "callbacks during a peak"),
    ("listed", 1_000_000, "orders in the desk's lists"),
    ("cached", 2000, "workflows a worker caches"),
)


def arguments() -> argparse.ArgumentParser:
    """Describe the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=MEASUREMENTS, help="measure only this")
    for name, default, words in COUNTS:
        parser.add_argument(
            f"--{name}", type=int, default=default, metavar="N", help=f"{words} (default %(default)s)"
        )
    parser.add_argument(
        "--sandbox", action="store_true", help="run workflow code in the SDK's sandbox, on every side"
    )
    parser.add_argument(
        "--encrypted", action="store_true", help="encrypt our payloads (the bare workflow never does)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep logs and databases there (default: removed)"
    )
    return parser


async def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Run what was asked for; each measurement has a fresh server."""

    def say(words: str) -> None:
        print(
            f"{datetime.now(UTC):%H:%M:%S} {words} (load {os.getloadavg()[0]:.1f})",
            file=sys.stderr,
            flush=True,
        )

    results: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine()}
    for name in [asked.only] if asked.only else MEASUREMENTS:
        if name == "mapping":
            results[name] = await mapping(say=say)
            continue
        keep = asked.keep / name if asked.keep else None
        if name == "desk":
            results[name] = await desk(orders=asked.listed, say=say, keep=keep)
            continue
        if name == "peak":
            results[name] = await peak(flood=asked.flood, parcels=asked.parcels, say=say, keep=keep)
            continue
        async with ground(
            os.environ, keep, cached=asked.cached, sandboxed=asked.sandbox, encrypted=asked.encrypted
        ) as place:
            results[name] = await _on(place, name, asked, say)
    return results


async def _on(place: Ground, name: str, asked: argparse.Namespace, say: Say) -> dict[str, Any]:
    if name == "life":
        return await life(place, orders=asked.orders, rounds=asked.rounds, at_once=asked.at_once, say=say)
    if name == "rules":
        return await rules(place, orders=asked.orders, at_once=asked.at_once, say=say)
    if name == "calls":
        return await calls(place, orders=asked.orders, rounds=asked.rounds, say=say)
    if name == "intake":
        return await intake(place, orders=asked.orders * PAGES, rounds=asked.rounds, say=say)
    return await waiting(
        place, most=asked.waiting, orders=min(asked.orders, 100), at_once=asked.at_once, say=say
    )


def main() -> int:
    """Measure and report; 1 when a target was missed."""
    asked = arguments().parse_args()
    results = asyncio.run(measure(asked))
    show(Console(highlight=False), results)
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    aimed = [result for result in results.values() if isinstance(result, dict) and "target" in result]
    missed = any(result["ratio"]["bare"] < result["target"] for result in aimed)
    bounded = [results[name] for name in ("rules", "calls", "desk") if name in results]
    return 1 if missed or not all(result["reached"] for result in bounded) else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the SDK can abort at interpreter exit
