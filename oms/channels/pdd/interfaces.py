"""Pinduoduo's interfaces that we call, and under which key each answers: the key cannot be derived from the name."""

from typing import NamedTuple


class Interface(NamedTuple):
    """The `type` of a question and the one key of its answer."""

    type: str
    answer: str


TIME = Interface("pdd.time.get", "time_get_response")
REFRESH = Interface("pdd.pop.auth.token.refresh", "pop_auth_token_refresh_response")
ORDERS = Interface("pdd.order.number.list.increment.get", "order_sn_increment_get_response")
ORDER = Interface("pdd.order.information.get", "order_info_get_response")
COMPANIES = Interface("pdd.logistics.companies.get", "logistics_companies_get_response")
SHIP = Interface("pdd.logistics.online.send", "logistics_online_send_response")
MORE_PARCELS = Interface("pdd.order.upload.extra.logistics", "upload_extra_logistics_response")
TRACE = Interface("pdd.logistics.ordertrace.get", "logistics_ordertrace_get_resposne")
"""Misspelt by the platform itself."""
REFUNDS = Interface("pdd.refund.list.increment.get", "refund_increment_get_response")
REFUND_AGREE = Interface("pdd.refund.agree", "response")
RETURN_AGREE = Interface("pdd.refund.returngoods.agree", "response")
DECRYPT = Interface("pdd.open.decrypt.batch", "open_decrypt_batch_response")
