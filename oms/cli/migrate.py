"""`migrate`: bring the database to today's schema."""

import typer
from sqlalchemy import make_url

from oms.cli.place import Place
from oms.stack.stack import migrate as migrate_database


def migrate(context: typer.Context) -> None:
    """Bring the database to today's schema; harmless when it is there already.

    Examples:

    ```
    starter.py migrate
    OMS_DATABASE_URL=postgresql+psycopg://orderloom:…@db/orderloom starter.py migrate
    ```
    """
    place: Place = context.obj
    settings = place.settings()
    with place.output.err.status("migrating"):
        migrate_database(settings)
    where = make_url(settings.database_url).render_as_string(hide_password=True)
    place.output.say(f"{where} has today's schema")
