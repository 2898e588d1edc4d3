"""What is wrong with a campaign's settings, as a Problem that names the field."""

from oklik.campaigns.run_settings import SettingsRefused
from oklik.scenario.faults import sentence
from oklik_web.problems import Problem


def settings_problem(error: SettingsRefused, field: str) -> Problem:
    """Give the Problem of settings that stand in this field."""
    first = error.faults[0]
    text = sentence(first.error)
    named = {code: f"{first.field}: {told}" for code, told in text.items()}
    return Problem(422, named, field=f"{field}.{first.field}")
