"""Prepare prompts: make all speech of a campaign's contacts before they are called, and let them into the queue.

Targets go from `preparing` to `waiting` in batches, soonest due first, so that calls begin while the rest is being
made.  A contact whose speech cannot be made is done, with the reason; it is never called into silence.  A voice that
is down stops the work instead, and those contacts stay where they are: somebody mends the voice, and the work goes on.
What a call says is the scenario's affair, making sound of it is `oklik.speech`'s.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row

from oklik.campaigns.call_recordings import warning
from oklik.campaigns.rows import run
from oklik.campaigns.unknown_caller import NUMBER, unknown_caller
from oklik.campaigns.versions import read_version
from oklik.dialing.call_recording import Part
from oklik.dialing.numbering import NumberingPlan
from oklik.dialing.zones import certain_zone, tzinfo, where
from oklik.scenario.document import Scenario
from oklik.scenario.errors import PromptError
from oklik.scenario.flow import Say
from oklik.scenario.prompts import all_prompts
from oklik.speech.prompts import PromptFailed, PromptStore
from oklik.speech.voices import VoicesError
from oklik.store.numbering import PLAN_VERSION, plan_of

FIRST_BATCH, BATCH = 5, 25
"""A small batch first: with it come the fixed prompts, and the first call can be made soon."""
STOP_AFTER = 8
"""So many contacts in a row without speech are the voice's fault, or the scenario's, not theirs."""
_GUARD = 0x4F4B << 40  # our advisory locks among those that others may take in the same database


class Prepared(NamedTuple):
    """What one run did: contacts ready to be called, contacts given up with a reason."""

    ready: int
    failed: int


class PreparationStopped(Exception):
    """The voice (or the disk) does not work: the rest of the campaign stays `preparing`.  The message is one line."""

    def __init__(self, failure: PromptFailed) -> None:
        self.failure = failure
        super().__init__(f"prompts cannot be made: {failure.text('en')}")


class _Campaign(NamedTuple):
    id: int
    zone: str
    base_zone: str | None
    virtual: bool
    columns: dict[str, str]
    scenario: Scenario
    numbering: NumberingPlan
    back: Scenario | None
    record: str


class _Wanted(NamedTuple):
    """What a contact's call can say, or why it cannot be made."""

    target: int
    says: tuple[Say, ...]
    reason: "_Reason | None"
    years: tuple[int, ...] = ()


class _Reason(msgspec.Struct, frozen=True):
    code: str
    args: dict[str, str]


def contact_values(fields: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, str]:
    """A contact by the scenario's column names.  fields: cells by the customer's headers; columns: column -> header."""
    cells = {column: fields.get(header) for column, header in columns.items()}
    return {column: "" if cell is None else str(cell) for column, cell in cells.items()}


def prepared_mark(generation: str, years: Iterable[int]) -> str | None:
    """What is kept with a target whose speech was made: in which folder, and for which years (dates are said by it)."""
    return " ".join((generation, *map(str, years))) if generation else None


_NOBODY = {"ru": "Абонент не отвечает.", "en": "The person cannot be reached."}


def nobody_answered(language: str) -> Say:
    """What an agent hears who was rung first, when the person cannot be had."""
    return Say(text=_NOBODY[language], language=language)


def is_prepared(mark: str | None, generation: str, today: dt.date) -> bool:
    """Does the mark say that the speech for this day is there?  False: it has to be looked for."""
    words = mark.split() if mark else []
    return bool(words) and words[0] == generation and str(today.year) in words[1:]


def prepare_prompts(
    engine: Engine,
    campaign_id: int,
    open_store: Callable[[Mapping[str, Any]], PromptStore],
    *,
    now: dt.datetime,
    should_stop: Callable[[], bool] = lambda: False,
) -> Prepared:
    """Make the speech of everyone in state `preparing`; returns at the end, when told to stop, or when another does it.

    open_store: gives the store for a campaign's voice (the value of its column).  now: wall time, for real campaigns
    whose targets were due long ago.  Each batch is one short transaction; speech is made outside of any.
    Raises PreparationStopped.
    """
    with _alone(engine, campaign_id) as alone:
        found = _load(engine, campaign_id) if alone else None
        if found is None:
            return Prepared(0, 0)
        campaign, voice = found
        try:
            store = open_store(voice)
        except VoicesError as error:
            failure = PromptFailed(Say(text="", language=campaign.scenario.languages[0]), "engine_down", str(error))
            _leave_word(engine, campaign_id, failure)
            raise PreparationStopped(failure) from error
        with closing(store):
            return _Run(engine, campaign, store, now).go(should_stop)


def why_stopped(connection: Connection, campaign_id: int) -> str | None:
    """Why a campaign's prompts are not being made although contacts wait for them, as args["detail"] of `voice_down`.

    None when nothing is in the way, as far as the last run knows.
    """
    return run(
        connection,
        """SELECT reason_args ->> 'detail' FROM target
           WHERE campaign_id = :campaign AND state = 'preparing' AND reason = 'voice_down' LIMIT 1""",
        campaign=campaign_id,
    ).scalar()


@contextmanager
def _alone(engine: Engine, campaign_id: int) -> Iterator[bool]:
    """True for one process at a time.  The lock goes with its connection, so a killed process holds up nobody."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        key = _GUARD | campaign_id
        got = bool(run(guard, "SELECT pg_try_advisory_lock(:key)", key=key).scalar_one())
        try:
            yield got
        finally:
            if got:
                run(guard, "SELECT pg_advisory_unlock(:key)", key=key)


def _load(engine: Engine, campaign_id: int) -> tuple[_Campaign, Mapping[str, Any]] | None:
    with engine.connect() as connection:
        row = run(
            connection,
            f"""SELECT c.zone, c.base_zone, c.virtual, c.columns, c.voice, c.record, c.scenario_version_id AS version,
                   c.return_scenario_version_id AS back,
                   {PLAN_VERSION} AS numbering
               FROM campaign c WHERE c.id = :campaign""",  # noqa: S608  constants of this package
            campaign=campaign_id,
        ).one_or_none()
        if row is None:
            return None
        numbering = plan_of(connection, row.numbering)
        scenario = read_version(connection, row.version)
        back = None if row.back is None else read_version(connection, row.back)
    told = (row.zone, row.base_zone, row.virtual, row.columns, scenario, numbering, back, row.record)
    return _Campaign(campaign_id, *told), row.voice


def next_to_prepare(
    connection: Connection, campaign_id: int, size: int, besides: Sequence[int] = ()
) -> Sequence[Row[Any]]:
    """Who is called first of those whose prompts are not made: `size` of them at most, without these targets.

    The index ix_target_preparing is in this order, so a batch costs the same however many wait behind it.
    """
    return run(
        connection,
        """SELECT t.id, t.due, t.phone_index, c.fields, c.zone, c.phones
           FROM target t
           JOIN contact c ON c.id = t.contact_id
           JOIN campaign g ON g.id = t.campaign_id
           WHERE t.campaign_id = :campaign AND t.state = 'preparing'
             AND t.reason IS DISTINCT FROM 'pilot' AND t.id <> ALL(CAST(:besides AS bigint[]))
             AND g.state IN ('draft', 'running', 'paused', 'trial')
           ORDER BY t.due, t.id
           LIMIT :size""",
        campaign=campaign_id,
        besides=list(besides),
        size=size,
    ).all()


class _Run:
    """One run over a campaign.  suspects: contacts without speech since the last one with it; nobody's fault yet."""

    def __init__(self, engine: Engine, campaign: _Campaign, store: PromptStore, now: dt.datetime) -> None:
        self._engine = engine
        self._campaign = campaign
        self._store = store
        self._now = now
        self._suspects: dict[int, PromptFailed] = {}
        self._spared: set[int] = set()
        self._ready = self._failed = 0

    def go(self, should_stop: Callable[[], bool]) -> Prepared:
        try:
            self._all(should_stop)
        except PreparationStopped as stopped:
            _leave_word(self._engine, self._campaign.id, stopped.failure, list(self._suspects))
            raise
        return Prepared(self._ready, self._failed)

    def _all(self, should_stop: Callable[[], bool]) -> None:
        size = FIRST_BATCH
        while not should_stop():
            with self._engine.connect() as connection:
                rows = next_to_prepare(connection, self._campaign.id, size, list(self._suspects))
            if not rows:
                if not self._suspects:
                    break
                self._settle_rest()
                continue
            self._batch([self._wanted(row) for row in rows], self._greeting() if size == FIRST_BATCH else ())
            size = BATCH

    def _greeting(self) -> tuple[Say, ...]:
        """What strangers hear who call: without it they are left to the switch, so nothing hangs on it.

        And what an agent hears whose person could not be had: without it a tone.
        """
        scenario, language = unknown_caller(), self._campaign.scenario.languages[0]
        told = tuple(nobody_answered(one) for one in self._campaign.scenario.languages)
        if language not in scenario.languages:
            return told
        return told + all_prompts(scenario, {NUMBER: "+70000000000"}, self._now.date(), language)

    def _wanted(self, row: Row[Any]) -> _Wanted:
        values = contact_values(row.fields, self._campaign.columns)
        days = tuple(self._days(row))
        try:
            says = {say: None for day in days for say in all_prompts(self._campaign.scenario, values, day)}
        except PromptError as error:
            return _Wanted(row.id, (), _value_reason(error))
        if self._campaign.record != Part.OFF:
            says |= dict.fromkeys(map(warning, self._campaign.scenario.languages))
        if (back := self._campaign.back) is not None:
            with suppress(PromptError):  # a caller of whom too little is known is greeted as a stranger
                says |= {say: None for day in days for say in all_prompts(back, values, day)}
        return _Wanted(row.id, tuple(says), None, tuple(day.year for day in days))

    def _days(self, row: Row[Any]) -> Iterable[dt.date]:
        """The dates on which the call may take place, as far as speech depends on them (it says a year or not)."""
        due = row.due if self._campaign.virtual else max(row.due, self._now)
        number = row.phones[min(row.phone_index, len(row.phones) - 1)] if row.phones else ""
        zones = where(row.zone, number, self._campaign.base_zone, self._campaign.numbering).zones
        zone = certain_zone(zones, self._campaign.zone)
        day = due.astimezone(tzinfo(zone)).date()
        # In December a call may well slip into the new year, in which other dates are said with their year.
        return (day, dt.date(day.year + 1, 1, 1)) if day.month == 12 else (day,)

    def _batch(self, batch: Sequence[_Wanted], besides: Sequence[Say] = ()) -> None:
        says = [*(say for wanted in batch for say in wanted.says), *besides]
        generation = self._generation()  # before: what is made afterwards may vanish, and then it is another one
        failures = self._store.render(says)
        if failures and not all(failure.systemic for failure in failures.values()):
            failures = self._store.render(failures)  # once more: a service may have choked on one text
        ready: dict[int, str | None] = {}
        done: dict[int, _Reason] = {}
        try:
            for wanted in batch:
                failure = next((failures[say] for say in wanted.says if say in failures), None)
                if wanted.reason is not None:
                    done[wanted.target] = wanted.reason
                elif failure is not None:
                    self._suspect(wanted.target, failure)
                else:
                    ready[wanted.target] = prepared_mark(generation, wanted.years)
                    done |= self._convict()
        finally:
            self._write(ready, done)

    def _generation(self) -> str:
        try:
            return self._store.begin()
        except OSError:
            return ""  # rendering will tell what is wrong with the folder

    def _suspect(self, target: int, failure: PromptFailed) -> None:
        self._suspects[target] = failure
        if len(self._suspects) >= STOP_AFTER:
            raise PreparationStopped(failure)

    def _convict(self) -> dict[int, _Reason]:
        """Somebody could be given speech after them, so it is their own texts that cannot be spoken.

        If the voice was down it may have come back, so they get one more chance; but only one, for there are
        services that break down over a text.
        """
        guilty: dict[int, _Reason] = {}
        for target, failure in self._suspects.items():
            if failure.systemic and target not in self._spared:
                self._spared.add(target)
            else:
                guilty[target] = _speech_reason(failure)
        self._suspects.clear()
        return guilty

    def _settle_rest(self) -> None:
        """Nobody is left after the suspects to tell whose fault it is, so the voice itself is asked."""
        if any(failure.systemic for failure in self._suspects.values()):
            down = self._store.probe(self._campaign.scenario.languages[0])
            if down is not None:
                own = {target: failure for target, failure in self._suspects.items() if not failure.systemic}
                self._write({}, {target: _speech_reason(failure) for target, failure in own.items()})
                raise PreparationStopped(down)
        self._write({}, self._convict())

    def _write(self, ready: Mapping[int, str | None], done: Mapping[int, _Reason]) -> None:
        """A target that somebody else took out of `preparing` meanwhile (a stop, an opt-out) is left alone."""
        if not ready and not done:
            return
        with self._engine.begin() as connection:
            if ready:
                run(
                    connection,
                    """UPDATE target SET state = 'waiting', reason = NULL, reason_args = NULL, prepared = r.mark
                       FROM json_to_recordset(CAST(:rows AS json)) AS r(id bigint, mark text)
                       WHERE target.id = r.id AND target.state = 'preparing'
                         AND target.reason IS DISTINCT FROM 'pilot'""",
                    [{"id": target, "mark": mark} for target, mark in ready.items()],
                )
            if done:
                run(
                    connection,
                    """UPDATE target SET state = 'done', reason = r.code, reason_args = r.args
                       FROM json_to_recordset(CAST(:rows AS json)) AS r(id bigint, code text, args jsonb)
                       WHERE target.id = r.id AND target.state = 'preparing'""",
                    [{"id": target, "code": reason.code, "args": reason.args} for target, reason in done.items()],
                )
        self._ready += len(ready)
        self._failed += len(done)


def _leave_word(engine: Engine, campaign_id: int, failure: PromptFailed, targets: Sequence[int] = ()) -> None:
    """With the few contacts it stopped at (else with the next ones), for those who wonder why nobody is called."""
    with engine.begin() as connection:
        run(
            connection,
            """UPDATE target
               SET reason = 'voice_down', reason_args = jsonb_build_object('detail', CAST(:why AS text))
               WHERE state = 'preparing' AND reason IS DISTINCT FROM 'pilot' AND id IN (
                   SELECT unnest(CAST(:ids AS bigint[])) UNION ALL
                   (SELECT id FROM target
                    WHERE campaign_id = :campaign AND state = 'preparing' AND reason IS DISTINCT FROM 'pilot'
                      AND CAST(:ids AS bigint[]) = '{}'
                    ORDER BY due, id LIMIT :few))""",
            campaign=campaign_id,
            ids=list(targets),
            few=FIRST_BATCH,
            why=failure.text("ru"),
        )


def _value_reason(error: PromptError) -> _Reason:
    if error.code.startswith("value_"):  # the list's fault, not the voice's
        return _Reason(error.code, error.args_ | {"node": error.node})
    return _Reason("prompt_failed", {"detail": error.text["ru"], "node": error.node})


def _speech_reason(failure: PromptFailed) -> _Reason:
    # With the text, personal or not: it stands beside its own row, and the report is for those who gave us the list.
    detail = f"«{failure.say.text}»: {failure.text('ru')}"
    return _Reason("prompt_failed", {"detail": detail, "text": failure.say.text, "code": failure.code})
