"""Who may do what: the one table of roles and scopes.

A scope is what a view asks for, whether it is a page or an address of the API (`tokens.Scope`).  An admin may do
everything; for every scope a line here says who else may.  A test fails for a scope that has no line.
"""

from collections.abc import Mapping
from enum import StrEnum

from oklik.campaigns.tokens import Scope


class Role(StrEnum):
    """What somebody is; what it is called in words stands with the texts of the pages."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    MARKETER = "marketer"
    AGENT = "agent"


_ADMIN: frozenset[Role] = frozenset({Role.ADMIN})
_HEADS = _ADMIN | {Role.SUPERVISOR}
_OFFICE = _HEADS | {Role.MARKETER}
_ALL = frozenset(Role)

MATRIX: Mapping[Scope, frozenset[Role]] = {
    Scope.CAMPAIGNS_READ: _OFFICE,
    Scope.CAMPAIGNS_WRITE: _OFFICE,
    Scope.STOP_LIST_READ: _ALL,
    Scope.STOP_LIST_WRITE: _OFFICE,
    Scope.CONSENTS_READ: _OFFICE,
    Scope.CONSENTS_WRITE: _OFFICE,
    Scope.PROOF_READ: _HEADS,
    Scope.WHY_READ: _OFFICE,
    Scope.PLAN_READ: _OFFICE,
    Scope.PREFLIGHT_READ: _OFFICE,
    Scope.PREFLIGHT_WRITE: _OFFICE,
    Scope.PEOPLE_WRITE: _OFFICE,
    Scope.PROMISES_READ: _ALL,
    Scope.PROMISES_WRITE: _ALL,
    Scope.JOURNAL_READ: _ALL,
    Scope.TRUNKS_READ: _HEADS,
    Scope.TRUNKS_WRITE: _ADMIN,
    Scope.MACHINES_READ: _OFFICE,
    Scope.MACHINES_WRITE: _HEADS,
    Scope.NUMBERING_READ: _OFFICE,
    Scope.RECORDINGS_READ: _HEADS,
    Scope.CALLS_READ: _ALL,
    Scope.CALLS_WRITE: _ALL,
    Scope.SCENARIOS_READ: _OFFICE,
    Scope.SCENARIOS_WRITE: _OFFICE,
    Scope.SCENARIOS_PUBLISH: _OFFICE,
    Scope.PROMPTS_READ: _OFFICE,
    Scope.PROMPTS_WRITE: _OFFICE,
    Scope.USERS_READ: _HEADS,
    Scope.USERS_WRITE: _ADMIN,
    Scope.TOKENS_READ: _ADMIN,
    Scope.TOKENS_WRITE: _ADMIN,
    Scope.AUDIT_READ: _HEADS,
    Scope.LISTS_READ: _OFFICE,
    Scope.LISTS_WRITE: _OFFICE,
    Scope.RESULTS_READ: _OFFICE,
    Scope.PRESETS_READ: _OFFICE,
    Scope.PRESETS_WRITE: _HEADS,
    Scope.DICTIONARY_READ: _OFFICE,
    Scope.DICTIONARY_WRITE: _OFFICE,
    Scope.PROJECTS_READ: _OFFICE,
    Scope.PROJECTS_WRITE: _HEADS,
    Scope.PHONES_READ: _OFFICE,
    Scope.PHONES_WRITE: _OFFICE,
    Scope.PHONES_CONFIRM: _ADMIN,
    Scope.HOLIDAYS_READ: _OFFICE,
    Scope.HOLIDAYS_WRITE: _HEADS,
    Scope.OUTCOMES_READ: _OFFICE,
    Scope.OUTCOMES_WRITE: _HEADS,
    Scope.PROFILE_READ: _ALL,
    Scope.PROFILE_WRITE: _ALL,
}


def may(role: Role | str, scope: Scope) -> bool:
    """Tell whether that role has that scope; a scope without a line is the admin's."""
    return role in MATRIX.get(scope, _ADMIN)


def scopes_of(role: Role | str) -> frozenset[Scope]:
    """Give everything that a role may do."""
    return frozenset(scope for scope in Scope if may(role, scope))
