"""How a buyer asks for a return, by where it was bought; and how far the wishes are that were told of already."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from oms.domain.aftersale import PARCEL_MARK, AfterSaleKind, AfterSaleStatus
from oms.domain.aftersales.book import AfterSaleRow
from oms.languages.marks import N_

MOST_SHOWN: Final = 5
WAYS: Final[Mapping[str, str]] = {
    "taobao": N_("In the Taobao or Tmall app, open this order and choose “Return/after-sales”."),
    "jd": N_("In the JD app, open this order and choose “Return/after-sales”."),
    "pdd": N_("In the Pinduoduo app, open this order and choose “Request refund/after-sales”."),
    "douyin": N_("In the Douyin app, open this order and choose “Request after-sales”."),
    "wechat": N_("In WeChat, open this order and choose “Request after-sales”."),
}
ELSEWHERE: Final = N_("Ask the shop where you ordered; your order's message tells how to reach it.")
ON_THE_PAGE: Final = N_("Ask for it on the shop's own page.")
KINDS: Final[Mapping[str, str]] = {
    AfterSaleKind.REFUND_ONLY: N_("Refund"),
    AfterSaleKind.RETURN: N_("Return"),
    AfterSaleKind.EXCHANGE: N_("Exchange"),
    AfterSaleKind.RESEND: N_("Sent once more"),
    AfterSaleKind.INTERCEPT: N_("Call the parcel back"),
    AfterSaleKind.OTHER: N_("Your request"),
}
STATUSES: Final[Mapping[str, str]] = {
    AfterSaleStatus.REQUESTED: N_("asked for; the answer comes where you ordered"),
    AfterSaleStatus.APPROVED: N_("agreed"),
    AfterSaleStatus.RETURNING: N_("on its way back to us"),
    AfterSaleStatus.RECEIVED: N_("back with us, being checked"),
    AfterSaleStatus.REFUNDED: N_("refunded"),
    AfterSaleStatus.REJECTED: N_("not agreed; the reason stands where you ordered"),
    AfterSaleStatus.CLOSED: N_("closed"),
    AfterSaleStatus.UNKNOWN: N_("being looked at"),
}


class Wish(NamedTuple):
    """A return or the like that is under way, or was."""

    kind: str
    status: str


class Returns(NamedTuple):
    """The way to ask, where there is a page for it its address, and the wishes there are."""

    way: str
    address: str
    wishes: tuple[Wish, ...]


def returns(channel: str, address: str, cases: Sequence[AfterSaleRow]) -> Returns:
    """Put together what a buyer is told of returns; cases that we opened for a parcel ourselves are not theirs."""
    theirs = [case for case in cases if not case.case_id.startswith(PARCEL_MARK)]
    newest = sorted(theirs, key=lambda case: case.opened_at, reverse=True)[:MOST_SHOWN]
    wishes = tuple(
        Wish(
            KINDS.get(case.kind, KINDS[AfterSaleKind.OTHER]),
            STATUSES.get(case.status, STATUSES[AfterSaleStatus.UNKNOWN]),
        )
        for case in newest
    )
    return Returns(WAYS.get(channel, ON_THE_PAGE if address else ELSEWHERE), address, wishes)
