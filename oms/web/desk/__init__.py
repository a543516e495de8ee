"""The desk: what needs a person, the orders, one order and what can be done about it, channels, rules, reports, alerts."""

from fastapi import APIRouter

from oms.web.desk import (
    acting,
    alerts,
    backtests,
    bulk,
    cases,
    channels,
    completeness,
    inbox,
    interfaces,
    order,
    order_rules,
    orders,
    reports,
    rules,
    saved_views,
    sealed,
    searches,
    today,
)

router = APIRouter()
for part in (today, saved_views, orders, alerts, inbox, channels, interfaces, completeness, reports, rules, backtests, searches, order, acting, sealed, order_rules, cases, bulk):  # fmt: skip
    router.include_router(part.router)
