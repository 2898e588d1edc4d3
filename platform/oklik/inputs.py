"""What `oklik run` is given, read and checked whole before anything is begun: scenario, list, people, voice, switch.

Whatever can be found wrong here stops the command with one line, and neither a database nor a campaign nor a process
is left behind.  The options themselves were checked before (options).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from oklik.campaigns.campaign_drafts import VIRTUAL_AGENTS
from oklik.campaigns.handovers import groups_of
from oklik.campaigns.launch import LaunchRefused, check_messages, check_return
from oklik.campaigns.lists.reading import Contact, Rejected, open_list
from oklik.clock import SystemClock
from oklik.config import Settings
from oklik.dialing.campaign_hours import plain
from oklik.dialing.gate import Policy
from oklik.dialing.law.in_force import rules_of
from oklik.dialing.numbering import NO_PLAN, NumberingPlan
from oklik.dialing.rejections import sentence as rejection
from oklik.dialing.sentences import outside_hours, sentence
from oklik.dialing.windows import WindowBook
from oklik.dialing.zones import where
from oklik.failures import BadInput
from oklik.messages import LANGUAGES, both
from oklik.options import RunOptions
from oklik.scenario.check import check
from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.document import Scenario
from oklik.scenario.kinds.transfer import TransferNode
from oklik.scenario_commands import located, read_marked
from oklik.speech.voices import Voice
from oklik.supplies import joined, missing
from oklik.telephony.port import Probed
from oklik.wiring import pick_voice, reach, registered_plan

LEGS_OF_A_TRANSFER = 2  # the person's and the agent's


@dataclass(frozen=True)
class Inputs:
    """Sound inputs.

    virtual: nobody real is called; guarded: the switch has the guard's script; agent_groups: dial strings by name, all
    that are needed.
    """

    scenario: Scenario
    voice: Voice
    virtual: bool
    agent_groups: Mapping[str, tuple[str, ...]]
    back: Scenario | None = None  # for those who call back
    guarded: bool = True


def read_inputs(settings: Settings, options: RunOptions) -> Inputs:
    """Read and check.  Raises BadInput, ListError, LaunchRefused, VoicesError, DictionaryError, NoVoice."""
    scenario = _scenario(options.scenario)
    _check_supplies(settings, options.scenario, scenario)
    back = _return_scenario(settings, options, scenario)
    _check_groups(options, [scenario, *([back] if back else [])])
    if options.as_messages:
        check_messages(str(scenario.purpose))
    policy = policy_of(settings, options, scenario)
    if told := _check_list(options, scenario, policy, NO_PLAN):
        # Where the register tells where people are, more may be called.  It is asked now only: that takes its time.
        packed = registered_plan(settings)
        if packed is None or _check_list(options, scenario, policy, NumberingPlan.unpack(packed)):
            raise told
    if back is not None:
        _check_columns(options, back)
    _check_population(options)
    # The switch last but one: all that can be known without it is known, and asking it takes time.
    records = options.record != "off" or scenario.records or bool(back and back.records)
    seen = Probed(virtual=True) if options.switch is None else reach(settings, options.switch, records=records)
    virtual = seen.virtual
    groups = agent_groups(options, scenario, virtual=virtual)
    if back is not None:
        groups |= agent_groups(options, back, virtual=virtual)
    return Inputs(scenario, pick_voice(settings, scenario, options.voices), virtual, groups, back, seen.guarded)


def _return_scenario(settings: Settings, options: RunOptions, scenario: Scenario) -> Scenario | None:
    if options.return_scenario is None:
        return None
    back = _scenario(options.return_scenario)
    _check_supplies(settings, options.return_scenario, back)
    try:
        check_return(scenario, back)
    except LaunchRefused as error:
        raise BadInput.worded(
            {code: f"{options.return_scenario}: {text}" for code, text in error.text.items()}
        ) from None
    return back


def _check_columns(options: RunOptions, scenario: Scenario) -> None:
    with open_list(options.contacts, sheet=options.sheet, phone_column=options.phone_column) as opened:
        try:
            match(scenario, opened.columns)
        except ColumnsMissing as error:
            told = {code: f"{options.return_scenario}: {text}" for code, text in error.text.items()}
            raise BadInput.worded(told) from None


def _scenario(file: Path) -> Scenario:
    scenario, marks = read_marked(file)
    errors = [issue for issue in check(scenario) if issue.severity == "error"]
    if errors:
        more = f" (+{len(errors) - 1})" if len(errors) > 1 else ""
        raise BadInput.worded({language: located(file, marks, errors[0], language) + more for language in LANGUAGES})
    rules = rules_of(scenario.purpose)
    if rules.human:
        told = {"purpose": str(rules.purpose)}
        raise BadInput.worded({code: f"{file}: purpose: {sentence('needs_human', told, code)}" for code in LANGUAGES})
    return scenario


def _check_supplies(settings: Settings, file: Path, scenario: Scenario) -> None:
    """Each call would fail at the same step."""
    if lacking := missing(scenario, settings):
        told = joined(lacking)
        raise BadInput.worded({code: f"{file}: {told[code]}" for code in LANGUAGES})


def _check_groups(options: RunOptions, scenarios: Sequence[Scenario]) -> None:
    """A group of a slightly other name would ring nobody, and nobody would know."""
    known = sorted({group for scenario in scenarios for group in groups_of(scenario)})
    for group in options.agents:
        if group not in known:
            key = "group_unknown" if known else "no_groups"
            raise BadInput(key, scenario=options.scenario, group=group, known=", ".join(known))


def policy_of(settings: Settings, options: RunOptions, scenario: Scenario) -> Policy:
    """Whom the window lets be called, and when."""
    policy = Policy(
        purpose=str(scenario.purpose),
        max_attempts=1,
        window=plain(options.window),
        zone=settings.zone,
    )
    if policy.window and not rules_of(policy.purpose).hours.meets(policy.window):
        window = policy.window
        raise BadInput.worded({code: f"--window: {outside_hours(policy.purpose, window, code)}" for code in LANGUAGES})
    return policy


def _check_list(options: RunOptions, scenario: Scenario, policy: Policy, numbering: NumberingPlan) -> BadInput | None:
    """The columns are there, and there is somebody to call; reads no further than the first who ever may be.

    Gives what is to be said when there are contacts, and none of them has an hour.  Raises BadInput for all else.
    """
    refused: list[Rejected] = []
    never_open = 0
    now, book = SystemClock().now(), WindowBook()
    with open_list(
        options.contacts, sheet=options.sheet, phone_column=options.phone_column, named=options.named
    ) as opened:
        try:
            match(scenario, opened.columns)
        except ColumnsMissing as error:
            raise BadInput.worded({code: f"{options.contacts}: {text}" for code, text in error.text.items()}) from None
        for row in opened.rows():
            if isinstance(row, Contact):
                zones = where(row.zone, row.phones[0], options.zone, numbering).zones
                if policy.ask(row.phones[0], zones, now, book)[0] is not None:
                    return None
                never_open += 1
            if isinstance(row, Rejected):
                refused.append(row)
    if never_open:
        return BadInput("never_open", path=options.contacts, n=never_open, zone=policy.zone)
    example: object = ""
    if refused:
        first = refused[0]
        reason = {code: rejection(first.code, first.detail, code) for code in LANGUAGES}
        example = both("such_as", row=first.number, reason=reason)
    raise BadInput("no_contacts", path=options.contacts, rejected=len(refused), example=example)


def _check_population(options: RunOptions) -> None:
    if options.population is None:
        return
    from oklik.telephony.virtual.population import PopulationError, load

    try:
        load(options.population)
    except PopulationError as error:
        raise BadInput("population", detail=error) from None


def agent_groups(options: RunOptions, scenario: Scenario, *, virtual: bool) -> dict[str, tuple[str, ...]]:
    """The groups as given; on the virtual switch those that nobody named get virtual agents.  Raises BadInput.

    Also when a transfer could never get the lines it takes.
    """
    groups = dict(options.agents)
    for name, node in scenario.nodes.items():
        if not isinstance(node, TransferNode):
            continue
        if options.channels < LEGS_OF_A_TRANSFER:
            raise BadInput("channels_for_agents", scenario=options.scenario, node=name, least=LEGS_OF_A_TRANSFER)
        if node.group is None or node.group in groups:
            continue
        if not virtual:
            raise BadInput("group_missing", scenario=options.scenario, node=name, group=node.group)
        groups[node.group] = VIRTUAL_AGENTS
    return groups
