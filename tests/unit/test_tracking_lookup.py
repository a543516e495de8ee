"""The form that finds an order: right answers lead there; wrong ones are all alike, and soon there are no more tries."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import event

from oms.domain.messages import Way
from oms.store import Store
from oms.web.app import create_app
from oms.web.people.entrance import Entrance
from oms.web.tracking.lookup import OF_A_NUMBER, OF_AN_ADDRESS, Answer, Asked, look_up
from tests.unit.buyers_world import placed, read
from tests.unit.intake_world import NAME, NOON, PHONE, SHOP, a_store, an_order
from tests.unit.web_world import WebWorld

TAIL = PHONE[-4:]
DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path, sqlite_template: Path) -> Iterator[WebWorld]:
    store = a_store(tmp_path, sqlite_template)
    yield WebWorld(store)
    store.close()


async def known(world: WebWorld, number: str = "1001", **fields: Any) -> None:
    """An order of 王小明, taken in with its receiver."""
    await world.intake.receive(SHOP, Way.POLL, an_order(number))
    placed(world, fields.pop("stage", "released"), number=number, **fields)


async def ask(
    world: WebWorld, number: str, tail: str, *, caller: str = "192.0.2.1", **headers: str
) -> Response:
    """Fill the form in, from an address."""
    transport = ASGITransport(create_app(world.parts), raise_app_exceptions=False, client=(caller, 1))
    async with AsyncClient(transport=transport, base_url="http://orderloom.test") as client:
        form = {"number": number, "tail": tail}
        return await client.post("/t", data=form, headers={"accept-language": "en", **headers})


def tried(world: WebWorld, *tries: tuple[str, str, str]) -> None:
    """Numbers, digits and callers of tries that came before; none was right."""
    for number, tail, caller in tries:
        found = look_up(world.store, Asked(number, tail), caller, world.clock(), DAY)
        assert isinstance(found, Answer)
        assert found.status == HTTPStatus.NOT_FOUND


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Everything that the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = store.database.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


async def test_the_form_asks_in_two_languages_and_runs_no_script(world: WebWorld) -> None:
    """Two fields with labels, and nothing else to fill in."""
    english, chinese = await read(world, "/t"), await read(world, "/t", "zh")

    assert "Last four digits of the phone" in english.text
    assert "手机号后四位" in chinese.text
    assert english.text.count("<label") == english.text.count("<input") == 2
    assert "<script" not in english.text


@pytest.mark.parametrize(
    ("number", "tail"), [("1001", TAIL), (" #1001 ", f" {TAIL} "), ("１００１", "５６７８"), ("10 01", TAIL)]
)
async def test_number_and_digits_lead_to_the_order(world: WebWorld, number: str, tail: str) -> None:
    """However people type them; the link is one of its own, and does not live long."""
    await known(world)

    reply = await ask(world, number, tail)
    address = reply.headers["location"]
    shown = await read(world, address)
    world.clock.now += 3 * DAY
    later = await read(world, address)

    assert reply.status_code == 303
    assert "The warehouse is packing your order" in shown.text
    assert later.status_code == 410


WRONG = [
    ("1001", "0000"),
    ("1002", TAIL),
    ("9999", "0000"),
    ("1001", ""),
    ("", TAIL),
    ("1001", PHONE),
    ("1001", "abcd"),
    ("' OR 1=1 --", TAIL),
    ("1001|5678", ""),
    ("<script>", "<b>"),
    ("1" * 5, "\x00\x07"),
]


async def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(world: WebWorld) -> None:
    """A wrong number, wrong digits, both, neither, nonsense: one status, one page, one list of questions to the database."""
    await known(world)
    await known(world, "1003")
    answers, works = [], []

    for place, (number, tail) in enumerate(WRONG):
        with statements(world.store) as asked:
            answers.append(await ask(world, number, tail, caller=f"192.0.2.{place}"))
        works.append(asked)

    assert {reply.status_code for reply in answers} == {404}
    assert len({reply.text for reply in answers}) == 1
    assert len({tuple(sorted(set(reply.headers) - {"date"})) for reply in answers}) == 1
    assert len({tuple(work) for work in works}) == 1
    assert len(works[0]) > 2


async def test_a_number_is_tried_so_often_and_no_more_whoever_tries(world: WebWorld) -> None:
    """From any number of addresses, whether there is such an order or not, right or wrong; a day later it begins anew."""
    await known(world)
    for number in ("1001", "7777"):
        tried(world, *[(number, f"{place:04}", f"198.51.100.{place}") for place in range(OF_A_NUMBER[0])])

    right, unknown = await ask(world, "1001", TAIL), await ask(world, "7777", TAIL)
    world.clock.now += DAY
    next_day = await ask(world, "1001", TAIL)

    assert right.status_code == unknown.status_code == 429
    assert right.text == unknown.text
    assert next_day.status_code == 303


async def test_an_address_may_try_so_often_whatever_it_asks_for(world: WebWorld) -> None:
    """The count is in the database, so another web process goes on with it; an hour later it is forgotten."""
    await known(world)
    other_process = WebWorld(
        Store.open(str(world.store.database.engine.url), world.store.vault), clock=world.clock
    )
    half = OF_AN_ADDRESS[0] // 2
    tried(world, *[(f"5{place}", "0000", "192.0.2.1") for place in range(half)])
    tried(other_process, *[(f"6{place}", "0000", "192.0.2.1") for place in range(half)])

    stopped, neighbour = await ask(world, "1001", TAIL), await ask(world, "1001", TAIL, caller="192.0.2.2")
    world.clock.now += timedelta(hours=1)
    later = await ask(world, "1001", TAIL)
    other_process.store.close()

    assert (stopped.status_code, neighbour.status_code, later.status_code) == (429, 303, 303)


@pytest.mark.parametrize(
    ("proxies", "tried_from", "named", "status"),
    [
        (0, "192.0.2.1", "203.0.113.2", 429),
        (1, "203.0.113.1", "203.0.113.2", 404),
        (1, "203.0.113.2", "203.0.113.2", 429),
        (1, "2001:db8::1", "2001:db8::2", 429),
        (1, "2001:db8::1", "2001:db8:0:1::1", 404),
    ],
)
async def test_who_asks_is_what_our_own_proxy_says(
    world: WebWorld, proxies: int, tried_from: str, named: str, status: int
) -> None:
    """Without a proxy of ours nobody may name another address; of IPv6 a household counts as one."""
    world.entrance = Entrance(proxies=proxies)
    tried(world, *[(f"5{place}", "0000", tried_from) for place in range(OF_AN_ADDRESS[0])])

    reply = await ask(world, "1", "0000", **{"x-forwarded-for": named})

    assert reply.status_code == status


async def test_a_buyer_who_knows_both_may_come_as_often_as_wanted(world: WebWorld) -> None:
    """A right answer forgives the tries of that order."""
    await known(world)

    replies = {(await ask(world, "1001", TAIL, caller=f"192.0.2.{place}")).status_code for place in range(20)}

    assert replies == {303}


async def test_an_order_is_found_until_some_weeks_after_its_end(world: WebWorld) -> None:
    """As long as a link would have lived; then the answer is that of any wrong one."""
    await known(world, stage="completed", ended_at=NOON)

    soon = await ask(world, "1001", TAIL)
    world.clock.now += world.tokens.lasts + DAY
    late = await ask(world, "1001", TAIL)

    assert (soon.status_code, late.status_code) == (303, 404)


async def test_nothing_typed_and_nobody_who_typed_is_kept(world: WebWorld) -> None:
    """Not in the database, neither in clear nor as a digest that anybody could try addresses out against."""
    await known(world)
    await ask(world, "1001", "4711", caller="198.51.100.77")

    content = b"".join(
        file.read_bytes() for file in Path(str(world.store.database.engine.url.database)).parent.glob("*.db*")
    )

    for typed in ("198.51.100.77", "4711", PHONE, NAME, f"1001|{TAIL}"):
        assert typed.encode() not in content


@pytest.mark.parametrize(
    "content", [b"", b"number=%ff%fe&tail=%00", b"\xff\xfe", b"number=1&number=2", b"{}"]
)
async def test_what_is_no_form_is_a_wrong_answer(world: WebWorld, content: bytes) -> None:
    """Never an error of ours."""
    reply = await world.as_(None).call("POST", "/t", content=content)

    assert reply.status_code == 404


async def test_a_form_that_is_too_large_is_not_read(world: WebWorld) -> None:
    """413 beyond four kilobytes."""
    reply = await world.as_(None).call("POST", "/t", content=b"number=" + b"1" * 5000)

    assert reply.status_code == 413
