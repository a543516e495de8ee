"""The register's rows: ends, who set them, who was told, how calls went."""

from datetime import UTC, datetime, timedelta

import pytest

from oms.domain.calls import CallMade, CallResult
from oms.domain.expiries import Reminded
from oms.learning import Learning, noting
from oms.store import Store
from oms.store.interfaces import THE_WIRE, NewExpiry

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
IN_MARCH = datetime(2027, 3, 1, tzinfo=UTC)
KEY = "interface:woocommerce/orders"


def a_call(at: datetime = NOW, result: CallResult = CallResult.OK, **changes: object) -> CallMade:
    """A call to the own shop's list of orders."""
    given = {"system": "woocommerce", "interface": "orders", "version": "wc/v3", "duration_ms": 80}
    return CallMade.model_validate({**given, "at": at, "result": result, **changes})


def sunset(day: str) -> tuple[tuple[str, str], ...]:
    """Marks of an answer that names its end."""
    return (("sunset", f"{day} 00:00:00 GMT"),)


def a_persons(at: datetime | None) -> NewExpiry:
    """An end that a person set."""
    return NewExpiry(key=KEY, at=at, source="a letter", by="wang", why="read it")


def test_nothing_is_known_of_what_nobody_spoke_of(store: Store) -> None:
    """A row is not needed to ask."""
    known = store.interfaces.get(KEY)

    assert (known.key, known.expires_at, known.alerted) == (KEY, None, False)
    assert store.interfaces.all() == {}


def test_a_persons_date_takes_the_place_of_the_one_before(store: Store) -> None:
    """Earlier or later, and never; each stays in the log with who said it and why."""
    for at in (IN_MARCH, IN_MARCH + timedelta(days=90), None):
        store.interfaces.expires(a_persons(at))

    assert store.interfaces.get(KEY).expires_at is None
    assert [(each.actor, each.what, each.why) for each in store.interfaces.log(KEY)] == [
        ("wang", "ends 2027-03-01 00:00 UTC", "read it"),
        ("wang", "ends 2027-05-30 00:00 UTC", "read it"),
        ("wang", "does not end", "read it"),
    ]


@pytest.mark.parametrize(
    ("known", "heard", "kept", "by"),
    [
        (None, "Mon, 01 Feb 2027", datetime(2027, 2, 1, tzinfo=UTC), ""),
        (IN_MARCH, "Mon, 01 Feb 2027", datetime(2027, 2, 1, tzinfo=UTC), ""),
        (IN_MARCH, "Mon, 01 Mar 2027", IN_MARCH, "wang"),
        (IN_MARCH, "Tue, 01 Jun 2027", IN_MARCH, "wang"),
    ],
)
def test_the_wire_goes_before_a_person_only_when_it_is_earlier(
    store: Store, known: datetime | None, heard: str, kept: datetime, by: str
) -> None:
    """An earlier end is believed whoever set the other; as late a one or a later one changes nothing."""
    if known is not None:
        store.interfaces.expires(a_persons(known))

    new = Learning(store.interfaces).learn(a_call(marks=sunset(heard)))

    row = store.interfaces.get(KEY)
    assert (row.expires_at, row.set_by) == (kept, by)
    assert new is (by == "")


def test_what_was_learnt_names_its_source_and_version(store: Store) -> None:
    """The end of a version is no end of the others; who learnt it stands in the log. Said again, it is no news."""
    learning = Learning(store.interfaces)

    first = learning.learn(a_call(marks=sunset("Mon, 01 Feb 2027")))
    again = learning.learn(a_call(marks=sunset("Mon, 01 Feb 2027")))

    row = store.interfaces.get(KEY)
    assert (first, again) == (True, False)
    assert (row.expiry_source, row.expiry_version) == ("header Sunset", "wc/v3")
    assert [(each.actor, each.what) for each in store.interfaces.log(KEY)] == [
        (THE_WIRE, "version wc/v3 ends 2027-02-01 00:00 UTC")
    ]


def test_a_deprecation_is_noted_and_ends_nothing(store: Store) -> None:
    """It stands beside the end."""
    Learning(store.interfaces).learn(a_call(marks=(("deprecation", "@1798761600"),)))

    row = store.interfaces.get(KEY)
    assert (row.deprecated_at, row.expires_at) == (datetime(2027, 1, 1, tzinfo=UTC), None)


def test_calls_leave_their_last_success_and_their_last_failure(store: Store) -> None:
    """A refusal of business is a success of the interface; the order in which calls are told does not matter."""
    later = NOW + timedelta(minutes=5)
    calls = [
        a_call(later, CallResult.REFUSED),
        a_call(NOW),
        a_call(later, CallResult.RETIRED, interface="orders/:id"),
        a_call(NOW, CallResult.RATE_LIMITED, interface="orders/:id"),
    ]

    noting(store)(calls)

    rows = store.interfaces.all()
    one = rows["interface:woocommerce/orders/:id"]
    assert (rows[KEY].last_ok_at, rows[KEY].last_failure_at) == (later, None)
    assert (one.last_ok_at, one.last_failure_at, one.last_failure) == (None, later, "retired")


def test_marks_that_every_call_repeats_are_learnt_once(store: Store) -> None:
    """A batch of calls that all name the end is one line in the log."""
    calls = [a_call(marks=sunset("Mon, 01 Feb 2027"))]

    noting(store)(calls * 3)

    assert store.interfaces.get(KEY).expires_at == datetime(2027, 2, 1, tzinfo=UTC)
    assert len(store.interfaces.log(KEY)) == 1


def test_reminders_acknowledgements_and_quiet_are_remembered(store: Store) -> None:
    """What people were told survives; when the condition is over it counts no more."""
    store.interfaces.reminded(KEY, IN_MARCH, 15)
    store.interfaces.acknowledge(KEY, Reminded(of=IN_MARCH, step=15, acknowledged=15), "li", "on it")
    told = store.interfaces.get(KEY)

    store.interfaces.quiet(KEY)

    assert told.reminded == Reminded(of=IN_MARCH, step=15, acknowledged=15)
    assert (told.alerted, told.acknowledged_by) == (True, "li")
    assert store.interfaces.get(KEY).reminded == Reminded()
    assert not store.interfaces.get(KEY).alerted


def test_a_changed_shape_is_noted(store: Store) -> None:
    """With what has changed, in the log."""
    store.interfaces.shape_changed(KEY, NOW, "total: text, was number")

    assert store.interfaces.get(KEY).shape_changed_at == NOW
    assert store.interfaces.log(KEY)[0].why == "total: text, was number"
