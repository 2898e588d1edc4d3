"""The node kind that divides people by lot, to compare variants."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Literal

from oklik.scenario.flow import Event, Noted
from oklik.scenario.kinds.base import (
    About,
    Exit,
    Issue,
    Leave,
    Move,
    Name,
    NodeBase,
    Part,
    Question,
    Slug,
    Text,
    Values,
    Visit,
    error,
    form_field,
    question_title,
    texts,
    unexpected,
    warning,
)


class Way(Part):
    """One of the variants."""

    exit: Slug = form_field(
        "Исход", "Exit", "Куда вести; это и код варианта", "Where it leads; the variant's code, too"
    )
    weight: int = form_field(
        "Доля",
        "Weight",
        "Сколько людей по сравнению с другими вариантами: 1 и 1 — поровну, 3 и 1 — трое из четырёх",
        "How many people compared with the other variants: 1 and 1 is half each, 3 and 1 three of four",
        widget="number",
        default=1,
        ge=1,
        le=1_000_000,
    )
    label: Text | None = form_field(
        "Значение в отчёте",
        "Label in the report",
        "Как вариант назван в отчёте",
        "What the variant is called in the report",
        default=None,
    )


class SplitNode(NodeBase):
    """Divides people by lot between variants, by their weights, and counts the variants in the report.

    The lot is drawn by a hash of the person, the names of the scenario and of the node, and each variant: nothing is
    kept, and yet a person gets the same variant in every attempt, every campaign and every new version, by whichever of
    their numbers they are called. A variant whose
    weight grows, or that is new, takes people from the others, and nobody moves between those. Rename the node to draw
    all lots anew.
    """

    kind_title: ClassVar = {"ru": "Разделить (A/B)", "en": "Split"}
    help_ru: ClassVar = (
        "Делит людей между вариантами по жребию с учётом долей и считает варианты в отчёте. Жребий определяется "
        "человеком, именем сценария и именем шага, поэтому при повторном звонке, в другой кампании и в новой версии "
        "человек получит тот же вариант. Новый вариант или выросшая доля забирает людей у остальных, между остальными "
        "никто не переходит. Чтобы перетянуть жребий, переименуйте шаг."
    )
    icon: ClassVar = "git-fork"
    family: ClassVar = "way"
    exits_from: ClassVar = ("ways", "exit")
    silent: ClassVar = True
    example: ClassVar[dict[str, Any]] = {
        "kind": "split",
        "title": {"ru": "Вариант приветствия", "en": "Variant of the greeting"},
        "question": "variant",
        "ways": [
            {"exit": "short", "weight": 3, "label": {"ru": "Короткое", "en": "Short"}},
            {"exit": "long", "weight": 1, "label": {"ru": "Подробное", "en": "Long"}},
        ],
        "exits": {"short": "hello", "long": "story"},
    }

    kind: Literal["split"]
    question: Name = form_field(
        "Столбец отчёта",
        "Column of the report",
        "Имя, под которым вариант стоит в отчёте и годится для условий",
        "The name under which the variant stands in the report, and for conditions",
    )
    ways: tuple[Way, ...] = form_field(
        "Варианты", "Variants", "Между чем делить", "What to divide between", widget="ways", min_length=1, max_length=20
    )

    def exits(self) -> tuple[Exit, ...]:
        """One for each variant."""
        titles = {way.exit: texts(way.label, ("ru",)) if way.label else {} for way in self.ways}
        return tuple(
            Exit(name=name, title={"ru": known.get("ru", name), "en": known.get("en", name)})
            for name, known in titles.items()
        )

    def enter(self, visit: Visit) -> Move:
        """Draw the lot and note it."""
        # Weighted rendezvous: each variant draws for itself, so a change of one moves nobody between the others.
        way = min(self.ways, key=lambda one: -math.log(visit.lot(one.exit)) / one.weight)
        label = self._label(way, visit.languages).get(visit.languages[0], way.exit)
        visit.set(self.question, way.exit)
        visit.note(Noted(node=visit.node, question=self.question, value=way.exit, label=label))
        return Leave(way.exit)

    def resume(self, visit: Visit, event: Event) -> Move:
        """It never waits."""
        raise unexpected(visit.node, event)

    def _label(self, way: Way, languages: tuple[str, ...]) -> dict[str, str]:
        return texts(way.label, languages) if way.label else {}

    def labels(self) -> Iterable[tuple[str, Text]]:
        """What the variants are called."""
        return [(f"ways.{index}.label", way.label) for index, way in enumerate(self.ways) if way.label]

    def gives(self, values: Mapping[str, Values]) -> dict[str, Values]:
        """Any of the variants."""
        del values
        return {self.question: tuple(dict.fromkeys(way.exit for way in self.ways))}

    def assigns(self, exit_name: str, known: frozenset[str]) -> frozenset[str]:
        """The variant, always."""
        del exit_name, known
        return frozenset((self.question,))

    def question_report(self, name: str, languages: tuple[str, ...]) -> Question | None:
        """The variants with their labels."""
        options = {
            way.exit: {language: self._label(way, languages).get(language, way.exit) for language in languages}
            for way in self.ways
        }
        title = question_title(self, self.question, languages)
        return Question(name=self.question, node=name, title=title, options=options, kind="choice", asked=False)

    def check(self, name: str, about: About) -> Iterator[Issue]:
        """There is something to divide, each variant is listed once and labelled."""
        del about
        if len(self.ways) < 2:
            ru, en = "Нужно хотя бы два варианта", "At least two variants are needed"
            yield error(name, "ways", "split_single", ru, en)
        seen: set[str] = set()
        for index, way in enumerate(self.ways):
            if way.exit in seen:
                ru, en = f"Вариант «{way.exit}» указан дважды", f"Variant {way.exit!r} is listed twice"
                yield error(name, f"ways.{index}.exit", "way_repeated", ru, en)
            seen.add(way.exit)
            if way.label is None:
                ru = f"У варианта «{way.exit}» нет значения для отчёта: в отчёте будет этот код"
                en = f"Variant {way.exit!r} has no label: the report will show this code"
                yield warning(name, f"ways.{index}.label", "label_missing", ru, en)
