"""What a view takes as its body, where that is not a small piece of JSON.

@blueprint.put("/<int:scenario_id>/draft")
@allowed(Scope.SCENARIOS_WRITE)
@takes(most=SCENARIO_BYTES)
...
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from flask import current_app, request
from werkzeug.exceptions import UnsupportedMediaType

View = TypeVar("View", bound=Callable[..., Any])

JSON, MULTIPART = "application/json", "multipart/form-data"
_MARK = "_oklik_takes"


class Takes(NamedTuple):
    """The media type, and the most bytes; 0: as the installation is set."""

    kind: str = JSON
    most: int = 0


def takes(*, files: bool = False, most: int = 0) -> Callable[[View], View]:
    """A view that takes a form with files, or more bytes than others; stands below `allowed`."""

    def mark(view: View) -> View:
        setattr(view, _MARK, Takes(MULTIPART if files else JSON, most))
        return view

    return mark


def wanted() -> Takes:
    """What the view of this request takes."""
    view = current_app.view_functions.get(request.endpoint or "")
    found: Takes = getattr(view, _MARK, Takes())
    return found


def check_body() -> None:
    """Refuse a body that the request's view does not take, before anything of it is read."""
    takes_ = wanted()
    if takes_.most:
        request.max_content_length = takes_.most
    has_body = bool(request.content_length) or "Transfer-Encoding" in request.headers
    if has_body and request.mimetype != takes_.kind:
        raise UnsupportedMediaType
