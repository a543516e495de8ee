"""How carriers and platforms say, each in its own words, that a waybill need not be given back any more."""

import re

GIVEN_BACK = re.compile(
    r"已(?:经)?(?:被)?(?:取消|回收|作废|销单)|重复取消|不存在|already|not exist|not found", re.IGNORECASE
)


def is_given_back(refusal: str) -> bool:
    """Tell whether a refusal to take a number back means that it was given back before, or never drawn."""
    return GIVEN_BACK.search(refusal) is not None
