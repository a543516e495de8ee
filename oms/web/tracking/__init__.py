"""What a buyer sees of an order: the page behind a link, and the form that finds it without one."""

from oms.web.tracking.routes import router

__all__ = ["router"]
