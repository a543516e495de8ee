"""How people are told: in the log, by mail, in group chats, or by all of these."""

from oms.notices.apprise import AppriseNotices
from oms.notices.fanout import Fanout
from oms.notices.log import LogNotices

__all__ = ["AppriseNotices", "Fanout", "LogNotices"]
