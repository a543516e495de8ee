"""Every interface that a connector calls is declared for the register, and nothing else is."""

import types

import pytest

from oms.register import declared
from tests.house_rules.asked import Source, fits, of_folder
from tests.house_rules.tree import module

FOLDERS = {
    **{name: f"oms/channels/{name}" for name in ("douyin", "jd", "pdd", "taobao", "wechat", "woocommerce")},
    "qimen": "oms/warehouse/qimen",
    "kuaidi100": "oms/carriers/kuaidi100",
    "wechatpay": "oms/payments/wechatpay",
    "alipay": "oms/payments/alipay",
}
GATEWAY = """
class Gateway:
    async def ask(self, method, params):
        return await self._session.ask(lambda access: self._send(method, params, access))

    async def _send(self, method, params, access):
        with calling(system="bazaar", interface=method.lower()):
            return await self._http.ask("POST", method)
"""


def asked_by(body: str, **constants: str) -> tuple[set[str], int]:
    """What a small connector of one file asks for, and how many names could not be read."""
    file = module(GATEWAY + body)
    found = Source([file], {file.path: types.SimpleNamespace(**constants)}).asked()
    return set(found.names), len(found.unread)


def test_every_system_has_its_folder_here() -> None:
    """A new connector must be looked at too."""
    assert {each.system for each in declared()} == set(FOLDERS)


@pytest.mark.parametrize("system", sorted(FOLDERS))
def test_what_a_connector_calls_is_declared(system: str) -> None:
    """No more, no less, and no name that cannot be read from the source."""
    found = of_folder(FOLDERS[system]).asked()
    names = {each.name for each in declared() if each.system == system}

    assert found.unread == frozenset()
    assert {asked for asked in found.names if not any(fits(asked, name) for name in names)} == set()
    assert {name for name in names if not any(fits(asked, name) for asked in found.names)} == set()


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("async def f(gateway): await gateway.ask('order.get', {})", {"order.get"}),
        ("async def f(gateway): await gateway.ask(LIST, {})", {"order.list"}),
        ("async def f(gateway, yes): await gateway.ask('a.b' if yes else LIST, {})", {"a.b", "order.list"}),
        ("async def f(gateway, n): await gateway.ask(f'orders/{n}', {})", {"orders/\0"}),
        ("def f(gateway, m): return gateway.ask(m, {})\ndef g(gateway): return f(gateway, 'x.y')", {"x.y"}),
        ("async def f(gateway):\n    method = 'late.one'\n    await gateway.ask(method, {})", {"late.one"}),
    ],
)
def test_names_are_followed_back_to_their_texts(body: str, names: set[str]) -> None:
    """Literals, constants, choices, local names, parameters of whoever calls."""
    assert asked_by(body, LIST="order.list") == (names, 0)


def test_a_name_that_cannot_be_read_is_noticed() -> None:
    """A connector may not compute the name of an interface out of sight."""
    assert asked_by("async def f(gateway): await gateway.ask(best(), {})") == (set(), 1)


def test_a_pattern_fits_the_names_it_stands_for() -> None:
    """The number in the middle is any text."""
    assert fits("orders/\0/notes", "orders/:id/notes")
    assert not fits("orders/\0/notes", "orders/:id")
