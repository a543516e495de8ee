"""How people name what stands in the register."""

from difflib import get_close_matches

from oms.cli.output import Code, Trouble
from oms.domain.expiries import Ends
from oms.domain.interfaces import Interface
from oms.register import Register


def one_of(register: Register, key: str) -> Interface:
    """Return an interface in use. Raises Trouble naming those that look alike."""
    if key not in register.interfaces:
        alike = get_close_matches(key, register.interfaces, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(alike)}?" if alike else "`starter.py interfaces list` names them"
        raise Trouble(f"no interface {key!r} is in use", hint, Code.WRONG_USE)
    return register.interfaces[key]


def key_of(register: Register, key: str) -> str:
    """Name the row of something whose end a person may set. Raises Trouble."""
    what, _, name = key.partition(":")
    if what == Ends.CERTIFICATE:
        raise Trouble(
            "a certificate tells its end itself", "`starter.py interfaces due` shows it", Code.WRONG_USE
        )
    if what == Ends.TOKEN:
        shops = [str(shop.key) for system in register.systems.values() for shop in system.shops]
        if name not in shops:
            raise Trouble(
                f"no shop {name!r}", f"there are: {', '.join(dict.fromkeys(shops))}", Code.WRONG_USE
            )
        return key
    return f"{Ends.INTERFACE}:{one_of(register, key.removeprefix(f'{Ends.INTERFACE}:')).key}"
