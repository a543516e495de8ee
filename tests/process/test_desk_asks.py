"""What is asked at the desk reaches the order itself, on a real server: with a name, refused in words, once."""

from oms.bulk import SILENCE, Bulk
from oms.domain.book import OrderRow
from oms.domain.desk_requests import Ask, command, standing
from oms.domain.roles import Role
from oms.domain.stages import Stage
from oms.store.bulk_jobs import BulkJob, Chosen, Fate
from oms.temporal.asking import TemporalAsking, the_order
from oms.temporal.mailbox import TemporalMailbox
from tests.process.conftest import World
from tests.process.orders import RECEIVER, Told, a_snapshot
from tests.unit.web_world import WebWorld

VALUABLE_FEN = 500_000
ONCE = "0123456789abcdef0123456789abcdef"


async def in_review(world: World) -> Told:
    """An order that waits for customer service."""
    order = world.order(a_snapshot(total_fen=VALUABLE_FEN))
    await order.arrives()
    await order.until(lambda _: "high_value" in _holds(world, order))
    return order


def _holds(world: World, order: Told) -> tuple[str, ...]:
    view = world.store.orders.get(order.key)
    return view.row.holds if view else ()


def row_of(world: World, order: Told) -> OrderRow:
    view = world.store.orders.get(order.key)
    assert view is not None
    return view.row


def a_desk(world: World) -> WebWorld:
    mailbox = TemporalMailbox(world.client, queue=world.queue)
    return WebWorld(world.store, asking=TemporalAsking(world.client), remembers=mailbox, role=Role.SERVICE)


async def test_an_action_of_the_desk_stands_in_the_orders_timeline_with_the_persons_name(
    world: World,
) -> None:
    """A note sent twice stands there once; an approval frees the order; a second one is refused in its words."""
    order = await in_review(world)
    desk, page = a_desk(world), f"/desk/orders/{order.key}"
    note = {"why": "rang twice", "once": ONCE}

    noted = [await desk.post(f"{page}/add_note", note) for _ in range(2)]
    seq = str((await order.state()).seq)
    approved = await desk.post(f"{page}/approve", {"why": "confirmed by phone", "seq": seq})
    refused = await desk.post(f"{page}/approve", {"why": "once more", "seq": "999"})
    await order.becomes(Stage.RELEASED)

    assert [answer.status_code for answer in (*noted, approved, refused)] == [303, 303, 303, 409]
    assert "waits for no review" in refused.text
    said = [(line["what"], line["actor"], line["why"]) for line in await order.handle.query("timeline")]
    assert said.count(("note.added", "service", "rang twice")) == 1
    assert ("hold.lifted", "service", "confirmed by phone") in said


async def test_another_address_and_the_rules_are_the_orders_own(world: World) -> None:
    """The desk asks the order itself: it goes elsewhere by a digest, and says by which rules it waits."""
    order = await in_review(world)
    desk, page = a_desk(world), f"/desk/orders/{order.key}"
    before = await order.state()
    form = {
        "why": "the buyer moved", "seq": "999", "name": "李娜", "phone": "13900005678", "province": "广东省",
        "city": "广州市", "address": "天河路2号",
    }  # fmt: skip

    moved = await desk.post(f"{page}/change_address", form)
    after = await order.state()
    world.store.receivers.put(order.key, RECEIVER)  # the platform says the former one once more
    shown, rules = await desk.get(page), await desk.get(f"{page}/rules")

    assert moved.status_code == 303
    assert after.receiver_digest != before.receiver_digest
    assert "李*" in shown.text
    assert "does not answer just now" not in rules.text
    assert "the total of" in rules.text


async def test_a_bulk_that_a_process_left_in_the_middle_is_finished_by_the_next_one(world: World) -> None:
    """Whoever died had asked already: the order hears it once; what it refuses stands there in its words."""
    orders = [await in_review(world), await in_review(world)]
    rows = [row_of(world, order) for order in orders]
    jobs, asking = world.store.bulk_jobs, TemporalAsking(world.client)
    note = BulkJob(id="ab" * 16, by="lin", ask=Ask.ADD_NOTE, why="told the buyer", made_at=rows[0].created_at)
    lift = note.model_copy(update={"id": "cd" * 16, "ask": Ask.LIFT_LOCK})
    for job in (note, lift):
        jobs.open(job, [Chosen(row.key, standing(row)) for row in rows])
    jobs.take("dead", SILENCE)
    jobs.begin(note.id, rows[0].key, "dead")
    request = command(note.ask, note.by, note.why)
    await asking.ask(the_order(rows[0].key), note.ask, request, once=f"bulk:{note.id}")
    jobs.let_go(note.id, "dead")

    following = Bulk(world.store, asking, a_desk(world).intake.resync, "next")
    while await following.work_once():
        pass

    assert [item.fate for item in jobs.items(note.id)] == [Fate.DONE, Fate.DONE]
    assert [item.fate for item in jobs.items(lift.id)] == [Fate.REFUSED, Fate.REFUSED]
    assert all("is not locked" in item.words for item in jobs.items(lift.id))
    for order in orders:
        timeline = await order.handle.query("timeline")
        assert [line["actor"] for line in timeline if line["what"] == "note.added"] == ["lin"]
