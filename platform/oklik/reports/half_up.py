"""Rounding as people and spreadsheets do it: a half goes away from zero; Python's own goes to the even neighbour."""

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float | Decimal, digits: int = 0) -> int:
    """Round to a whole number of the last wanted digit: half_up(2.5) is 3, half_up(1.25, 1) is 13 (tenths)."""
    return int((Decimal(str(value)) * 10**digits).quantize(Decimal(1), ROUND_HALF_UP))


def percent(part: int, whole: int) -> int:
    """A share in whole per cent; 0 of nothing."""
    return half_up(Decimal(part * 100) / whole) if whole else 0
