"""What can be chosen in the form of a campaign's settings (template presets/settings_form.html)."""

from typing import Any

from sqlalchemy import Connection

from oklik.campaigns.trunks import all_trunks


def choices(conn: Connection) -> dict[str, Any]:
    """Give the values that the template takes: lines with the numbers they show."""
    return {
        "lines": [
            {"name": one.name, "numbers": [f"+{number}" for number in one.caller_ids]} for one in all_trunks(conn)
        ]
    }
