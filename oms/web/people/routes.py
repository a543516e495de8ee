"""All addresses that are about people: signing in and out, one's own page, the people of the desk."""

from fastapi import APIRouter

from oms.web.people import administering, preferences, sign_in, sign_in_elsewhere

router = APIRouter()
for part in (sign_in, sign_in_elsewhere, preferences, administering):
    router.include_router(part.router)
