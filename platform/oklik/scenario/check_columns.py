"""The checks of the columns by themselves: limits that make sense, and amounts that ought to be private."""

from collections.abc import Iterator

from oklik.scenario.document import Column, Scenario
from oklik.scenario.kinds.base import Issue, error, texts, warning

WITH_LIMITS = frozenset({"money", "number"})


def column_issues(scenario: Scenario) -> Iterator[Issue]:
    """All of them."""
    for name, column in scenario.columns.items():
        yield from _limit_issues(name, column)
        if scenario.purpose == "debt" and column.type == "money" and not column.private:
            title = texts(column.title, scenario.languages).get(scenario.languages[0], name)
            ru = f"В напоминании о долге сумма «{title}» — тайна, пока человек не подтвердил, что это он: private: true"
            en = f"In a debt reminder the amount {title!r} is private until the right person confirms: private: true"
            yield warning(None, f"columns.{name}.private", "money_not_private", ru, en)


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
