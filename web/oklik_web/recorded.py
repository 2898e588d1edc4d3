"""Recordings on this machine."""

from pathlib import Path

from oklik_web.running import running


def recorded_file(path: str) -> Path | None:
    """Where a recording lies, by its path in the database; None: not here, or outside of the recordings' folder."""
    if not (folder := running().settings.recordings):
        return None
    root = Path(folder).resolve()
    found = (root / path).resolve()
    return found if found.is_relative_to(root) and found.is_file() else None
