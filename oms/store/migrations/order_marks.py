"""The triggers that keep `order_marks`, as revision 0006 makes them.

A trigger costs an order's book next to nothing while its holds and tags stay as they are, which is nearly always; a
statement of ours would cost every book a round trip (docs/decisions/0033). Holds of ended orders hold nothing.
"""

from collections.abc import Sequence
from typing import Final

_SQLITE: Final = (
    """INSERT INTO order_marks (order_key, kind, mark, created_at)
    SELECT order_key, 'hold', value, created_at FROM orders, json_each(holds) WHERE ended_at IS NULL
    UNION SELECT order_key, 'tag', value, created_at FROM orders, json_each(tags)""",
    """CREATE TRIGGER orders_marked AFTER INSERT ON orders WHEN NEW.holds <> '[]' OR NEW.tags <> '[]' BEGIN
        INSERT INTO order_marks (order_key, kind, mark, created_at)
        SELECT NEW.order_key, 'hold', value, NEW.created_at FROM json_each(NEW.holds) WHERE NEW.ended_at IS NULL
        UNION SELECT NEW.order_key, 'tag', value, NEW.created_at FROM json_each(NEW.tags);
    END""",
    """CREATE TRIGGER orders_marked_anew AFTER UPDATE ON orders
    WHEN OLD.holds <> NEW.holds OR OLD.tags <> NEW.tags OR (OLD.ended_at IS NULL) <> (NEW.ended_at IS NULL) BEGIN
        DELETE FROM order_marks WHERE order_key = OLD.order_key;
        INSERT INTO order_marks (order_key, kind, mark, created_at)
        SELECT NEW.order_key, 'hold', value, NEW.created_at FROM json_each(NEW.holds) WHERE NEW.ended_at IS NULL
        UNION SELECT NEW.order_key, 'tag', value, NEW.created_at FROM json_each(NEW.tags);
    END""",
    """CREATE TRIGGER orders_unmarked AFTER DELETE ON orders BEGIN
        DELETE FROM order_marks WHERE order_key = OLD.order_key;
    END""",
)
_POSTGRESQL: Final = (
    """INSERT INTO order_marks (order_key, kind, mark, created_at)
    SELECT order_key, 'hold', value, created_at FROM orders, json_array_elements_text(holds) WHERE ended_at IS NULL
    UNION SELECT order_key, 'tag', value, created_at FROM orders, json_array_elements_text(tags)""",
    """CREATE FUNCTION mark_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN
            DELETE FROM order_marks WHERE order_key = OLD.order_key;
        END IF;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO order_marks (order_key, kind, mark, created_at)
            SELECT NEW.order_key, 'hold', value, NEW.created_at FROM json_array_elements_text(NEW.holds)
            WHERE NEW.ended_at IS NULL
            UNION SELECT NEW.order_key, 'tag', value, NEW.created_at FROM json_array_elements_text(NEW.tags);
        END IF;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER orders_marked AFTER INSERT ON orders FOR EACH ROW
    WHEN (NEW.holds::text <> '[]' OR NEW.tags::text <> '[]') EXECUTE FUNCTION mark_order()""",
    """CREATE TRIGGER orders_marked_anew AFTER UPDATE ON orders FOR EACH ROW
    WHEN (OLD.holds::text <> NEW.holds::text OR OLD.tags::text <> NEW.tags::text
        OR (OLD.ended_at IS NULL) <> (NEW.ended_at IS NULL)) EXECUTE FUNCTION mark_order()""",
    """CREATE TRIGGER orders_unmarked AFTER DELETE ON orders FOR EACH ROW EXECUTE FUNCTION mark_order()""",
)
TRIGGERS: Final = ("orders_marked", "orders_marked_anew", "orders_unmarked")


def making(*, sqlite: bool) -> Sequence[str]:
    """Return the statements that mark the orders there are, and every one that comes."""
    return _SQLITE if sqlite else _POSTGRESQL


def unmaking(*, sqlite: bool) -> Sequence[str]:
    """Return the statements that stop it."""
    if sqlite:
        return tuple(f"DROP TRIGGER {name}" for name in TRIGGERS)
    return (*(f"DROP TRIGGER {name} ON orders" for name in TRIGGERS), "DROP FUNCTION mark_order()")
