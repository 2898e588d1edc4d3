"""Which texts are there in which language, and what is heard or shown where a translation is missing.

A document may say which language stands in for which (`fallback: {tt: ru}`); a text that is missing is then taken, and
spoken, in the language that stands in.  Whether a gap forbids to launch is `check`'s business.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from oklik.scenario.kinds.base import Text, texts

if TYPE_CHECKING:
    from oklik.scenario.document import Scenario


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A text that is missing in a language.  spoken: else it is only shown; covered_by: the language standing in."""

    node: str
    field: str
    spoken: bool
    covered_by: str | None


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a scenario is translated into a language: of so many texts so many, and what is missing."""

    language: str
    texts: int
    translated: int
    gaps: tuple[Gap, ...]

    @property
    def missing(self) -> int:
        """Texts that nothing stands in for."""
        return sum(gap.covered_by is None for gap in self.gaps)


def declared(fallback: Mapping[str, str], language: str) -> tuple[str, ...]:
    """The languages that the document lets stand in for a language, the nearest first."""
    found = [language]
    while (following := fallback.get(found[-1])) is not None and following not in found:
        found.append(following)
    return tuple(found[1:])


def chain(languages: tuple[str, ...], fallback: Mapping[str, str], language: str) -> tuple[str, ...]:
    """Where a text is looked for: in its language, in those standing in for it, and in the end in the first one.

    The last step is for drafts: `check` refuses a text that only the first language has, unless the document says so.
    """
    return tuple(dict.fromkeys((language, *declared(fallback, language), languages[0])))


def pick(given: Mapping[str, str], order: tuple[str, ...]) -> tuple[str, str]:
    """(language, text) of the first language there is a text in; if in none of them, of any that is there."""
    language = next((one for one in order if given.get(one)), None) or next(iter(given), order[0])
    return language, given.get(language, "")


def translatable(scenario: "Scenario") -> Iterator[tuple[str, str, Text, bool]]:
    """Every text that wants a translation, node by node: (node, field, text, whether it is spoken).

    Those of a scenario that is called more than once come once.
    """
    for name, node in scenario.nodes.items():
        if name in scenario.twins:
            continue
        yield from ((name, phrase.field, phrase.text, True) for phrase in node.phrases())
        yield from ((name, field, label, False) for field, label in node.labels())


def standing_in(scenario: "Scenario", given: Mapping[str, str], language: str) -> str | None:
    """The language that covers a missing text, as the document declares; None when none does."""
    return next((one for one in declared(scenario.fallback, language) if given.get(one)), None)


def coverage(scenario: "Scenario") -> tuple[Coverage, ...]:
    """For each language of the scenario, in their order, what is translated and what is not."""
    wanted = [
        (node, field, texts(text, scenario.languages), spoken) for node, field, text, spoken in translatable(scenario)
    ]
    found = []
    for language in dict.fromkeys(scenario.languages):
        gaps = tuple(
            Gap(node=node, field=field, spoken=spoken, covered_by=standing_in(scenario, given, language))
            for node, field, given, spoken in wanted
            if language not in given
        )
        found.append(Coverage(language=language, texts=len(wanted), translated=len(wanted) - len(gaps), gaps=gaps))
    return tuple(found)
