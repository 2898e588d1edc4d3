"""The one list of node kinds.  Engine, checker, editor palette, reference and tests are all drawn from it."""

from typing import Annotated, get_args

from pydantic import Field

from oklik.scenario.errors import Sentence
from oklik.scenario.kinds.ask import AskNode
from oklik.scenario.kinds.base import NodeBase
from oklik.scenario.kinds.branch import BranchNode
from oklik.scenario.kinds.call_later import CallLaterNode
from oklik.scenario.kinds.hangup import HangupNode
from oklik.scenario.kinds.hook import HookNode
from oklik.scenario.kinds.hours import HoursNode
from oklik.scenario.kinds.identify import IdentifyNode
from oklik.scenario.kinds.language import LanguageNode
from oklik.scenario.kinds.mark import MarkNode
from oklik.scenario.kinds.menu import MenuNode
from oklik.scenario.kinds.opt_out import OptOutNode
from oklik.scenario.kinds.play import PlayNode
from oklik.scenario.kinds.promise import PromiseNode
from oklik.scenario.kinds.rate import RateNode
from oklik.scenario.kinds.record import RecordNode
from oklik.scenario.kinds.request import RequestNode
from oklik.scenario.kinds.returning import ReturnNode
from oklik.scenario.kinds.set import SetNode
from oklik.scenario.kinds.split import SplitNode
from oklik.scenario.kinds.subscenario import SubscenarioNode
from oklik.scenario.kinds.transfer import TransferNode

# In the order of the editor's palette.
Node = Annotated[
    PlayNode
    | IdentifyNode
    | MenuNode
    | RateNode
    | AskNode
    | RecordNode
    | PromiseNode
    | LanguageNode
    | BranchNode
    | HoursNode
    | SplitNode
    | SetNode
    | MarkNode
    | RequestNode
    | HookNode
    | TransferNode
    | CallLaterNode
    | OptOutNode
    | SubscenarioNode
    | ReturnNode
    | HangupNode,
    Field(discriminator="kind"),
]

KINDS: dict[str, type[NodeBase]] = {kind.example["kind"]: kind for kind in get_args(get_args(Node)[0])}

# The parts of the editor's palette, in their order.
GROUPS: dict[str, Sentence] = {
    "talk": {"ru": "Разговор", "en": "Conversation"},
    "way": {"ru": "Ход звонка", "en": "Course of the call"},
    "beyond": {"ru": "Другие системы", "en": "Other systems"},
    "people": {"ru": "Операторы и просьбы", "en": "Agents and wishes"},
    "end": {"ru": "Связи и конец", "en": "Links and ends"},
}
