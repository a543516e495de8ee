"""The subscribers file: who is told, what of, and what stops the start."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from oms.domain.ids import OrderKey
from oms.settings import Settings, WrongSetting
from oms.subscribers import read_subscribers
from tests.house_rules.tree import ROOT
from tests.unit.broadcast_events import KEY, a_subscriber
from tests.unit.command_line import configured

ERP: dict[str, Any] = {"name": "erp", "url": "https://erp.example.com/x", "secret": "OMS_ERP"}


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    """Write a subscribers file."""
    path = folder / "subscribers.yaml"
    path.write_text(yaml.safe_dump({"subscribers": list(rows)}), encoding="utf-8")
    return path


def test_a_secret_is_taken_from_the_variable_that_is_named(tmp_path: Path) -> None:
    """And is not shown by whoever prints the subscriber."""
    (erp,) = read_subscribers(written(tmp_path, ERP), {"OMS_ERP": KEY})

    assert [secret.get_secret_value() for secret in erp.secrets] == [KEY]
    assert KEY not in repr(erp)


@pytest.mark.parametrize(
    ("row", "environ", "words"),
    [
        (ERP, {}, "takes its secret from OMS_ERP, which is not set"),
        (ERP, {"OMS_ERP": "hush"}, "whsec_"),
        (ERP, {"OMS_ERP": "whsec_c2hvcnQ="}, "24 to 64 bytes"),
        ({**ERP, "secret": KEY}, {}, "no name of a variable"),
        ({"name": "erp", "url": "https://erp.example.com"}, {}, "needs a secret"),
        ({**ERP, "url": "nats://bus"}, {"OMS_ERP": KEY}, "does not fit the sink webhook"),
        ({**ERP, "url": "erp.example.com"}, {"OMS_ERP": KEY}, "url"),
        ({**ERP, "topic": "order.*"}, {"OMS_ERP": KEY}, "topic"),
        ({**ERP, "name": "e r p"}, {"OMS_ERP": KEY}, "name"),
    ],
)
def test_a_wrong_entry_stops_the_start_and_says_which(
    tmp_path: Path, row: dict[str, Any], environ: dict[str, str], words: str
) -> None:
    """Named, never showing a secret."""
    with pytest.raises(WrongSetting) as error:
        read_subscribers(written(tmp_path, row), environ)

    assert words in str(error.value)
    assert "subscribers.yaml: subscriber" in str(error.value)
    assert KEY not in str(error.value)


def test_a_subscriber_listed_twice_stops_the_start(tmp_path: Path) -> None:
    """Two relays would share one cursor."""
    with pytest.raises(WrongSetting, match="listed twice"):
        read_subscribers(written(tmp_path, ERP, ERP), {"OMS_ERP": KEY})


def test_the_settings_read_the_file_that_is_named_and_none_when_none_is(tmp_path: Path) -> None:
    """Nobody is told unless somebody is named."""
    path = written(tmp_path, ERP)

    with_some = Settings.from_environ(configured(tmp_path / "a", OMS_SUBSCRIBERS_FILE=str(path), OMS_ERP=KEY))
    without = Settings.from_environ(configured(tmp_path / "b"))

    assert [one.name for one in with_some.subscribers] == ["erp"]
    assert without.subscribers == ()


def test_the_example_file_is_one_that_works() -> None:
    """With the variables it names."""
    names = ("OMS_SUBSCRIBER_ERP_SECRET", "OMS_SUBSCRIBER_FINANCE_SECRET", "OMS_SUBSCRIBER_BUS_TOKEN")

    found = read_subscribers(ROOT / "subscribers.example.yaml", dict.fromkeys(names, KEY))

    assert [(one.name, one.sink) for one in found] == [
        ("erp", "webhook"),
        ("finance", "webhook"),
        ("bus", "nats"),
    ]


@pytest.mark.parametrize(
    ("changes", "topic", "order", "wanted"),
    [
        ({}, "order.shipped", "jd:pop:1", True),
        ({}, "parcel.signed", "jd:pop:1", True),
        ({}, "sla.late", "jd:pop:1", False),
        ({"topics": ("order.shipped",)}, "order.paid", "jd:pop:1", False),
        ({"channels": ("jd",)}, "order.paid", "jd:pop:1", True),
        ({"channels": ("jd",)}, "order.paid", "pdd:mall:1", False),
        ({"shops": ("pop",)}, "order.paid", "jd:pop:1", True),
        ({"shops": ("jd:pop",)}, "order.paid", "jd:pop:1", True),
        ({"shops": ("jd:other",)}, "order.paid", "jd:pop:1", False),
    ],
)
def test_a_subscriber_hears_what_it_asked_for(
    changes: dict[str, Any], topic: str, order: str, *, wanted: bool
) -> None:
    """By topic, channel and shop."""
    assert a_subscriber(**changes).wants(topic, OrderKey.parse(order)) is wanted
