"""The person behind an order, as WooCommerce knows them: none of this ever leaves the vault's side."""

from oms.channels.woocommerce.regions import province
from oms.channels.woocommerce.wire import Address, Order
from oms.domain.receiver import Receiver

FIRST_CJK = "\u2e80"


def receiver_of(theirs: Order) -> Receiver | None:
    """Return whom the goods go to; the billing address where there is no shipping one, None where there is neither."""
    address = theirs.shipping if _is_somewhere(theirs.shipping) else theirs.billing
    if not _is_somewhere(address):
        return None
    return Receiver(
        name=_name(address),
        phone=(address.phone or theirs.billing.phone).strip(),
        province=province(address.state.strip(), address.city.strip()),
        city=address.city.strip(),
        address=" ".join(
            filter(None, (address.address_1.strip(), address.address_2.strip(), address.company.strip()))
        ),
        postcode=address.postcode.strip(),
    )


def buyer_of(theirs: Order) -> str:
    """Name the buyer so that the same person is the same: account, else mail address, else phone."""
    if theirs.customer_id:
        return f"customer:{theirs.customer_id}"
    return theirs.billing.email.strip().lower() or theirs.billing.phone.strip()


def _is_somewhere(address: Address) -> bool:
    return any(
        part.strip() for part in (address.address_1, address.first_name, address.last_name, address.city)
    )


def _name(address: Address) -> str:
    """Write the family name first, without a space, where names are written so."""
    first, last = address.first_name.strip(), address.last_name.strip()
    if any(letter >= FIRST_CJK for letter in first + last):
        return last + first
    return " ".join(filter(None, (first, last))) or address.company.strip()
