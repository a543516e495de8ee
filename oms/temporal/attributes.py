"""The search attributes an order, or a case of one, shows in the Temporal UI; none of them is personal data."""

from temporalio.common import SearchAttributeKey

STAGE = SearchAttributeKey.for_keyword("OrderStage")
CHANNEL = SearchAttributeKey.for_keyword("Channel")
SHOP = SearchAttributeKey.for_keyword("Shop")
HOLDS = SearchAttributeKey.for_keyword_list("Holds")
NEXT_DEADLINE = SearchAttributeKey.for_datetime("NextDeadline")
SLA_STATE = SearchAttributeKey.for_keyword("SlaState")
TAGS = SearchAttributeKey.for_keyword_list("OrderTags")
BUSINESS_ID = SearchAttributeKey.for_keyword("BusinessId")
AFTER_SALE_STATUS = SearchAttributeKey.for_keyword("AfterSaleStatus")
INTERFACE_STATE = SearchAttributeKey.for_keyword_list("InterfaceState")
"""Of the watch over interfaces: the states that there are."""

ALL = (
    STAGE,
    CHANNEL,
    SHOP,
    HOLDS,
    NEXT_DEADLINE,
    SLA_STATE,
    TAGS,
    BUSINESS_ID,
    AFTER_SALE_STATUS,
    INTERFACE_STATE,
)

KINDS = {
    "OrderStage": "Keyword",
    "Channel": "Keyword",
    "Shop": "Keyword",
    "Holds": "KeywordList",
    "NextDeadline": "Datetime",
    "SlaState": "Keyword",
    "OrderTags": "KeywordList",
    "BusinessId": "Keyword",
    "AfterSaleStatus": "Keyword",
    "InterfaceState": "KeywordList",
}
"""Name and kind, as `temporal operator search-attribute create` and the dev server want them."""
