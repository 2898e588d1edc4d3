"""Where one can go: the sections at the top, and those of the settings.

A section is shown when its page is there and the person's role may use it.
"""

from typing import NamedTuple

from flask import current_app, request

from oklik.campaigns.permissions import may
from oklik.campaigns.tokens import Scope
from oklik_web import access, door


class Section(NamedTuple):
    """A place to go.  text: key of its name; endpoint: of its first page; icon: Tabler's name."""

    text: str
    endpoint: str
    icon: str

    @property
    def current(self) -> bool:
        """Whether the page that is shown belongs to it."""
        own = self.endpoint.partition(".")[0]
        return request.blueprint == own or (request.blueprint or "").startswith(f"{own}_")


SECTIONS = (
    Section("shell.home_title", "pages_home.index", "home"),
    Section("shell.campaigns", "pages_campaigns.index", "phone-outgoing"),
    Section("shell.scenarios", "pages_scenarios.index", "sitemap"),
    Section("shell.lists", "pages_lists.index", "address-book"),
    Section("shell.prompts", "pages_prompts.index", "volume"),
)
SETTINGS = (
    Section("settings.trunks", "pages_trunks.index", "plug-connected"),
    Section("settings.nodes", "pages_nodes.index", "server"),
    Section("settings.presets", "pages_presets.index", "adjustments"),
    Section("settings.dictionary", "pages_dictionary.index", "abc"),
    Section("settings.phones", "pages_phones.index", "phone"),
    Section("settings.outcomes", "pages_outcomes.index", "tags"),
    Section("settings.holidays", "pages_holidays.index", "calendar"),
    Section("settings.projects", "pages_projects.index", "folder"),
    Section("settings.users", "pages_users.index", "users"),
    Section("settings.tokens", "pages_tokens.index", "key"),
    Section("settings.audit", "pages_audit.index", "history"),
)


def sections() -> list[Section]:
    """Give those at the top."""
    return [one for one in SECTIONS if _open(one)]


def settings_sections() -> list[Section]:
    """Give those of the settings."""
    return [one for one in SETTINGS if _open(one)]


def _open(section: Section) -> bool:
    user = door.known()
    if user is None or section.endpoint not in current_app.view_functions:
        return False
    rule = access.rule_of(current_app, section.endpoint)
    return rule in {access.OPEN, access.SIGNED_IN} or may(user.role, Scope(rule))
