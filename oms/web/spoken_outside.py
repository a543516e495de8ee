"""What people read of the world outside: alerts, interfaces, payloads that came in, what the desk does in the background."""

from collections.abc import Mapping
from typing import Final

from oms.domain.alerting import AlertStage
from oms.domain.alerts import AlertKind
from oms.domain.calls import CallResult
from oms.domain.expiries import Ends
from oms.domain.interfaces import Health
from oms.domain.messages import Way
from oms.languages.marks import N_
from oms.rules.backtest import Kind
from oms.store.desk_jobs import JobState

ALERT_KINDS: Final[Mapping[str, str]] = {
    AlertKind.PULLS_FAILING: N_("pulling orders fails"),
    AlertKind.CURSOR_OLD: N_("a shop has not been read for long"),
    AlertKind.OUT_OF_STOCK: N_("out of stock"),
    AlertKind.SLA: N_("an order waits too long"),
    AlertKind.RED_LOCK: N_("red lock"),
    AlertKind.INTERFACE_RETIRED: N_("an interface was retired"),
    AlertKind.INTERFACE_UNHEALTHY: N_("an interface is not healthy"),
    AlertKind.SHAPE_CHANGED: N_("answers have another shape"),
    AlertKind.EXPIRY: N_("something ends soon"),
    AlertKind.CANARY: N_("the engine does not answer"),
    AlertKind.ORDER: N_("an order needs a person"),
    AlertKind.OTHER: N_("something else"),
}
SEVERITIES: Final[Mapping[str, str]] = {
    "info": N_("for information"), "warning": N_("warning"), "red": N_("red"),
}  # fmt: skip
ALERT_STAGES: Final[Mapping[str, str]] = {
    AlertStage.OPEN: N_("nobody looks after it"),
    AlertStage.ACKNOWLEDGED: N_("somebody looks after it"),
    AlertStage.CLOSED: N_("over"),
}
ALERT_LINES: Final[Mapping[str, str]] = {
    "opened": N_("opened"),
    "opened again": N_("opened again"),
    "raised": N_("raised"),
    "not reached": N_("not reached"),
    "waits": N_("waits"),
    "told: opened": N_("told that it began"),
    "told: raised": N_("told that it is graver"),
    "told: escalated": N_("called, as nobody had answered"),
    "told: closed": N_("told that it is over"),
    "acknowledged": N_("acknowledged"),
    "over": N_("over"),
}
CONCERNED: Final[Mapping[str, str]] = {
    "service": N_("customer service"),
    "purchasing": N_("purchasing"),
    "supervisor": N_("supervisor"),
    "operations": N_("operations"),
    "manager": N_("the manager"),
}
HEALTHS: Final[Mapping[str, str]] = {
    Health.HEALTHY: N_("healthy"),
    Health.SLOW: N_("slow"),
    Health.THROTTLED: N_("throttled"),
    Health.DEGRADED: N_("degraded"),
    Health.CREDENTIALS_EXPIRING: N_("credentials expiring"),
    Health.SHAPE_CHANGED: N_("shape changed"),
    Health.UNREACHABLE: N_("unreachable"),
    Health.RETIRED: N_("retired"),
}
CALL_RESULTS: Final[Mapping[str, str]] = {
    CallResult.OK: N_("answered"),
    CallResult.REFUSED: N_("refused for a business reason"),
    CallResult.RATE_LIMITED: N_("over the quota"),
    CallResult.CREDENTIALS: N_("credentials not accepted"),
    CallResult.RETIRED: N_("retired"),
    CallResult.UNAVAILABLE: N_("not available"),
    CallResult.MISUSED: N_("asked wrongly by us"),
}
ENDINGS: Final[Mapping[str, str]] = {
    Ends.INTERFACE: N_("interface"),
    Ends.TOKEN: N_("authorisation of a shop"),
    Ends.CERTIFICATE: N_("certificate"),
}
SOURCES: Final[Mapping[str, str]] = {
    "channel": N_("order"),
    "push": N_("message that names an order"),
    "after_sale": N_("after-sale"),
    "warehouse": N_("warehouse"),
    "carrier": N_("carrier"),
    "payment": N_("payment"),
}
WAYS: Final[Mapping[str, str]] = {
    Way.POLL: N_("poll"),
    Way.WEBHOOK: N_("call from outside"),
    Way.SWEEP: N_("sweep"),
    Way.RESYNC: N_("asked for again"),
    Way.GATEWAY: N_("payment gateway"),
}
FATES: Final[Mapping[str, str]] = {
    "delivered": N_("reached its order"),
    "repeated": N_("known already"),
    "stale": N_("older than what is known"),
    "parked": N_("still cannot be read"),
    "ended": N_("its order has ended"),
    "read": N_("somebody else had it read meanwhile"),
    "received": N_("being handled"),
}
JOB_STATES: Final[Mapping[str, str]] = {
    JobState.WAITING: N_("waiting for its turn"),
    JobState.RUNNING: N_("under way"),
    JobState.DONE: N_("done"),
    JobState.FAILED: N_("broken off"),
}
TRIALS: Final[Mapping[str, str]] = {
    Kind.TAGGED: N_("tagged"),
    Kind.HELD: N_("held for review"),
    Kind.BLOCKED: N_("refused by the gate"),
    Kind.UNSURE: N_("a rule could not be evaluated"),
    Kind.REMINDED: N_("reminded"),
    Kind.WARNED: N_("warned"),
    Kind.ESCALATED: N_("escalated"),
    Kind.ESCALATED_FURTHER: N_("escalated further"),
    Kind.LOCKED: N_("locked"),
    Kind.LATE: N_("late"),
}
ROW_CHANGES: Final[Mapping[str, str]] = {
    "added": N_("new"), "removed": N_("gone"), "changed": N_("changed"), "moved": N_("moved to another place"),
    "rule": N_("rule"), "clock": N_("step of the clock"),
}  # fmt: skip
PLATFORMS: Final[Mapping[str, str]] = {
    "tmall": N_("Tmall"),
    "taobao": N_("Taobao"),
    "jd_pop": N_("JD.com, merchant's shop"),
    "jd_self": N_("JD.com, own retail"),
    "pdd": N_("Pinduoduo"),
    "douyin": N_("Douyin"),
    "kuaishou": N_("Kuaishou"),
    "wechat_shop": N_("WeChat shop"),
    "wechat_mini": N_("WeChat mini program"),
    "xiaohongshu": N_("Xiaohongshu"),
    "own_shop": N_("own shop"),
}
GRAVE: Final = frozenset({Health.RETIRED, Health.UNREACHABLE, Health.DEGRADED, Health.SHAPE_CHANGED})
"""Of these something is lost; the others only take longer."""
RULE_ACTS: Final[Mapping[str, str]] = {
    "rules.activated": N_("brought into force"),
    "rules.spread": N_("orders in flight told of it"),
}
OUTSIDE: Final[Mapping[str, Mapping[str, str]]] = {
    "alert_kind": ALERT_KINDS,
    "severity": SEVERITIES,
    "alert_stage": ALERT_STAGES,
    "alert_line": ALERT_LINES,
    "concerned": CONCERNED,
    "health": HEALTHS,
    "call_result": CALL_RESULTS,
    "ending": ENDINGS,
    "source": SOURCES,
    "way": WAYS,
    "fate": FATES,
    "job": JOB_STATES,
    "trial": TRIALS,
    "row_change": ROW_CHANGES,
    "rule_act": RULE_ACTS,
    "platform": PLATFORMS,
}
"""The filters of that name, beside those of `oms.web.spoken`."""
