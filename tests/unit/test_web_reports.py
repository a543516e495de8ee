"""The desk's shelf of reports: what is there is listed and handed out, and nothing else is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response

from oms.violations.files import Reports
from tests.unit.intake_world import a_store
from tests.unit.outside_world import OutsideWorld

FILES = {
    "violations-2026-W47.html": b"<p>report</p>",
    "violations-2026-W47.json": b"{}",
    "violations-2026-W47.xlsx": b"PK",
}


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[OutsideWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield OutsideWorld(store)
    store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Reports:
    """One week's report, and a file that is nobody's business."""
    folder = Reports(tmp_path / "reports")
    folder.put(FILES)
    (tmp_path / "secret.json").write_text('{"key": "hush"}')
    (folder.folder / "secret.json").write_text('{"key": "hush"}')
    return folder


async def look(world: OutsideWorld, folder: Reports, path: str) -> Response:
    world.shelf = folder
    return await world.get(path)


async def test_reports_are_listed_with_their_files(world: OutsideWorld, folder: Reports) -> None:
    """Each with a link; the desk leads there."""
    listed = (await look(world, folder, "/desk/reports")).text
    desk = (await look(world, folder, "/desk")).text

    assert all(f'href="/desk/reports/{name}"' in listed for name in FILES)
    assert "secret" not in listed
    assert 'href="/desk/reports"' in desk


async def test_an_empty_shelf_says_so(world: OutsideWorld, tmp_path: Path) -> None:
    """A folder that does not exist yet is no error."""
    reply = await look(world, Reports(tmp_path / "none"), "/desk/reports")

    assert (reply.status_code, "None yet" in reply.text) == (200, True)


@pytest.mark.parametrize(
    ("name", "kind", "saved"),
    [
        ("violations-2026-W47.html", "text/html; charset=utf-8", False),
        ("violations-2026-W47.json", "application/json", True),
        (
            "violations-2026-W47.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            True,
        ),
    ],
)
async def test_a_file_is_handed_out_as_what_it_is(
    world: OutsideWorld, folder: Reports, name: str, kind: str, saved: bool
) -> None:
    """The page is shown and may load nothing, the others are saved."""
    reply = await look(world, folder, f"/desk/reports/{name}")

    assert (reply.status_code, reply.content, reply.headers["content-type"]) == (200, FILES[name], kind)
    assert ("content-disposition" in reply.headers) is saved
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "secret.json",
        "..%2Fsecret.json",
        "%2e%2e%2fsecret.json",
        "..%5Csecret.json",
        "violations-2026-W48.html",
        "violations-2026-W47.html%00",
        "%2Fetc%2Fpasswd",
    ],
)
async def test_no_other_file_is_handed_out(world: OutsideWorld, folder: Reports, name: str) -> None:
    """Whatever the address; the answer quotes nothing."""
    reply = await look(world, folder, f"/desk/reports/{name}")

    assert reply.status_code == 404
    assert "hush" not in reply.text
    assert "root:" not in reply.text
