"""The desk: what needs a person, the orders, one order and what can be done about it, channels, rules, reports, alerts."""

from fastapi import APIRouter

from oms.web.desk import alerts, interfaces, orders, reports, rules

router = APIRouter()
for part in (orders, alerts, interfaces, reports, rules):
    router.include_router(part.router)
