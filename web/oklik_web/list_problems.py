"""What can go wrong with lists, contacts and segments, as problems; `handle` makes a blueprint answer so."""

from flask import Blueprint, Response

from oklik.campaigns.list_cells import EditRefused, NoSuchContact
from oklik.campaigns.list_layout import NoSuchList
from oklik.campaigns.list_removal import ListInUse
from oklik.campaigns.lists.errors import ListError
from oklik.campaigns.segments import NoSuchSegment, SegmentRefused
from oklik_web.problems import Problem, answer
from oklik_web.words import said


def problem_of(error: Exception) -> Problem:
    """Give the problem that an error of these use cases is."""
    match error:
        case NoSuchList():
            return Problem(404, said("list_gone"))
        case NoSuchContact():
            return Problem(404, said("contact_gone"))
        case NoSuchSegment():
            return Problem(404, said("no_segment"))
        case ListInUse():
            if error.importing:
                return Problem(409, said("list_importing"))
            return Problem(409, said("list_in_use", names=", ".join(f"«{name}»" for name in error.campaigns)))
        case EditRefused():
            return Problem(422 if error.now is None else 409, error.text, field="value")
        case SegmentRefused():
            return Problem(422, error.text, field="conditions")
        case ListError():
            return Problem(422, {code: error.text(code) for code in ("ru", "en")}, field="file")
    raise error


def handle(blueprint: Blueprint) -> None:
    """Answer these errors of a blueprint's views as problems."""
    for kind in (NoSuchList, NoSuchContact, NoSuchSegment, ListInUse, EditRefused, SegmentRefused, ListError):
        blueprint.register_error_handler(kind, _answered)


def _answered(error: Exception) -> Response:
    return answer(problem_of(error))
