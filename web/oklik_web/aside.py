"""Work that only computes, or reads a file, beside the loop: others are answered meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from gevent import get_hub
from gevent.monkey import is_module_patched

from oklik.campaigns.list_inspect import Inspection, ListMapping, inspect_list
from oklik.campaigns.lists.table import is_workbook
from oklik.dialing.numbering import NumberingPlan

Values = ParamSpec("Values")
Result = TypeVar("Result")


def aside(work: Callable[Values, Result], *values: Values.args, **named: Values.kwargs) -> Result:
    """Do it in a thread and wait for it.  It may use neither the database nor other processes: those are the loop's."""
    if not is_module_patched("socket"):
        return work(*values, **named)

    def done() -> tuple[Result | None, Exception | None]:
        # What is raised in gevent's threads is written into the log, whatever it says of people.
        try:
            return work(*values, **named), None
        except Exception as error:  # noqa: BLE001  raised below
            return None, error

    result, error = get_hub().threadpool.apply(done)
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def looked_into(path: Path, shown_name: str, mapping: ListMapping, plan: NumberingPlan) -> Inspection:
    """inspect_list, beside the loop: a text of 80 MB is looked through for half a second.  Raises ListError."""
    if is_workbook(path):  # parsed by a process, whose end only the loop is told of
        return inspect_list(path, shown_name, mapping, plan)
    return aside(inspect_list, path, shown_name, mapping, plan)
