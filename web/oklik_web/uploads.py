"""A file sent to the API as a form: stands right below the route, above the rule who may.

@blueprint.post("")
@takes_file(MOST_BYTES)
@allowed(Scope.LISTS_WRITE)
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypeVar

from flask import g, request

from oklik.campaigns.list_uploads import MOST_BYTES, TooLarge, shown_name, store_upload
from oklik_web.access import accepts
from oklik_web.aside import aside
from oklik_web.problems import Problem
from oklik_web.words import said

View = TypeVar("View", bound=Callable[..., Any])

FORM = "multipart/form-data"
_AROUND = 64 << 10  # bytes of a form around its file


class Sent(NamedTuple):
    """A file that was sent.  path: ours; name: what it is called, for people; size: bytes; digest: sha256."""

    path: Path
    name: str
    size: int
    digest: str


def takes_file(**fields: str) -> Callable[[View], View]:
    """A view that takes a form with a file and these fields besides, name -> description."""
    properties = {"file": {"type": "string", "format": "binary"}}
    properties |= {name: {"type": "string", "description": told} for name, told in fields.items()}
    schema = {"type": "object", "properties": properties, "required": ["file"]}

    def decorate(view: View) -> View:
        body = {"required": True, "content": {FORM: {"schema": schema}}}
        view._spec["extensions"] |= {"requestBody": body}  # type: ignore[attr-defined]  # noqa: SLF001
        return accepts(FORM, MOST_BYTES + _AROUND)(view)

    return decorate


def accepts_file(view: View) -> View:
    """The same for a page's form."""
    return accepts(FORM, MOST_BYTES + _AROUND)(view)


@contextmanager
def sent_file() -> Iterator[Sent]:
    """The file of this request, on our disk for so long.  Raises Problem."""
    given = request.files.get("file")
    if given is None:
        raise Problem(422, said("no_file"), field="file")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        try:
            size, digest = aside(store_upload, given.stream, path)
        except TooLarge:
            raise Problem(413, said("file_too_large", most=MOST_BYTES >> 20)) from None
        fields = ((name or "", value) for name, value in request.form.items())  # a part may have no name
        told = "".join(f"\n{name}={value}" for name, value in sorted(fields))
        g.body = f"{digest}{told}".encode()  # what makes one request another, for its Idempotency-Key
        yield Sent(path, shown_name(given.filename), size, digest)
