"""The checks of the columns: limits that make sense, amounts that ought to be private, and what is written into them.

A value that only a call will tell is judged in the call; here are those that can be known before.
"""

from collections.abc import Iterator, Mapping

from oklik.scenario.document import Column, Scenario
from oklik.scenario.kinds.base import Issue, NodeBase, Values, error, warning
from oklik.scenario.limits import fits
from oklik.scenario.paths import possible_values
from oklik.scenario.spoken.errors import shown

_SAMPLES = 20  # of an answer that is too free to be listed: all of them are of one kind
WITH_LIMITS = frozenset({"money", "number"})


def column_issues(scenario: Scenario) -> Iterator[Issue]:
    """All of them."""
    for name, column in scenario.columns.items():
        yield from _limit_issues(name, column)
        if scenario.purpose == "debt" and column.type == "money" and not column.private:
            title = shown(scenario.heading(name))
            ru = f"В напоминании о долге сумма «{title}» — тайна, пока человек не подтвердил, что это он: private: true"
            en = f"In a debt reminder the amount {title!r} is private until the right person confirms: private: true"
            yield warning(None, f"columns.{name}.private", "money_not_private", ru, en)
    if scenario.rewritten:
        yield from _written_issues(scenario)


def _written_issues(scenario: Scenario) -> Iterator[Issue]:
    """Values that are written into a column that they do not fit."""
    values, reached = possible_values(scenario, None, scenario.languages[0])
    for name, node in scenario.nodes.items():
        column = node.writes()
        if column not in scenario.columns or name not in reached:
            continue
        declared = scenario.columns[column]
        for text in _foreseen(scenario, node, column, values):
            if text.strip() and not fits(declared, text, scenario.languages[0]):
                ru = f"«{shown(text)}» не подходит к столбцу «{column}» типа {declared.type}: не запишется"
                en = f"{shown(text)!r} does not fit column {column!r} of type {declared.type}: it will not be written"
                yield error(name, "value", "value_unfit", ru, en)
                break


def _foreseen(scenario: Scenario, node: NodeBase, column: str, values: Mapping[str, Values]) -> Iterator[str]:
    """What can be written, as far as it can be told without a person: samples of what is too free to be listed."""
    sources = node.derives().get(column, ())
    if any(scenario.phrasebook.made_of_columns(source) for source in sources):
        return
    known = {source: values.get(source, ("",)) for source in sources}
    for source, options in known.items():
        if options is None:
            known[source] = scenario.chart.samples.get(source, ())[:_SAMPLES] or None
    yield from node.gives(known).get(column) or ()


def fetched_issues(scenario: Scenario) -> Iterator[Issue]:
    """Amounts that another system tells of a debtor are as private as those of the list."""
    if scenario.purpose != "debt":
        return
    for name, node in scenario.nodes.items():
        for variable, type_ in () if node.answered else node.answer_types().items():
            if type_ == "money" and variable not in node.private():
                ru = f"В напоминании о долге сумма «{variable}» — тайна, пока человек не подтвердил, что это он"
                en = f"In a debt reminder the amount {variable!r} is private until the right person confirms"
                yield warning(name, f"answers.{variable}.private", "money_not_private", ru, en)


def _limit_issues(name: str, column: Column) -> Iterator[Issue]:
    if (column.min is not None or column.max is not None) and column.type not in WITH_LIMITS:
        field = "min" if column.min is not None else "max"
        ru = f"Границы бывают у столбцов типа money и number, а здесь {column.type}"
        en = f"Columns of type money and number can have limits, this one is of type {column.type}"
        yield error(None, f"columns.{name}.{field}", "limits_unfit", ru, en)
    if column.min is not None and column.max is not None and column.min > column.max:
        ru, en = "Нижняя граница больше верхней", "The lower limit is above the upper one"
        yield error(None, f"columns.{name}.max", "range_bad", ru, en)
