"""The sentences that orders write of themselves, in the reader's language: why they wait, what happens when it is due.

They are composed in English where they arise; what is made of fixed parts is taken apart here and said anew. What
people typed is theirs and stays as it is.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from oms.languages import translations
from oms.languages.marks import N_
from oms.web.spoken import HOLDS

FIXED: Final = (
    N_("it has just arrived"),
    N_("the buyer has not paid yet"),
    N_("stock is being reserved"),
    N_("stock is reserved; review and compliance gate"),
    N_("the gate is passed"),
    N_("the warehouse has it and has not shipped it yet"),
    N_("it has left the warehouse; no carrier scan yet"),
    N_("it is on its way"),
    N_("signed; completes 72 h after shipping"),
    N_("all is done"),
    N_("it was withdrawn; nothing left the warehouse"),
    N_("it was withdrawn or came back after it had left"),
    N_("ship-by time is near"),
    N_("ship-by time has passed"),
    N_("not shipped: tell the supervisor"),
    N_("complete if the carrier says signed"),
    N_("being undone"),
    N_("the money has gone back"),
    N_("it is over"),
    N_("the buyer waits for an answer"),
    N_("decided; the platform is being told"),
    N_("the goods are on their way back"),
    N_("refused; the buyer may ask again"),
    N_("agreed; the goods have not been sent back yet"),
    N_("the goods are said to be back; the warehouse has not looked at them yet"),
    N_("new goods are being sent"),
    N_("agreed; the money is on its way back"),
)
"""Whole sentences of the domain and of the table of rules that comes with the program."""
_COMPOSED: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), message)
    for pattern, message in (
        (r"held for (?P<holds>[^:]+): (?P<note>.+)", N_("held for %(holds)s: %(note)s")),
        (r"held for (?P<holds>[^:]+)", N_("held for %(holds)s")),
        (r"held: (?P<note>.+)", N_("held: %(note)s")),
        (r"(?P<note>.+); an after-sale is open", N_("%(note)s; an after-sale is open")),
        (r"withdrawn \((?P<why>.*)\): (?P<note>.+)", N_("withdrawn (%(why)s): %(note)s")),
        (r"the rules of (?P<version>\S+) ask for it", N_("the rules of %(version)s ask for it")),
        (r"ship-by time in less than (?P<time>.+)", N_("ship-by time in less than %(time)s")),
        (
            r"nobody has acknowledged the escalation for (?P<time>.+)",
            N_("nobody has acknowledged the escalation for %(time)s"),
        ),
        (
            r"no waybill (?P<time>.+) after the payment: locked until a person lifts it",
            N_("no waybill %(time)s after the payment: locked until a person lifts it"),
        ),
    )
)
_REASONS: Final[Mapping[str, str]] = {str(code).replace("_", " "): word for code, word in HOLDS.items()}


def in_words(text: str, language: str) -> str:
    """Say a sentence of an order in a language; one that nobody knows comes back as it is."""
    return _said(text, translations(language).gettext) if text else ""


def _said(text: str, translate: Callable[[str], str]) -> str:
    for pattern, message in _COMPOSED:
        found = pattern.fullmatch(text)
        if found is not None:
            parts = {name: _part(name, part, translate) for name, part in found.groupdict().items()}
            return translate(message) % parts
    return translate(text)


def _part(name: str, part: str, translate: Callable[[str], str]) -> str:
    match name:
        case "holds":
            return ", ".join(translate(_REASONS.get(each, each)) for each in part.split(", "))
        case "note":
            return _said(part, translate)
        case _:
            return part
