"""`shops check` asks the payment gateways too, and says of each whether it answers us."""

import dataclasses

from oms.cli.gateways import check_gateways
from oms.gateways import GatewayConfig
from oms.stack.gateways import GatewaySecrets
from oms.stack.keys import key_pair
from tests.channels.test_payments_simulated import a_till, entries_of


async def test_gateways_that_answer_are_fine() -> None:
    """Signed by them, a "no such payment" is all we want to hear."""
    async with a_till() as counter:
        shop = counter.place.shop.model_copy(update={"gateways": entries_of(counter.place, counter.secrets)})

        found = await check_gateways([shop])

    assert [(row["shop"], row["fine"]) for row in found] == [
        ("woocommerce:main wechatpay", True),
        ("woocommerce:main alipay", True),
    ]


async def test_a_gateway_that_does_not_know_our_key_is_named() -> None:
    """With its own word for it."""
    async with a_till() as counter:
        strangers = dataclasses.replace(counter.secrets, merchant=key_pair("stranger"))
        shop = counter.place.shop.model_copy(update={"gateways": entries_of(counter.place, strangers)})

        found = await check_gateways([shop])

    assert [
        "SIGN_ERROR" in str(found[0]["problem"]),
        "isv.invalid-signature" in str(found[1]["problem"]),
    ] == [True, True]
    assert not any(row["fine"] for row in found)


async def test_a_gateway_that_cannot_be_opened_is_a_finding() -> None:
    """The others are asked all the same."""
    async with a_till() as counter:
        broken = GatewayConfig(kind="unionpay")
        good = counter.place.shop.model_copy(
            update={"shop": "second", "gateways": entries_of(counter.place, GatewaySecrets())}
        )
        shop = counter.place.shop.model_copy(update={"gateways": (broken,)})

        found = await check_gateways([shop, good])

    assert "unionpay" in str(found[0]["problem"])
    assert len(found) == 3
