"""Money is whole fen; it never passes through float."""

import re

YUAN = re.compile(r"^(?P<sign>-?)(?P<yuan>\d{1,12})(?:\.(?P<fen>\d{1,4}))?$", re.ASCII)


def yuan_to_fen(text: str) -> int:
    """Read an amount in yuan as platforms write it ("188", "188.0", "188.00") as fen.

    Raises ValueError for anything else, also for an amount finer than a fen.
    """
    match = YUAN.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an amount in yuan")
    decimals = (match["fen"] or "").rstrip("0")
    if len(decimals) > 2:  # noqa: PLR2004 - a yuan has a hundred fen
        raise ValueError(f"{text!r} is finer than a fen")
    fen = int(match["yuan"]) * 100 + int(decimals.ljust(2, "0"))
    return -fen if match["sign"] else fen


def fen_to_yuan(fen: int) -> str:
    """Write fen as yuan with two decimals: 18800 is "188.00"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def share(total_fen: int, weights: list[int]) -> list[int]:
    """Split an amount by weights so that the parts add up to the total, the largest remainders first.

    Equal parts when all weights are 0; an empty list for no weights. Weights must not be negative.
    """
    if not weights:
        return []
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight must not be negative")
    scale = weights if any(weights) else [1] * len(weights)
    whole = sum(scale)
    parts = [total_fen * weight // whole for weight in scale]
    remainders = [(-(total_fen * weight % whole), index) for index, weight in enumerate(scale)]
    for _, index in sorted(remainders)[: total_fen - sum(parts)]:
        parts[index] += 1
    return parts
