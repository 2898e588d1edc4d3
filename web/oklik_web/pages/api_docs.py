"""The API's documentation at /api/docs: Swagger UI over the OpenAPI document, from files of ours.

Open to strangers as the document itself is: neither holds anybody's data.  What is tried out there is sent with a token
that is typed in, or with the session of who is signed in.
"""

from typing import Any, cast

from apiflask import APIFlask
from flask import Blueprint, current_app, render_template

from oklik_web.access import open_page
from oklik_web.texts import t
from oklik_web.words import DOCS

blueprint = Blueprint("pages_api_docs", __name__)
_TAGS = "oklik_api_tags"


@blueprint.get(DOCS)
@open_page
def index() -> str:
    """Every operation, its fields, and a way to try it."""
    return render_template("api_docs/index.html", about={tag: section(tag) for tag in _tags()})


def _tags() -> list[str]:
    """The document's sections, kept: it is put together anew, for 0.15 s, whenever it is asked for."""
    app = cast("APIFlask", current_app)
    if _TAGS not in app.extensions:
        spec: Any = app.spec
        app.extensions[_TAGS] = [str(tag["name"]) for tag in spec["tags"]]
    found: list[str] = app.extensions[_TAGS]
    return found


def section(tag: str) -> str:
    """What a section of the document is about, in words.  Raises KeyError where they are missing."""
    return t(f"api_docs.tag_{tag.lower()}")
