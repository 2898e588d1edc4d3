"""What is wrong, as a page: in the frame that the person knows, and whole even when the database is away."""

from collections.abc import Mapping

from flask import Response, make_response, render_template
from sqlalchemy.exc import SQLAlchemyError

from oklik_web import door
from oklik_web.words import title


def error_page(status: int, detail: str, headers: Mapping[str, str]) -> Response:
    """Give the page.  detail: the sentence that is shown."""
    try:
        door.signed_in()  # for the navigation, where it can be had
    except SQLAlchemyError:
        door.nobody()
    kind = status if status in {403, 404} else 500 if status >= 500 else 400
    answer = make_response(
        render_template("error.html", status=status, kind=kind, title_text=title(status), detail=detail), status
    )
    answer.headers.extend(dict(headers))
    return answer
