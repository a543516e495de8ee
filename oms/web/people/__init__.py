"""People at the desk: who is signed in, what they may do, in which language and zone they read."""

from oms.web.people.person import Person

__all__ = ["Person"]
