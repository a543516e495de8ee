"""A platform's payload as people may read it beside the order: the person in it hidden, all the rest as received."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from oms.domain.trace import without_people
from oms.ports import Mapped

HIDDEN: Final = "***"
_PERSONAL: Final = re.compile(
    r"name|nick|phone|mobile|\btel|address|street|addr|detail_info|receiver|recipient|consignee|buyer|seller_memo|remark"
    r"|memo|message|\bnote|customer|email|e_mail|zip|post_?code|\bcity|town|district|county|id_?card|oaid|open_address"
    r"|password|secret|token|\bip\b|ip_address|user_agent|\blat|\blng|longitude|latitude|company|mask",
    re.IGNORECASE,
)
_WHOLE: Final = re.compile(
    r"receiver|recipient|consignee|billing|^shipping$|address|buyer|customer(?!s)|member|user_?info|order_?addr",
    re.IGNORECASE,
)
"""Under a name like this everything is the person's."""
_OF_THE_GOODS: Final = re.compile(
    r"sku|product|goods|item|shop|seller_nick|title|spec|logistics|warehouse|ware_?name|template|channel|method_title",
    re.IGNORECASE,
)
"""Names that speak of goods and shops, although `name` stands in them."""
_ITS_NAME: Final = re.compile(r"(?:^|_)(?:name|title|note)$", re.IGNORECASE)
"""Of a piece of goods, its own."""
_MOBILE: Final = re.compile(r"(?:86)?1[3-9]\d{9}")
_SHORTEST: Final = 2


def masked(payload: Any, mapped: Mapped | None) -> Any:
    """Return the payload with everything hidden that names a person, or that equals what its mapping took for one."""
    return _masked(payload, _Place(words=tuple(_words_of(mapped))))


class _Place(NamedTuple):
    words: Sequence[str]
    name: str = ""
    hidden: bool = False
    goods: bool = False

    def under(self, name: str) -> "_Place":
        """Where the part of that name stands."""
        hidden = self.hidden or bool(_WHOLE.search(name) and not _OF_THE_GOODS.search(name))
        return _Place(self.words, name, hidden, self.goods or bool(_OF_THE_GOODS.search(self.name)))

    @property
    def personal(self) -> bool:
        """Whether what stands there is hidden for its name."""
        if self.hidden:
            return True
        named_as_goods = _OF_THE_GOODS.search(self.name) or (self.goods and _ITS_NAME.search(self.name))
        return bool(_PERSONAL.search(self.name)) and not named_as_goods


def _words_of(mapped: Mapped | None) -> Iterator[str]:
    if mapped is None:
        return
    person = mapped.receiver
    parts = (
        () if person is None else (person.name, person.phone, person.address, person.token, person.postcode)
    )
    for word in (*parts, mapped.buyer_id, mapped.remark):
        if len(word.strip()) >= _SHORTEST:
            yield word.strip()


def _masked(value: Any, place: _Place) -> Any:
    match value:
        case Mapping():
            return {str(key): _masked(part, place.under(str(key))) for key, part in value.items()}
        case list() | tuple():
            return [_masked(part, place) for part in value]
        case str():
            return HIDDEN if value and place.personal else _without(value, place.words)
        case bool() | None:
            return value
        case _:
            return HIDDEN if place.personal or str(value) in place.words else value


def _without(text: str, words: Sequence[str]) -> str:
    for word in words:
        text = text.replace(word, HIDDEN)
    if text.isdigit():
        return HIDDEN if _MOBILE.fullmatch(text) else text  # numbers of orders are digits too
    return without_people(text)
