"""Take a paid order in: the rules and the stock book, asked in one go."""

from temporalio import activity

from activities.inventory import InventoryActivities
from activities.requests import AdmitOrder, Admitted, ReserveStock
from activities.rules import RuleActivities
from oms.domain.stock import Reserved


class AdmissionActivities:
    """Both questions that every paid order asks first; a question less costs the server and the worker its share."""

    def __init__(self, rules: RuleActivities, inventory: InventoryActivities) -> None:
        """Take those who answer."""
        self._rules = rules
        self._inventory = inventory

    @activity.defn(name="orders.admit")
    def admit(self, request: AdmitOrder) -> Admitted:
        """Return the assessment and, when every piece could be promised, the promise; asked twice, promised once.

        When something is missing or unknown, no promise comes back: the order asks again and is told what.
        """
        assessment = self._rules.assess(request.assess)
        ruling = self._rules.judge_admitted(request.facts, assessment) if request.facts else None
        if not request.pieces:
            return Admitted(assessment=assessment, ruling=ruling)
        order = request.assess.snapshot.key
        answer = self._inventory.reserve(ReserveStock(order=order, pieces=request.pieces))
        reserved = answer if isinstance(answer, Reserved) else None
        return Admitted(assessment=assessment, reserved=reserved, ruling=ruling)
