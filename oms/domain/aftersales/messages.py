"""What an after-sale is told beside its platform's word: the warehouse's inspection, and what people ask."""

from pydantic import Field, NonNegativeInt, PositiveInt

from oms.domain.ids import Sku
from oms.domain.messages import Command
from oms.domain.model import Message, Moment


class InspectedPiece(Message):
    """So many pieces of one SKU that came in, as the warehouse found them."""

    sku: Sku
    good: NonNegativeInt = 0
    damaged: NonNegativeInt = 0


class ReturnArrived(Message):
    """A warehouse's word on goods that came back."""

    event_id: str
    code: str
    """Our code of the return."""
    warehouse: str
    pieces: tuple[InspectedPiece, ...] = ()
    final: bool = True
    """False when more of this return will follow."""
    at: Moment
    raw: str = ""


class ApproveCase(Command):
    """Agree to what the buyer wishes, or let a held case go on."""

    amount_fen: PositiveInt | None = None
    """Give back so much instead; only where we give the money back ourselves."""
    elsewhere: bool = False
    """It was done already on the platform's or the warehouse's own pages: go on as if we had."""


class SendAgain(Command):
    """Of a parcel that came back: send its goods once more instead of paying them back."""


class RefuseCase(Command):
    """Say no to the buyer; the platform shows `why`."""


class SetReturnWaybill(Command):
    """Under which waybill the goods come back."""

    waybill: str = Field(min_length=4, max_length=40, pattern="^[A-Za-z0-9-]+$")
    carrier: str = Field(min_length=1, max_length=20)


class AddCaseNote(Command):
    """Leave a note in the timeline; `why` is the note."""
