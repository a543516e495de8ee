"""The register: every connector's declarations in one list, for whoever looks after each."""

from collections import Counter
from pathlib import Path

import pytest

from oms.channels import CHANNELS
from oms.domain.interfaces import Interface
from oms.payments import GATEWAYS
from oms.register import OTHERS, Register, declared, owners_of
from oms.settings import WrongSetting
from tests.unit.register_world import settings_of


def test_every_connector_is_in_the_register() -> None:
    """No kind is without declarations, each is declared under its own name, and none twice."""
    every = declared()

    assert {each.system for each in every} == {*CHANNELS, *GATEWAYS, "qimen", "kuaidi100"}
    assert all({each.system for each in kind.interfaces} == {name} for name, kind in CHANNELS.items())
    assert all({each.system for each in kind.interfaces} == {name} for name, kind in GATEWAYS.items())
    assert [key for key, times in Counter(each.key for each in every).items() if times > 1] == []
    assert all(each.purpose for each in every)


def test_jd_names_the_successor_that_its_platform_recommends() -> None:
    """SP-API is the second protocol behind the same connector."""
    found = {each.name: each.successor for each in CHANNELS["jd"].interfaces}

    assert found["jingdong.pop.order.search"] == "sp-api rest/sp-order/v0/orders"


def test_the_register_holds_what_the_configuration_uses(tmp_path: Path) -> None:
    """Four channels, their gateways, the warehouse and the carrier; no interface of a platform without a shop."""
    register = Register(settings_of(tmp_path))

    assert set(register.systems) == {"woocommerce", "taobao", "jd", "wechat", "qimen", "kuaidi100", *GATEWAYS}
    assert "pdd" not in {each.system for each in register.interfaces.values()}
    assert register.interfaces["qimen/order.cancel"].owner == "operations"
    assert register.systems["taobao"].addresses == ("http://127.0.0.1:1/taobao",)


def test_a_start_without_owners_is_refused(tmp_path: Path) -> None:
    """A row of the register without owner stops the start, in words."""
    with pytest.raises(WrongSetting) as refusal:
        Register(settings_of(tmp_path, OMS_INTERFACE_OWNER=""))

    assert "OMS_INTERFACE_OWNER: nobody looks after qimen" in str(refusal.value)
    assert "name a person or a team" in str(refusal.value)


def test_an_owner_of_one_system_does_not_own_the_others(tmp_path: Path) -> None:
    """Everything needs somebody."""
    with pytest.raises(WrongSetting, match="nobody looks after qimen"):
        Register(settings_of(tmp_path, OMS_INTERFACE_OWNER="taobao=wang"))


def test_the_nearest_owner_looks_after_an_interface(tmp_path: Path) -> None:
    """Its own, else its system's, else the one for all."""
    owner = "operations, taobao=wang, taobao/taobao.time.get=li"

    found = Register(settings_of(tmp_path, OMS_INTERFACE_OWNER=owner)).interfaces

    assert found["taobao/taobao.time.get"].owner == "li"
    assert found["taobao/taobao.trade.fullinfo.get"].owner == "wang"
    assert found["jd/jingdong.pop.order.get"].owner == "operations"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("wang, li", "names several for everything: wang, li"),
        ("wang, taobo=li", "no system or interface 'taobo'"),
        ("wang, taobao=", "taobao has an owner without a name"),
    ],
)
def test_owners_that_cannot_be_meant_are_refused(text: str, words: str) -> None:
    """Named by the part that is wrong."""
    with pytest.raises(WrongSetting, match=words):
        owners_of(text, declared())


def test_the_version_is_the_one_in_force(tmp_path: Path) -> None:
    """What a shop was switched to goes before its file; what declares its own version keeps it."""
    register = Register(settings_of(tmp_path))
    orders, search = (
        register.interfaces["woocommerce/orders"],
        register.interfaces["jd/jingdong.pop.order.search"],
    )

    spoken = [register.versions_of(orders, switched) for switched in ({}, {"woocommerce:main": "wc/v4"})]

    assert spoken == [("wc/v3",), ("wc/v4",)]
    assert register.versions_of(search, {"jd:main": "sp-api"}) == ("routerjson",)


def test_the_end_of_a_version_that_nobody_speaks_is_no_concern(tmp_path: Path) -> None:
    """Unless it is of an unknown version: that is nobody's to judge."""
    register = Register(settings_of(tmp_path))
    orders = register.interfaces["woocommerce/orders"]

    matters = [
        register.ended_version_matters(orders, version, {"woocommerce:main": "wc/v4"})
        for version in ("wc/v3", "wc/v4", "2026-01", "")
    ]

    assert matters == [False, True, True, True]


def test_others_are_the_warehouse_and_the_carrier() -> None:
    """What is no kind of channel or gateway stands in one list of its own."""
    assert {each.system for each in OTHERS} == {"qimen", "kuaidi100"}
    assert all(isinstance(each, Interface) for each in OTHERS)
