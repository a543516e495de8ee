"""The collaborators an order needs, as Protocols: what each promises, whoever fulfils it.

Every method that reaches outside raises only the errors of `oms.domain.errors`; a business
refusal is a value.
"""

from oms.domain.aftersale import AfterSale as AfterSale
from oms.domain.aftersales.returns import ReturnOrder as ReturnOrder
from oms.domain.handover import Notice as Notice
from oms.domain.handover import ShippedParcel as ShippedParcel
from oms.domain.handover import WarehouseOrder as WarehouseOrder
from oms.domain.handover import WaybillWish as WaybillWish
from oms.ports.asides import HearsOfNewParcels as HearsOfNewParcels
from oms.ports.asides import TellsAddressWishes as TellsAddressWishes
from oms.ports.channels import Answered as Answered
from oms.ports.channels import AnswerRefused as AnswerRefused
from oms.ports.channels import AnswersAddressChanges as AnswersAddressChanges
from oms.ports.channels import Call as Call
from oms.ports.channels import Channel as Channel
from oms.ports.channels import Checkup as Checkup
from oms.ports.channels import CorrectsWaybills as CorrectsWaybills
from oms.ports.channels import FetchesAfterSales as FetchesAfterSales
from oms.ports.channels import HasAfterSales as HasAfterSales
from oms.ports.channels import Heard as Heard
from oms.ports.channels import Hears as Hears
from oms.ports.channels import Listens as Listens
from oms.ports.channels import Mapped as Mapped
from oms.ports.channels import Page as Page
from oms.ports.channels import Properties as Properties
from oms.ports.channels import Refunded as Refunded
from oms.ports.channels import RefundRefused as RefundRefused
from oms.ports.channels import RefundsOrders as RefundsOrders
from oms.ports.channels import Reply as Reply
from oms.ports.channels import RevealsReceivers as RevealsReceivers
from oms.ports.channels import Take as Take
from oms.ports.channels import Token as Token
from oms.ports.channels import Tokens as Tokens
from oms.ports.channels import Word as Word
from oms.ports.channels import WriteBackRefused as WriteBackRefused
from oms.ports.channels import WrittenBack as WrittenBack
from oms.ports.collaborators import Accepted as Accepted
from oms.ports.collaborators import CancelAccepted as CancelAccepted
from oms.ports.collaborators import CancelRefused as CancelRefused
from oms.ports.collaborators import GaveUp as GaveUp
from oms.ports.collaborators import Intercepted as Intercepted
from oms.ports.collaborators import InterceptRefused as InterceptRefused
from oms.ports.collaborators import KnowsOrders as KnowsOrders
from oms.ports.collaborators import Mailbox as Mailbox
from oms.ports.collaborators import Notices as Notices
from oms.ports.collaborators import OpensParcelCases as OpensParcelCases
from oms.ports.collaborators import ParcelReport as ParcelReport
from oms.ports.collaborators import Rejected as Rejected
from oms.ports.collaborators import Scan as Scan
from oms.ports.collaborators import StockLevel as StockLevel
from oms.ports.collaborators import Tracking as Tracking
from oms.ports.collaborators import Warehouse as Warehouse
from oms.ports.payments import GatewayPayment as GatewayPayment
from oms.ports.payments import NotPaid as NotPaid
from oms.ports.payments import PaymentAnswer as PaymentAnswer
from oms.ports.payments import PaymentGateway as PaymentGateway
from oms.ports.payments import PaymentHeard as PaymentHeard
from oms.ports.payments import PlatformPaid as PlatformPaid
from oms.ports.waybills import Drawn as Drawn
from oms.ports.waybills import DrawRefused as DrawRefused
from oms.ports.waybills import DrawsWaybills as DrawsWaybills
from oms.ports.waybills import Waybills as Waybills
