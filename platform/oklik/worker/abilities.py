"""What a campaign needs of this dialer and its switch before anybody is called for it.

Nobody is asked to speak into nothing, and no machine is talked to unnoticed: a campaign whose answers cannot be
recorded, or whose machines cannot be heard, is paused with the reason instead.
"""

import logging
from collections.abc import Callable, Iterable

from oklik.campaigns.commands import NO_BEEPS, NO_RECORDINGS
from oklik.telephony.port import Switch, SwitchError
from oklik.worker.host import Job
from oklik.worker.recordings import Recordings
from oklik.worker.writer import DATABASE_ERRORS

log = logging.getLogger(__name__)

_NO_DETECTOR = "the switch has not loaded mod_avmd, and the campaign goes by the beeps of machines (docs/freeswitch.md)"
_NO_FOLDER = "this dialer has no folder for recordings"


class Abilities:
    """Of one dialer."""

    def __init__(
        self,
        switch: Switch,
        recordings: Recordings | None,
        *,
        hold: Callable[[int, str], None],
        on_trouble: Callable[[Exception], None],
    ) -> None:
        """hold: pauses a campaign with a code of campaigns.commands; on_trouble: gets its errors of the database."""
        self._switch, self._recordings = switch, recordings
        self._hold, self._on_trouble = hold, on_trouble
        self._hearing = ""  # the run of the switch that was found able to hear the beeps of machines

    def lacking(self, jobs: Iterable[Job]) -> set[int]:
        """Campaigns of these calls that must not be called for now: they are paused, or nobody can say at the moment.

        Asks the switch now and then, and so may block.
        """
        calls = list(jobs)
        return {
            *self._closed({job.campaign_id for job in calls if job.records}, NO_RECORDINGS, self._why_unrecorded),
            *self._closed({job.campaign_id for job in calls if job.machines.listens}, NO_BEEPS, self._why_unheard),
        }

    def unrecorded(self, job: Job) -> bool:
        """As lacking, of recording alone: a call to us is no machine's."""
        return job.records and bool(self._closed({job.campaign_id}, NO_RECORDINGS, self._why_unrecorded))

    def _why_unrecorded(self, campaign: int) -> str | None:
        return _NO_FOLDER if self._recordings is None else self._recordings.why_closed(campaign)

    def _why_unheard(self, _: int) -> str | None:
        core = self._switch.core_uuid
        if self._hearing != core and self._switch.hears_beeps():
            self._hearing = core
        return None if self._hearing == core else _NO_DETECTOR

    def _closed(self, campaigns: set[int], code: str, why_closed: Callable[[int], str | None]) -> set[int]:
        closed = set()
        for campaign in campaigns:
            try:
                why = why_closed(campaign)
                if why is not None:
                    log.error("campaign %d is paused: %s", campaign, why)
                    self._hold(campaign, code)
                    closed.add(campaign)
            except SwitchError as error:
                log.warning("campaign %d waits: %s", campaign, error)
                closed.add(campaign)
            except DATABASE_ERRORS as error:
                self._on_trouble(error)
                closed.add(campaign)
        return closed
