"""The tables, a module a topic.  One definition; Alembic's migrations are proved equal to it by a test.

Times are UTC and are campaign time (the injected clock), never SQL now(); money is text or numeric, phones are
E.164.  A row of a table that a later room brings (inbound routes) comes with that room's migration.
"""

from oklik.store.schema.access import ApiToken, AuditEntry, IdempotencyKey
from oklik.store.schema.accounts import Installation, OneTimeCode, UserAccount, WebKey, WebSession
from oklik.store.schema.base import Base
from oklik.store.schema.calls import Answer, Attempt, CallRecording, CallRow, Outbox, Recording, StepRow, Verdict
from oklik.store.schema.campaigns import Campaign, Command, Target
from oklik.store.schema.editing import (
    GoldenRunRow,
    PromptRow,
    PromptSound,
    PromptVersion,
    ScenarioDraft,
    SimulationRow,
)
from oklik.store.schema.evidence import ConsentText, StopEvent
from oklik.store.schema.gateways import GatewayState, Pronunciation, TrunkGateway
from oklik.store.schema.history import OutsideContact, Promise
from oklik.store.schema.lines import (
    AgentGroup,
    Budget,
    CallerId,
    CampaignTrunk,
    Membership,
    NodeLease,
    NodeSign,
    Reservation,
    Trunk,
    TrunkHealth,
    TrunkLease,
    TrunkRoute,
)
from oklik.store.schema.list_work import ContactEdit, ContactWords, ListImport, ListUploadPart, Segment
from oklik.store.schema.naming import OutcomeName, OwnDayRow, WorkCalendar
from oklik.store.schema.numbering import NumberingFile, NumberingPlanRow, NumberingRange
from oklik.store.schema.orders import CallOrder, TesterPhone
from oklik.store.schema.people import (
    Consent,
    Contact,
    ContactChange,
    ContactList,
    Exclusion,
    Person,
    PersonPhone,
    Project,
    RejectedRow,
    Suppression,
)
from oklik.store.schema.preflights import PreflightRow
from oklik.store.schema.pulse import DialerState
from oklik.store.schema.results import CallResult, CallWay
from oklik.store.schema.runs import Preset, PresetVersion, ReportFile, ResultSpan, StandingCampaign, StandingList
from oklik.store.schema.scenarios import Scenario, ScenarioVersion
from oklik.store.schema.trunk_tests import TrunkTest

__all__ = [
    "AgentGroup",
    "Answer",
    "ApiToken",
    "Attempt",
    "AuditEntry",
    "Base",
    "Budget",
    "CallOrder",
    "CallRecording",
    "CallResult",
    "CallRow",
    "CallWay",
    "CallerId",
    "Campaign",
    "CampaignTrunk",
    "Command",
    "Consent",
    "ConsentText",
    "Contact",
    "ContactChange",
    "ContactEdit",
    "ContactList",
    "ContactWords",
    "DialerState",
    "Exclusion",
    "GatewayState",
    "GoldenRunRow",
    "IdempotencyKey",
    "Installation",
    "ListImport",
    "ListUploadPart",
    "Membership",
    "NodeLease",
    "NodeSign",
    "NumberingFile",
    "NumberingPlanRow",
    "NumberingRange",
    "OneTimeCode",
    "Outbox",
    "OutcomeName",
    "OutsideContact",
    "OwnDayRow",
    "Person",
    "PersonPhone",
    "PreflightRow",
    "Preset",
    "PresetVersion",
    "Project",
    "Promise",
    "PromptRow",
    "PromptSound",
    "PromptVersion",
    "Pronunciation",
    "Recording",
    "RejectedRow",
    "ReportFile",
    "Reservation",
    "ResultSpan",
    "Scenario",
    "ScenarioDraft",
    "ScenarioVersion",
    "Segment",
    "SimulationRow",
    "StandingCampaign",
    "StandingList",
    "StepRow",
    "StopEvent",
    "Suppression",
    "Target",
    "TesterPhone",
    "Trunk",
    "TrunkGateway",
    "TrunkHealth",
    "TrunkLease",
    "TrunkRoute",
    "TrunkTest",
    "UserAccount",
    "Verdict",
    "WebKey",
    "WebSession",
    "WorkCalendar",
]
