"""The command line switches a shop's version: planned, checked, audited; and reads a hole again."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from oms.opening import open_store
from oms.settings import Settings
from oms.store import Store
from oms.store.shop_versions import switched
from tests.channels.platform_world import PlatformWorld, a_platform
from tests.unit.command_line import Said, say
from tests.unit.intake_world import NOON
from tests.unit.test_cli_shops import a_row, of_shops

BY_LIN = ("--by", "lin", "--why", "routerjson ends", "--yes", "--json")


def jd_in(folder: Path, place: PlatformWorld, version: str) -> Mapping[str, str]:
    """A JD shop whose file names a version."""
    row, secrets = a_row("jd", f"{place.url}/jd", place.secrets, platform="jd_pop", api_version=version)
    return of_shops(folder, row, **secrets)


def the_store(environ: Mapping[str, str]) -> Store:
    """Our database, as another process opens it."""
    return open_store(Settings.from_environ(environ))


async def typed(*words: str, environ: Mapping[str, str], base: Path) -> Said:
    """Type a command while the simulated platform goes on answering."""
    return await asyncio.to_thread(say, "shops", *words, environ=environ, base=base)


@asynccontextmanager
async def a_shop_in_routerjson(
    folder: Path, wanted: str
) -> AsyncIterator[tuple[PlatformWorld, Mapping[str, str], Store]]:
    """A simulated JD that is spoken to in routerjson, and a shops file that names another version now."""
    async with a_platform("jd") as place:
        environ = jd_in(folder, place, wanted)
        store = the_store(environ)
        store.shop_versions.begin(switched(place.shop.key, NOON, "orderloom", ("", "routerjson"), "first"))
        yield place, environ, store
        store.close()


async def test_a_dry_run_shows_the_change_and_whether_the_new_version_answers(tmp_path: Path) -> None:
    """Nothing is changed by looking, and nobody has to say who looks."""
    async with a_shop_in_routerjson(tmp_path, "sp-api") as (_, environ, store):
        said = await typed("apply", "--dry-run", "--json", environ=environ, base=tmp_path)

        assert store.shop_versions.all() == {"jd:main": "routerjson"}
    assert (said.code, said.json["applied"]) == (0, False)
    assert said.json["plan"] == [
        {"do": "switch", "shop": "jd:main", "from": "routerjson", "to": "sp-api", "answers": True, "problem": ""}
    ]  # fmt: skip


async def test_a_switch_is_in_force_and_says_who_did_it(tmp_path: Path) -> None:
    """Applied twice, it is applied once."""
    async with a_shop_in_routerjson(tmp_path, "sp-api") as (_, environ, store):
        first = await typed("apply", *BY_LIN, environ=environ, base=tmp_path)
        second = await typed("apply", *BY_LIN, environ=environ, base=tmp_path)
        log = await typed("versions", "--json", environ=environ, base=tmp_path)
        listed = await typed("list", "--json", environ=environ, base=tmp_path)

        assert store.shop_versions.all() == {"jd:main": "sp-api"}
    assert (first.json["applied"], second.json["applied"]) == (True, False)
    newest = log.json[0]
    assert (newest["by"], newest["from"], newest["to"], newest["why"]) == (
        "lin",
        "routerjson",
        "sp-api",
        "routerjson ends",
    )
    assert [row["version"] for row in listed.json] == ["sp-api"]


async def test_a_version_that_nobody_speaks_is_refused(tmp_path: Path) -> None:
    """Exit code 2, with those there are; nothing is changed."""
    async with a_shop_in_routerjson(tmp_path, "v99") as (_, environ, store):
        said = await typed("apply", *BY_LIN, environ=environ, base=tmp_path)

        assert store.shop_versions.all() == {"jd:main": "routerjson"}
    assert said.code == 2
    assert "routerjson, sp-api" in said.err


@pytest.mark.parametrize(("more", "code", "after"), [((), 1, "routerjson"), (("--anyway",), 0, "sp-api")])
async def test_a_version_that_does_not_answer_is_taken_only_by_force(
    tmp_path: Path, more: tuple[str, ...], code: int, after: str
) -> None:
    """The platform may be down for a moment: then a person may insist."""
    async with a_shop_in_routerjson(tmp_path, "sp-api") as (place, environ, store):
        place.arm("gone", rate=1.0)
        said = await typed("apply", *BY_LIN, *more, environ=environ, base=tmp_path)

        assert store.shop_versions.all() == {"jd:main": after}
    assert said.code == code


async def test_nobody_switches_without_a_name(tmp_path: Path) -> None:
    """Exit code 2; nothing is changed."""
    async with a_shop_in_routerjson(tmp_path, "sp-api") as (_, environ, store):
        said = await typed("apply", "--yes", environ=environ, base=tmp_path)

        assert store.shop_versions.all() == {"jd:main": "routerjson"}
    assert said.code == 2
    assert "--by" in said.err


async def test_a_file_that_says_something_else_than_is_spoken_is_shown(tmp_path: Path) -> None:
    """Somebody edited it and did not apply it."""
    async with a_shop_in_routerjson(tmp_path, "sp-api") as (_, environ, _store):
        listed = await typed("list", "--json", environ=environ, base=tmp_path)

    assert listed.json[0]["version"] == "routerjson (the file says sp-api: `shops apply`)"


async def test_a_backfill_shows_the_days_that_it_would_read(tmp_path: Path) -> None:
    """Whole business days, the last one as far as it goes."""
    async with a_shop_in_routerjson(tmp_path, "routerjson") as (_, environ, _store):
        span = ("--since", "2026-10-20T22:00", "--until", "2026-10-22T01:00")
        said = await typed(
            "backfill", "jd:main", *span, "--dry-run", "--json", environ=environ, base=tmp_path
        )

    assert said.code == 0
    assert [row["day"] for row in said.json] == ["2026-10-20", "2026-10-21", "2026-10-22"]


@pytest.mark.parametrize(
    "words",
    [
        ("--since", "2026-10-20", "--until", "2026-10-19"), ("--since", "2999-01-01"), ("--since", "yesterday"),
        ("--since", "2020-01-01"),
    ],
)  # fmt: skip
async def test_a_stretch_that_is_none_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Backwards, to come, no time at all, or longer than any platform remembers."""
    async with a_shop_in_routerjson(tmp_path, "routerjson") as (_, environ, _store):
        said = await typed("backfill", "jd:main", *words, "--dry-run", environ=environ, base=tmp_path)

    assert said.code == 2
    assert said.out == ""


async def test_holes_are_listed_with_what_came_back(tmp_path: Path) -> None:
    """One that is still open has no end."""
    async with a_shop_in_routerjson(tmp_path, "routerjson") as (place, environ, store):
        store.holes.begin(place.shop.key, "shape:jd/orders", NOON, "watch")
        said = await typed("holes", "--json", environ=environ, base=tmp_path)

    assert [(row["why"], row["until"], row["recovered"]) for row in said.json] == [
        ("shape:jd/orders", None, 0)
    ]
