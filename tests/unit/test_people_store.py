"""Accounts, sessions, attempts and acts, on SQLite and PostgreSQL."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from oms.domain.roles import Role
from oms.people import change_role, disable, enable
from oms.store import Store
from oms.store.people import Account
from oms.store.web_sessions import Lasting

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LASTING = Lasting(idle=HOUR, longest=12 * HOUR)
BY = (NOON, "wang", "leads the shift")


def an_account(name: str = "Li", role: Role = Role.SERVICE, **more: object) -> Account:
    return Account.model_validate(
        {"name": name, "role": role, "created_at": NOON, "created_by": "a test", **more}
    )


def test_a_name_is_one_person_whatever_its_case_and_width(store: Store) -> None:
    """`Li`, `LI` and the full-width form are the same; a second one is refused."""
    added = store.people.add(an_account("Li", email="li@example.com"))
    again = [store.people.add(an_account(name)) for name in ("li", "ＬＩ", " LI ")]
    same_mail = store.people.add(an_account("Zhao", email="li@example.com"))

    assert (added, again, same_mail) == (True, [False, False, False], False)
    assert [one.name for one in store.people.all()] == ["Li"]
    found = store.people.get("LI")
    assert found is not None
    assert found.role is Role.SERVICE


def test_the_identity_provider_s_subject_is_bound_once(store: Store) -> None:
    """By e-mail the first time; another subject does not take the account over."""
    store.people.add(an_account(email="li@example.com"))

    bound = store.people.bind("Li", "https://id 7")
    stolen = store.people.bind("Li", "https://id 8")

    assert (bound, stolen) == (True, False)
    found = store.people.by_subject("https://id 7")
    assert found is not None
    assert found == store.people.by_email("LI@example.com")
    assert store.people.by_subject("https://id 8") is None


@pytest.mark.parametrize(
    ("seen", "asked", "lasts"),
    [
        ([], 59 * MINUTE, True),
        ([], HOUR, False),
        ([50 * MINUTE], 105 * MINUTE, True),
        ([n * 50 * MINUTE for n in range(1, 15)], 12 * HOUR - MINUTE, True),
        ([n * 50 * MINUTE for n in range(1, 15)], 12 * HOUR, False),
    ],
)
def test_a_session_ends_when_nobody_comes_and_in_any_case_after_a_while(
    store: Store, seen: list[timedelta], asked: timedelta, lasts: object
) -> None:
    """An idle hour, or twelve hours however busy."""
    store.people.add(an_account())
    token = store.web_sessions.begin("li", NOON)
    for moment in seen:
        store.web_sessions.person(token, NOON + moment, LASTING)

    person = store.web_sessions.person(token, NOON + asked, LASTING)

    assert (person is not None) is lasts
    assert store.web_sessions.sweep(NOON + asked, LASTING) == (0 if lasts else 1)


def test_a_page_that_refreshes_itself_keeps_no_session_alive(store: Store) -> None:
    """It is told who is signed in, until nobody has worked for an hour."""
    store.people.add(an_account())
    token = store.web_sessions.begin("li", NOON)

    seen = [store.web_sessions.person(token, NOON + n * MINUTE, LASTING, renew=False) for n in (30, 59, 60)]

    assert [one is not None for one in seen] == [True, True, False]


def test_a_token_stands_nowhere_in_the_database(store: Store) -> None:
    """Only its digest: who reads the table cannot sign in with it."""
    store.people.add(an_account())
    token = store.web_sessions.begin("li", NOON)

    with store.database.read() as connection:
        row = connection.exec_driver_sql("SELECT * FROM web_sessions").one()

    assert token not in str(row)
    assert store.web_sessions.person(str(row[0]), NOON, LASTING) is None


def test_whoever_is_disabled_is_out_at_once_and_stays_out(store: Store) -> None:
    """Their sessions end; who did it, and why, is noted; they may be let in again."""
    store.people.add(an_account())
    token = store.web_sessions.begin("li", NOON)

    done = [disable(store, BY, "li"), disable(store, BY, "li")]
    inside = store.web_sessions.person(token, NOON, LASTING)
    back = [enable(store, BY, "LI"), enable(store, BY, "li")]

    assert (done, inside, back) == ([True, False], None, [True, False])
    assert [(act.who, act.what, act.why) for act in store.acts.of("Li")] == [
        ("wang", "person.enabled", "leads the shift"),
        ("wang", "person.disabled", "leads the shift"),
    ]


def test_another_role_holds_from_the_next_click_on(store: Store) -> None:
    """The session goes on and is of the new role."""
    store.people.add(an_account())
    token = store.web_sessions.begin("li", NOON)

    change_role(store, BY, "li", Role.VIEWER)

    person = store.web_sessions.person(token, NOON, LASTING)
    assert person is not None
    assert person.role is Role.VIEWER
    assert store.acts.newest()[0].what == "role.service_to_viewer"


def test_the_last_administrator_stays_one(store: Store) -> None:
    """Neither disabled nor of another role, until there is a second."""
    store.people.add(an_account("wang", Role.ADMIN))
    alone = (disable(store, BY, "wang"), change_role(store, BY, "wang", Role.VIEWER))

    store.people.add(an_account("zhao", Role.ADMIN))

    assert alone == (False, False)
    assert change_role(store, BY, "wang", Role.VIEWER)


def test_signing_out_everywhere_may_leave_this_browser(store: Store) -> None:
    """As after a new password."""
    store.people.add(an_account())
    here, there = (store.web_sessions.begin("li", NOON) for _ in range(2))

    ended = store.web_sessions.end_all("li", but=here)

    assert ended == 1
    assert store.web_sessions.person(there, NOON, LASTING) is None
    assert store.web_sessions.person(here, NOON, LASTING) is not None


def test_attempts_are_counted_within_their_window(store: Store) -> None:
    """The window begins with the first; afterwards, and after a success, they count from one."""
    window = 15 * MINUTE

    first = [store.attempts.tried("li|a", NOON + n * MINUTE, window) for n in (0, 5, 14)]
    other = store.attempts.tried("li|b", NOON, window)
    after = store.attempts.tried("li|a", NOON + window, window)
    store.attempts.forget("li|a", NOON + window)

    assert (first, other, after) == ([1, 2, 3], 1, 1)
    assert store.attempts.tried("li|a", NOON + window, window) == 1


def test_attempts_at_the_same_time_are_all_counted(open_store: Callable[..., Store]) -> None:
    """From two processes: nobody gets a free try."""
    stores, counts = [open_store(), open_store()], []
    start = threading.Barrier(8)

    def trying(place: int) -> None:
        start.wait()
        counts.append(stores[place % 2].attempts.tried("li", NOON, HOUR))

    threads = [threading.Thread(target=trying, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counts) == list(range(1, 9))


def test_passwords_mail_and_subject_do_not_show(store: Store) -> None:
    """Not in a log that prints an account by accident."""
    account = an_account(password="$argon2id$x", email="li@example.com", subject="https://id 7")
    store.people.add(account)

    assert not any(
        hidden in repr(store.people.get("li")) for hidden in ("argon2", "example.com", "https://id")
    )
