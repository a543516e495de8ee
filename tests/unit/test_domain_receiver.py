"""The person a parcel goes to is never shown; masks hide what GB/T 41833-2022 says."""

import io
import pprint

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from rich.console import Console

from oms.domain.receiver import Receiver, mask_name, mask_phone
from tests.unit.domain_orders import repeatable

ZHANG = Receiver(
    name="张三丰", phone="13812345678", province="浙江省", city="杭州市", address="文三路478号5幢302室"
)


class Parcel(BaseModel):
    """Something that holds a receiver."""

    receiver: Receiver


def on_a_console(shown: object) -> str:
    """What rich prints, in tracebacks too."""
    console = Console(file=io.StringIO(), width=200)
    console.print(shown)
    return str(console.file.getvalue())  # type: ignore[attr-defined]  # a StringIO


@pytest.mark.parametrize("show", [repr, str, "{}".format, pprint.pformat, on_a_console])
@pytest.mark.parametrize("shown", [ZHANG, [ZHANG], {"to": ZHANG}, Parcel(receiver=ZHANG)])
def test_no_way_of_printing_shows_the_person(show: object, shown: object) -> None:
    """Alone, in a list, in another model; by hand, in a log, in a traceback."""
    text = show(shown)  # type: ignore[operator]  # one of the functions above

    assert "Receiver(***)" in text or "Receiver()" in text
    assert not [part for part in ("张", "138", "文三路", "杭州", "302") if part in text]


def test_a_refused_receiver_is_not_shown_either() -> None:
    """The error says which field is wrong, not what was in it."""
    with pytest.raises(ValidationError) as refusal:
        Receiver.model_validate({"name": "张三丰", "phone": 13812345678, "street": "文三路"})

    assert "phone" in str(refusal.value)
    assert not [part for part in ("张", "138", "文三路") if part in str(refusal.value)]


@repeatable(100)
@given(name=st.text(max_size=12))
def test_a_name_loses_at_least_one_character(name: str) -> None:
    """A name of one character is hidden whole; blanks around it do not count as hidden."""
    masked = mask_name(name)

    bare = name.strip()
    assert masked.endswith("*")
    assert masked.rstrip("*") in {bare[:1], ""} if len(bare) > 1 else masked == "*"


@repeatable(100)
@given(phone=st.text("0123456789+- ()转", max_size=24))
def test_a_phone_loses_at_least_six_digits(phone: str) -> None:
    """Three at the front and two at the back stay at most, however it is written."""
    masked = mask_phone(phone)

    digits = sum(mark.isdigit() for mark in phone)
    assert sum(mark.isdigit() for mark in masked) <= max(0, min(5, digits - 6))
    assert masked.count("*") >= 6


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138******78"),
        ("+8613812345678", "+86*********78"),
        ("0571-87654321", "057********21"),
        ("400-123-4567", "******"),
        ("12345", "******"),
        ("", "******"),
    ],
)
def test_phones_as_people_write_them(phone: str, masked: str) -> None:
    """A short number cannot lose six digits and still be told, so it is hidden whole."""
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("文三路478号5幢302室", "浙江省杭州市文三路***"),
        ("文三路学院里三幢二单元五零二室", "浙江省杭州市文三路学院里***"),
        ("学院里小区\n302室\n放门口", "浙江省杭州市学院里小区\n***"),
        ("文三路４７８号", "浙江省杭州市文三路***"),
        ("学院里小区东门口", "浙江省杭州市***"),
        ("", "浙江省杭州市***"),
    ],
)
def test_an_address_loses_house_unit_and_room(address: str, shown: str) -> None:
    """In figures, in words, over several lines; where we see no number, only the city is shown."""
    masked = ZHANG.model_copy(update={"address": address}).masked()

    assert masked == f"张** 138******78 {shown}"
