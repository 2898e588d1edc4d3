"""The tables, a module a topic.  One definition; Alembic's migrations are proved equal to it by a test.

Times are UTC and are campaign time (the injected clock), never SQL now(); money is text or numeric, phones are
E.164.  A row of a table that a later room brings (users, inbound routes) comes with that room's migration.
"""

from oklik.store.schema.base import Base
from oklik.store.schema.calls import Answer, Attempt, CallRow, Outbox, Recording, StepRow, Verdict
from oklik.store.schema.campaigns import Campaign, Command, Target
from oklik.store.schema.lines import AgentGroup, CallerId, Membership, NodeLease, Trunk
from oklik.store.schema.people import (
    Consent,
    Contact,
    ContactChange,
    ContactList,
    Person,
    PersonPhone,
    Project,
    RejectedRow,
    Suppression,
)
from oklik.store.schema.scenarios import Scenario, ScenarioVersion

__all__ = [
    "AgentGroup",
    "Answer",
    "Attempt",
    "Base",
    "CallRow",
    "CallerId",
    "Campaign",
    "Command",
    "Consent",
    "Contact",
    "ContactChange",
    "ContactList",
    "Membership",
    "NodeLease",
    "Outbox",
    "Person",
    "PersonPhone",
    "Project",
    "Recording",
    "RejectedRow",
    "Scenario",
    "ScenarioVersion",
    "StepRow",
    "Suppression",
    "Target",
    "Trunk",
    "Verdict",
]
