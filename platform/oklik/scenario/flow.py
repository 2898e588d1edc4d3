"""The words in which a running scenario speaks with its host: instructions out, events in, facts beside.

A host (the live call, the simulator, a test) hands events to the interpreter and carries out the one
instruction it gets back; facts are what happened, for the record.  Everything is a frozen value that
msgspec turns into JSON and back.  How a text is made into sound and how a digit reaches us is the host's affair.

gc=False on those that a call makes at every step: they hold texts and other such values and never themselves, so
Python need not look for circles among them.
"""

from enum import StrEnum

import msgspec


class Say(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One stretch of speech in one language.

    text: as it is to be heard: words, no markup and no digits left to chance.
    personal: holds a value of a column marked personal; only local speech engines may see it as a whole.
    composed: a number, amount, date or spelled digits: may be put together of single words rendered one by
        one, and then no engine sees whose number it is.
    words: composed of what only the call will tell (a number keyed in and read back), so it must be possible to put
        it together of single words in the call; before the call such a Say holds all words that can be needed.
    recording: the key of a recorded prompt that is to be preferred to speech synthesis.
    """

    text: str
    language: str
    personal: bool = False
    composed: bool = False
    words: bool = False
    recording: str | None = None


# -- instructions: what the interpreter asks of the host; exactly one is outstanding -------------------------


class Play(msgspec.Struct, frozen=True, kw_only=True, tag="play", gc=False):
    """Speak the parts to the end.  Answered by Played (or HungUp).  message: this is what the call is for."""

    node: str
    parts: tuple[Say, ...]
    message: bool = False


class Collect(msgspec.Struct, frozen=True, kw_only=True, tag="collect"):
    """Speak the parts and take keys.  Answered by Digits or NoInput (or HungUp).

    allowed: the keys that can make sense here, out of "0123456789*#"; a hint for the host, others still arrive.
    min_digits, max_digits: 1..32; the host returns as soon as max_digits or a terminator came.
    terminators: keys that end the input and are not part of it; may be empty.
    timeout_s: silence allowed after the prompt before the first key; digit_timeout_s: between keys.
    barge_in: a key stops the prompt (otherwise the prompt is spoken to its end first).
    early: keys pressed since the last question ended, more of them in one breath or while something was said, belong to
    it; if they are enough, it is not heard.  Otherwise they are dropped.
    more: it goes on with what was asked last, without a word: keys that came meanwhile belong to it.
    """

    node: str
    parts: tuple[Say, ...]
    allowed: str = "0123456789"
    min_digits: int = 1
    max_digits: int = 1
    terminators: str = ""
    timeout_s: float = 5.0
    digit_timeout_s: float = 3.0
    barge_in: bool = True
    early: bool = False
    more: bool = False


WAIT_S = 60


class Transfer(msgspec.Struct, frozen=True, kw_only=True, tag="transfer"):
    """Ring the agents of a group in order while the person hears music, bridge with the first who takes it.

    Answered by TransferEnded (or HungUp).  number: a phone instead of a group, as it was written; the host reads it.
    ring_s: per agent.  accept_key: the agent must press it, so that an agent's voicemail never gets the person; whisper
    is what the agent hears before pressing.  wait_s: agents are rung round after round for so long; 0: one round.
    music: a recording to be heard instead of the host's own music.  leave_key: the person presses it to wait no more.
    position_every_s: their place in the queue is told when it changes, no oftener than this (`interpreter.position`);
    0: never.
    """

    node: str
    group: str = ""
    number: str | None = None
    ring_s: int = 20
    accept_key: str | None = None
    whisper: tuple[Say, ...] = ()
    waiting: tuple[Say, ...] = ()
    wait_s: int = WAIT_S
    music: Say | None = None
    leave_key: str | None = None
    position_every_s: int = 0


class Record(msgspec.Struct, frozen=True, kw_only=True, tag="record"):
    """Speak the parts, sound a beep if there is to be one, and record what the person says.  Answered by Recorded.

    question, take: which recording it is, of those of this call; the same once more takes the place of the one before.
    max_s: the longest it gets.  min_s: less than this is not kept; a hint for the host.  silence_s: so long a silence
    ends it, 0: none does.  end_keys: keys that end it, out of "0123456789*#"; may be empty.
    """

    node: str
    question: str
    take: int
    parts: tuple[Say, ...]
    beep: bool = True
    max_s: int = 60
    min_s: float = 1.0
    silence_s: int = 0
    end_keys: str = "#"


class PlayRecording(msgspec.Struct, frozen=True, kw_only=True, tag="play_recording"):
    """Let the person hear a recording of this call.  Answered by Played (or HungUp)."""

    node: str
    question: str
    take: int


class Request(msgspec.Struct, frozen=True, kw_only=True, tag="request"):
    """Ask another system over HTTP while the person listens to `waiting`.  Answered by Responded (or HungUp).

    url: whole, values encoded in it.  body: JSON, None for none.  credential: the name of a secret that the host knows
    and puts into the header of that name.  timeout_s: for everything, from the first byte to the last.
    wanted: for each variable the place in the answer (`json_path`) whose value it gets.
    """

    node: str
    method: str
    url: str
    headers: dict[str, str] = {}
    body: str | None = None
    credential: str = ""
    credential_header: str = "Authorization"
    timeout_s: float = 5.0
    wanted: dict[str, str] = {}
    waiting: tuple[Say, ...] = ()


class Hook(msgspec.Struct, frozen=True, kw_only=True, tag="hook"):
    """Run a function of an installed plug-in while the person listens to `waiting`.  Answered by HookEnded (or HungUp).

    hook: its registered name.  wanted: for each variable the name of the function's value that it gets.
    """

    node: str
    hook: str
    arguments: dict[str, str] = {}
    timeout_s: float = 2.0
    wanted: dict[str, str] = {}
    waiting: tuple[Say, ...] = ()


class Hangup(msgspec.Struct, frozen=True, kw_only=True, tag="hangup"):
    """End the call.  Nothing follows."""

    node: str


Instruction = Play | Collect | Transfer | Record | PlayRecording | Request | Hook | Hangup

# -- events: what the host tells the interpreter ------------------------------------------------------------


class Played(msgspec.Struct, frozen=True, kw_only=True, tag="played"):
    """The prompt of a Play, or a recording, was heard to its end."""


class Digits(msgspec.Struct, frozen=True, kw_only=True, tag="digits"):
    """Keys came: at least min_digits of them, or fewer with complete=False (time ran out between keys)."""

    keys: str
    complete: bool = True


class NoInput(msgspec.Struct, frozen=True, kw_only=True, tag="no_input"):
    """The time ran out without a key."""


class TransferOutcome(StrEnum):
    """How a transfer ended.

    talked: bridged, and the agent left first; no_agent: nobody took it in time; failed: our fault, or a number that
    cannot be called; left: the person did not want to wait any more.
    """

    TALKED = "talked"
    NO_AGENT = "no_agent"
    FAILED = "failed"
    LEFT = "left"


class TransferEnded(msgspec.Struct, frozen=True, kw_only=True, tag="transfer_ended"):
    """The transfer is over and the person is still on the line.  fault: why it failed, one line."""

    outcome: TransferOutcome
    talk_s: float = 0.0
    fault: str = ""


class RecordingEnd(StrEnum):
    """What a recording ended by: a key, a silence, its longest time."""

    KEY = "key"
    SILENCE = "silence"
    LIMIT = "limit"


class Recorded(msgspec.Struct, frozen=True, kw_only=True, tag="recorded"):
    """A recording is made.  seconds: from its beginning to the last that was said; 0 when nothing was."""

    seconds: float
    by: RecordingEnd


class Responded(msgspec.Struct, frozen=True, kw_only=True, tag="responded"):
    """The other system has answered, or it has not.

    ok: it did what it was asked and its answer could be read; whether the values fit is for the scenario to judge.
    values: texts by variable; what the answer does not hold is left out.  fault: why not, one line without values.
    """

    ok: bool
    values: dict[str, str] = {}
    status: int = 0
    fault: str = ""


class HookEnded(msgspec.Struct, frozen=True, kw_only=True, tag="hook_ended"):
    """The plug-in's function came to its end, by one of its exits, or it did not.  As Responded otherwise."""

    ok: bool
    exit: str = ""
    values: dict[str, str] = {}
    fault: str = ""


class HungUp(msgspec.Struct, frozen=True, kw_only=True, tag="hung_up"):
    """The person is gone, or the line is.  Legal at every node; the session ends.

    talked: with an agent before.  spoke_s: seconds of a recording that was under way, as of Recorded.
    into_s: seconds since what was being said had begun; of_s: how long that is; None: nothing was, or nobody knows.
    """

    talked: bool = False
    spoke_s: float = 0.0
    into_s: float | None = None
    of_s: float | None = None


Event = Played | Digits | NoInput | TransferEnded | Recorded | Responded | HookEnded | HungUp

# -- facts: what happened, in order -------------------------------------------------------------------------


class Entered(msgspec.Struct, frozen=True, kw_only=True, tag="entered"):
    """The session came to a node."""

    node: str
    kind: str


class Left(msgspec.Struct, frozen=True, kw_only=True, tag="left"):
    """The session left a node by one of its exits."""

    node: str
    exit: str


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag="answered", gc=False):
    """A question was answered.  value: what was keyed in, label: what it means, in the scenario's first language."""

    node: str
    question: str
    value: str
    label: str


class VoiceAnswered(msgspec.Struct, frozen=True, kw_only=True, tag="voice_answered", gc=False):
    """A question was answered by voice: this take of its recording is the answer.  seconds: as of Recorded."""

    node: str
    question: str
    take: int
    seconds: float

    @property
    def value(self) -> str:
        """As an answer: how many seconds."""
        return f"{self.seconds:.1f}"


class InvalidInput(msgspec.Struct, frozen=True, kw_only=True, tag="invalid_input", gc=False):
    """Keys that mean nothing here; tries: how many tries are used up now."""

    node: str
    keys: str
    tries: int


class Silence(msgspec.Struct, frozen=True, kw_only=True, tag="silence", gc=False):
    """Nobody pressed anything; tries: how many tries are used up now."""

    node: str
    tries: int


class VariableSet(msgspec.Struct, frozen=True, kw_only=True, tag="variable_set", gc=False):
    """A variable of the session has a new value (text form)."""

    node: str
    name: str
    value: str


class ColumnSet(msgspec.Struct, frozen=True, kw_only=True, tag="column_set"):
    """A column of the contact has a new value (text form), for this call and those to come.

    was: what the call saw there before.  kept: False when the value does not fit the column; then nothing was changed.
    """

    node: str
    column: str
    value: str
    was: str = ""
    kept: bool = True


class Noted(msgspec.Struct, frozen=True, kw_only=True, tag="noted"):
    """A value for the report that is no answer: the way that a split took, the language that was chosen."""

    node: str
    question: str
    value: str
    label: str


class Marked(msgspec.Struct, frozen=True, kw_only=True, tag="marked"):
    """The scenario judged the conversation.  outcome: as of Ended, "" leaves it open; tags: for the report."""

    node: str
    outcome: str = ""
    tags: tuple[str, ...] = ()


class LanguageSet(msgspec.Struct, frozen=True, kw_only=True, tag="language_set"):
    """The call goes on in this language."""

    node: str
    language: str


class RightParty(msgspec.Struct, frozen=True, kw_only=True, tag="right_party"):
    """The right-party check was answered: confirmed, other (somebody else's voice), wrong_number."""

    node: str
    result: str


class MessageHeard(msgspec.Struct, frozen=True, kw_only=True, tag="message_heard"):
    """The prompt marked as the message was heard to its end."""

    node: str


class OptedOut(msgspec.Struct, frozen=True, kw_only=True, tag="opted_out"):
    """The person wants no more calls.  The host must make this durable before it goes on."""

    node: str


class CallLater(msgspec.Struct, frozen=True, kw_only=True, tag="call_later"):
    """The person wants to be called again so many seconds from now; calling hours and caps still hold."""

    node: str
    after_s: int


class Promised(msgspec.Struct, frozen=True, kw_only=True, tag="promised"):
    """The person promised to pay.  date: ISO; amount: rubles, "" when only the date was asked."""

    node: str
    date: str
    amount: str = ""


class Transferred(msgspec.Struct, frozen=True, kw_only=True, tag="transferred"):
    """A transfer ended so (see TransferOutcome).  fault: as of TransferEnded."""

    node: str
    outcome: str
    talk_s: float = 0.0
    fault: str = ""


class Requested(msgspec.Struct, frozen=True, kw_only=True, tag="requested"):
    """Another system was asked.  ok: its answer was taken; status: of HTTP, 0 for none; fault: why not, one line."""

    node: str
    ok: bool
    status: int = 0
    fault: str = ""


class HookRun(msgspec.Struct, frozen=True, kw_only=True, tag="hook_run"):
    """A plug-in's function was run.  As Requested."""

    node: str
    hook: str
    ok: bool
    fault: str = ""


class BeepHeard(msgspec.Struct, frozen=True, kw_only=True, tag="beep_heard"):
    """The switch heard what it takes for the beep of an answering machine, before any key was pressed.

    Noted by whoever runs the call; the interpreter knows nothing of it.  after_s: campaign seconds since the answer.
    """

    node: str
    after_s: float
    hertz: int


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended", omit_defaults=True):
    """The session is over.

    reason: completed (the scenario reached an end), no_input (tries ran out and the scenario gave up),
    wrong_person, declined (did not want to answer), opted_out, no_agent, hung_up (the person left in the middle),
    too_long (the step cap).  into_s, of_s: where the person left, as of HungUp.
    """

    node: str
    reason: str
    into_s: float | None = None
    of_s: float | None = None


Fact = (
    Entered
    | Left
    | Answered
    | VoiceAnswered
    | InvalidInput
    | Silence
    | VariableSet
    | ColumnSet
    | Noted
    | Marked
    | LanguageSet
    | RightParty
    | MessageHeard
    | OptedOut
    | CallLater
    | Promised
    | Transferred
    | Requested
    | HookRun
    | BeepHeard
    | Ended
)


class Session(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a call stands in its scenario.  A plain JSON-able value; the interpreter returns a new one a step.

    contact: the contact's fields by scenario column name, texts as they stood in the list, cleaned, or as the call
    has written them.
    variables: answers and set values, text form.
    today, time: the wall clock at the contact when the call began, as an ISO date and HH:MM; a call does not grow older
    than that, so that what was made ready for it stays right.  holiday: a public holiday there.
    who: stands for the person wherever a lot is drawn.  outcome: what the last mark wants in the report.
    """

    scenario: str
    language: str
    contact: dict[str, str]
    variables: dict[str, str]
    node: str = ""
    tries: int = 0
    steps: int = 0
    confirmed: bool = False
    over: bool = False
    today: str = ""
    time: str = ""
    holiday: bool = False
    who: str = ""
    outcome: str = ""
    # free room of the node that waits for an event (e.g. which prompt was spoken last)
    memo: dict[str, str] = {}


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one start or resume gave.  instruction is None when the session is over and the line is already gone."""

    session: Session
    instruction: Instruction | None
    facts: tuple[Fact, ...]
