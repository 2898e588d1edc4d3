"""A mutant: whatever the database says no to is refused for good, and its results are thrown away."""

from oklik.worker import dialer, writer


def never(_error: Exception) -> bool:
    """It is never away."""
    return False


writer.away = never
dialer.away = lambda _error: True  # else it would end at once and leave nothing to look at
