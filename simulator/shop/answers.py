"""Answers and refusals in WooCommerce's words."""

from starlette.responses import JSONResponse, Response


def refusal(status: int, code: str, message: str, **more: object) -> Response:
    """Refuse a request the way the REST API does."""
    body = {"code": code, "message": message, "data": {"status": status, **more}}
    return JSONResponse(body, status_code=status)


def no_route() -> Response:
    """Say that there is no such route, as a retired interface does."""
    return refusal(404, "rest_no_route", "No route was found matching the URL and request method.")


def not_found() -> Response:
    """Say that there is no such order."""
    return refusal(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")


def bad_parameter(name: str, message: str) -> Response:
    """Say which parameter is wrong."""
    details = {name: {"code": "rest_invalid_param", "message": message, "data": None}}
    return refusal(
        400, "rest_invalid_param", f"Invalid parameter(s): {name}", params={name: message}, details=details
    )


def bad_json() -> Response:
    """Say that the body is no JSON object."""
    return refusal(400, "rest_invalid_json", "Invalid JSON body passed.", json_error_code=4)
