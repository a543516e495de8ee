"""Money is whole fen: exact both ways, shared without a remainder, and anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.money import fen_to_yuan, share, yuan_to_fen
from tests.unit.domain_orders import repeatable

FEN = st.integers(min_value=-(10**14) + 1, max_value=10**14 - 1)


@repeatable(100)
@given(fen=FEN)
def test_an_amount_written_and_read_is_the_same_amount(fen: int) -> None:
    """Both ways, below zero too, without passing through float."""
    text = fen_to_yuan(fen)

    read = yuan_to_fen(text)

    assert read == fen
    assert type(read) is int


@repeatable(100)
@given(yuan=st.integers(0, 10**12 - 1), zeros=st.sampled_from(["", ".0", ".00", ".000", ".0000"]))
def test_platforms_may_write_as_many_zeros_as_they_like(yuan: int, zeros: str) -> None:
    """A Woo shop writes "188", "188.0" or "188.0000" by its settings."""
    assert yuan_to_fen(f" {yuan}{zeros} ") == yuan * 100


@pytest.mark.parametrize(
    ("text", "fen"), [("0.01", 1), ("0.1", 10), ("-0.00", 0), ("-0.01", -1), ("90071992547409.93", None)]
)
def test_what_float_would_get_wrong_is_exact(text: str, fen: int | None) -> None:
    """A hundredth is a fen; more digits than any order has are refused rather than rounded."""
    if fen is None:
        with pytest.raises(ValueError, match="not an amount"):
            yuan_to_fen(text)
    else:
        assert yuan_to_fen(text) == fen


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ".5", "5.", "1,000.00", "1e3", "+5", "--5", "¥5", "5 yuan", "nan", "inf", "0x10", "1_000",
        "1.2.3", "1.00001", "1.00000", "1234567890123", "１８８", "١٢", "5\n6",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    """Also digits of other scripts: no platform writes them, so they mean something went wrong."""
    with pytest.raises(ValueError, match="is not an amount in yuan"):
        yuan_to_fen(text)


@pytest.mark.parametrize("text", ["0.001", "188.0001", "-1.005"])
def test_an_amount_finer_than_a_fen_is_refused(text: str) -> None:
    """Nothing is rounded behind anybody's back."""
    with pytest.raises(ValueError, match="finer than a fen"):
        yuan_to_fen(text)


@repeatable(100)
@given(total=st.integers(-(10**9), 10**9), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_shares_add_up_and_are_fair(total: int, weights: list[int]) -> None:
    """Not a fen is lost or invented, and nobody is further than a fen from his exact part."""
    parts = share(total, weights)

    scale = weights if any(weights) else [1] * len(weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    assert all(type(part) is int for part in parts)
    assert all(
        abs(part * sum(scale) - total * weight) < sum(scale)
        for part, weight in zip(parts, scale, strict=True)
    )


@repeatable(100)
@given(total=st.integers(0, 10**9), weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_a_share_of_something_is_never_negative(total: int, weights: list[int]) -> None:
    """And who weighs nothing beside others gets nothing."""
    parts = share(total, weights)

    assert min(parts) >= 0
    assert not any(weights) or all(
        part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0
    )


def test_shares_without_weights_are_none_and_negative_weights_are_refused() -> None:
    """No line, no share; a negative weight is a fault of ours."""
    assert share(100, []) == []
    with pytest.raises(ValueError, match="negative"):
        share(100, [1, -1])
