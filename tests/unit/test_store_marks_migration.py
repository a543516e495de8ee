"""Orders from before revision 0006 are found by their holds and tags after it, and the way back is open."""

from alembic import command
from alembic.config import Config

from oms.store import Store, Vault
from oms.store.order_lists import Choice
from oms.store.schema import MIGRATIONS
from tests.unit.store_builders import NOON, a_book


def migrate_to(store: Store, revision: str) -> None:
    """Go to a revision, up or down."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with store.database.write() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if revision == "0005" else command.upgrade)(config, revision)


def test_orders_from_before_are_marked_and_the_way_back_is_open(empty_url: str, vault: Vault) -> None:
    """Up with orders, down, and up again: every time the same marks, and books go on in between."""
    store = Store.open(empty_url, vault)
    store.migrate()

    migrate_to(store, "0005")
    store.books.commit(a_book(1, holds=("manual",), tags=("key",)))
    store.books.commit(a_book(2, holds=("manual",), tags=("key",), ended_at=NOON))
    migrate_to(store, "head")
    held, tagged = (
        store.order_lists.page(Choice(**{kind: mark})) for kind, mark in (("hold", "manual"), ("tag", "key"))
    )
    store.close()

    assert [row.key.number for row in held.rows] == ["1"]
    assert sorted(row.key.number for row in tagged.rows) == ["1", "2"]
