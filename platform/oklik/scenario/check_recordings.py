"""The checks of recorded prompts: each stands for a text, and is there to be played.

Which files there are, the host knows: it gives their names, and nothing is missing where it gives none.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress

from oklik.scenario.document import Scenario
from oklik.scenario.kinds.base import Issue, error, warning
from oklik.scenario.spoken import TemplateError


def recording_issues(scenario: Scenario, recorded: Collection[str] | None) -> Iterator[Issue]:
    """All of them.  recorded: the files that there are, as "language/key"; None when nobody knows."""
    spoken = {f"{name}.{phrase.field}": (name, phrase.field) for name, phrase in scenario.phrasebook.phrases}
    for place, recording in scenario.recordings.items():
        if place not in spoken:
            ru = f"Запись «{recording}» не прозвучит: текста «{place}» нет"
            en = f"The recording {recording!r} will not be heard: there is no text {place!r}"
            yield error(None, f"recordings.{place}", "recording_unknown", ru, en)
        elif recorded is not None:
            yield from _missing(scenario, place, *spoken[place], recorded)


def _missing(scenario: Scenario, place: str, node: str, field: str, recorded: Collection[str]) -> Iterator[Issue]:
    """Files of a text that are not there: its voice would change in mid-sentence, or be another than planned."""
    wanted: dict[str, None] = {}
    for language in scenario.languages:
        with suppress(TemplateError):  # reported as template_bad
            wanted |= dict.fromkeys(scenario.phrasebook.recordings(node, field, language))
    for name in wanted:
        if name not in recorded:
            ru = f"Записи «{name}» нет: это прозвучит синтезированным голосом"
            en = f"There is no recording {name!r}: this will be spoken by the synthetic voice"
            yield warning(None, f"recordings.{place}", "recording_missing", ru, en)
