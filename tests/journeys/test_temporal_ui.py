"""What people see and find in the Temporal UI, on a real server, with payload encryption on."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import async_playwright
from temporalio.api.sdk.v1 import WorkflowMetadata

from bench.browser import CHROMIUM, SWITCHES
from bench.scene import EXPENSIVE, OUT_OF_STOCK, Scene, a_scene
from bench.screenshots import CARD, in_review, open_card, open_order
from oms.domain.ids import OrderKey
from oms.stack.blueprint import ROOT
from oms.stack.world import World
from oms.web.desk.searches import link

PATIENCE_SECONDS = 20.0
HANDBOOK = ROOT / "docs" / "reading-orders-in-temporal.md"
QUERY = re.compile(r"`([A-Z]\w+ (?:=|<|IN) [^`]+)`")


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """A real stack at the pace of real life, so that every order stays where it is."""
    async with a_scene(tmp_path_factory.mktemp("ui"), World(pace=1, scenario="none")) as standing:
        yield standing


@pytest.fixture(scope="module")
async def orders(scene: Scene) -> Mapping[str, OrderKey]:
    """Orders in different places, some of them paid long ago."""
    placed = {
        "unpaid": await scene.place("SKU-8801", paid=False),
        "short": await scene.place(OUT_OF_STOCK),
        "dear": await scene.place(EXPENSIVE),
        "urgent": await scene.place("SKU-8802", raw=paid_before(timedelta(hours=20))),
        "late": await scene.place("SKU-8803", raw=paid_before(timedelta(days=3))),
    }
    await scene.becomes(placed["short"], lambda row: "out_of_stock" in row.holds)
    await scene.becomes(placed["dear"], lambda row: "high_value" in row.holds)
    await scene.becomes(placed["late"], lambda row: row.stage == "released" and row.sla_state == "late")
    await scene.becomes(placed["urgent"], lambda row: row.stage == "released")
    await scene.becomes(placed["unpaid"], lambda row: row.stage == "awaiting_payment")
    return placed


def paid_before(age: timedelta) -> dict[str, str]:
    moment = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%S")
    return {"date_created_gmt": moment, "date_paid_gmt": moment}


async def found(scene: Scene, query: str) -> set[str]:
    return {each.id async for each in scene.client.list_workflows(query)}


async def finds(scene: Scene, query: str, *wanted: OrderKey) -> bool:
    """Say whether a query finds these orders, and nothing else."""
    return await becomes_found(scene, query, {key.workflow_id for key in wanted})


async def becomes_found(scene: Scene, query: str, ids: set[str]) -> bool:
    """Visibility follows at a distance: ask until it is as wanted, for a while."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await found(scene, query) != ids:  # noqa: ASYNC110 - the server sets no event
                await asyncio.sleep(0.2)
    except TimeoutError:
        return False
    return True


async def test_search_finds_exactly_the_right_orders(scene: Scene, orders: Mapping[str, OrderKey]) -> None:
    """By stage, channel, hold, deadline, standing, tag and business id."""
    short, dear, urgent, late = (orders[name] for name in ("short", "dear", "urgent", "late"))
    business_id = await business_id_of(scene, dear)
    noon = (datetime.now(UTC) + timedelta(hours=12)).isoformat()

    answers = {
        query: await finds(scene, query, *wanted)
        for query, wanted in {
            "OrderStage = 'awaiting_payment'": (orders["unpaid"],),
            "OrderStage = 'released'": (urgent, late),
            "Holds = 'out_of_stock'": (short,),
            'OrderStage="accepted" AND Holds="out_of_stock"': (short,),
            "Holds IN ('high_value', 'first_buyer')": (dear,),
            "SlaState = 'late' AND ExecutionStatus = 'Running'": (late,),
            f"NextDeadline < '{noon}'": (
                urgent,
                late,
            ),  # the late one: the manager, if nobody answers in time
            f"NextDeadline > '{noon}'": (short, dear),
            "OrderTags = '重点跟踪'": (dear,),
            f"BusinessId = '{business_id}'": (dear,),
            "Channel = 'woocommerce' AND Shop = 'main' AND WorkflowType = 'OrderWorkflow'": tuple(
                orders.values()
            ),
            "Channel = 'tmall'": (),
        }.items()
    }

    assert {query for query, right in answers.items() if not right} == set()


async def card_of(scene: Scene, workflow_id: str) -> str:
    """What the tab User Metadata shows of a workflow."""
    handle = scene.client.get_workflow_handle(workflow_id)
    shown = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    return str(shown.current_details)


async def test_what_is_no_order_is_found_by_its_shop_and_has_a_card(
    scene: Scene, orders: Mapping[str, OrderKey]
) -> None:
    """The alert of an order that waits for goods, and a poll: how they stand, and whose turn it is."""
    alert = f"alert:order:{orders['short']}:out_of_stock"
    ours = "Channel = 'woocommerce' AND Shop = 'main' AND WorkflowType = 'AlertWorkflow'"

    poll = await scene.poll()

    assert await becomes_found(
        scene, f"{ours} AND BusinessId = 'order:{orders['short']}:out_of_stock'", {alert}
    )
    assert "**Who must act:** purchasing" in await card_of(scene, alert)
    assert re.match(r"### woocommerce:main\n\n\*\*Orders:\*\* \d+ seen", await card_of(scene, poll))


async def test_the_server_takes_every_query_of_the_handbook(scene: Scene) -> None:
    """What docs/reading-orders-in-temporal.md tells people to type is understood; an attribute nobody has is not."""
    queries = QUERY.findall(HANDBOOK.read_text(encoding="utf-8"))

    for query in queries:
        await found(scene, query)

    assert len(queries) >= 10
    with pytest.raises(Exception, match="NoSuchThing"):
        await found(scene, "NoSuchThing = 'x'")


async def business_id_of(scene: Scene, key: OrderKey) -> str:
    return (await scene.becomes(key, lambda _: True)).business_id


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}: apt-get install chromium")
async def test_an_order_reads_well_in_the_temporal_ui(scene: Scene) -> None:
    """Its timeline says in words what waits and why; its card says where it is, who must act, by when; a link finds it."""
    key = await in_review(scene)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        page = await browser.new_page()
        await open_order(page, scene, key)
        timeline = await page.locator("main").inner_text()
        await open_card(page)
        card = await page.frame_locator(CARD).locator("body").inner_text()
        await page.goto(
            link(scene.stack.blueprint.ui_url, f"BusinessId = '{await business_id_of(scene, key)}'")
        )
        await page.get_by_role("link", name=key.workflow_id).first.wait_for()
        listed = await page.get_by_role("link", name=re.compile("^order:")).count()
        await browser.close()

    assert re.search(
        r"wait until \d\d-\d\d \d\d:\d\d, then tell the supervisor if it has not shipped", timeline
    )
    assert listed == 1
    assert "Why: held for high value" in card
    assert "Who must act: service: confirm address and specification, then approve" in card
    assert re.search(r"Next deadline: \d\d-\d\d \d\d:\d\d", card)


async def test_every_step_says_in_words_what_it_does(scene: Scene, orders: Mapping[str, OrderKey]) -> None:
    """Every activity, local activity and timer in the history has a summary that is readable without a key."""
    history = await scene.client.get_workflow_handle(orders["urgent"].workflow_id).fetch_history()

    steps = [
        event.user_metadata.summary.data.decode()
        for event in history.events
        if event.HasField("marker_recorded_event_attributes")
        or event.HasField("timer_started_event_attributes")
        or event.HasField("activity_task_scheduled_event_attributes")
    ]

    assert any("reserve 1 × SKU-8802" in step for step in steps)
    assert any(step.startswith('"wait until ') for step in steps)
    assert any(re.match(r'"ask [A-Z0-9]+ to ship 1 × SKU-8802', step) for step in steps)
    assert all(" " in step for step in steps)
