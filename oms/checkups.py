"""What a connection check says of a shop: all is well, unless the one harmless question ended in an error."""

from oms.calls.calling import result_of
from oms.domain.errors import CredentialsExpired, OmsError
from oms.domain.ids import ShopKey
from oms.ports import Checkup


def fine(shop: ShopKey, version: str) -> Checkup:
    """Say that a shop is authorised and its order interface alive."""
    return Checkup(shop=shop, version=version, authorised=True, active=True)


def failed(found: Checkup, error: OmsError) -> Checkup:
    """Say what the error means: a shop whose credentials are accepted is authorised, whatever else is wrong."""
    expired = isinstance(error, CredentialsExpired)
    said = {"authorised": not expired, "active": False, "problem": str(error), "failure": result_of(error)}
    return found.model_copy(update=said)
