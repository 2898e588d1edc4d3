"""The library of recorded prompts: what there is, who uses it, new recordings, old ones brought back.

A file is told by its content; its name is shown to people and means nothing else.
"""

import hashlib
from typing import Annotated, Any

from apiflask import APIBlueprint, Schema
from apiflask.fields import File, String
from flask import Response, g, request
from pydantic import BaseModel, Field, StringConstraints

from oklik.campaigns import prompt_library
from oklik.campaigns.prompt_library import KEY, LANGUAGE, Prompt, Version
from oklik.campaigns.tokens import Scope
from oklik.speech.audio import SoundError
from oklik.speech.intake import MAX_BYTES, SoundRefused, Taken, take_in
from oklik_web.access import accepts, allowed
from oklik_web.api.simulations import WAV, WAV_DOC
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body, Moment
from oklik_web.speaking import speaker
from oklik_web.words import said

blueprint = APIBlueprint("prompts", __name__, url_prefix="/prompts")

_FORM_BYTES = MAX_BYTES + (1 << 20)
_NAME_CHARACTERS = 120


class UseOut(BaseModel):
    """Where a scenario plays it.  place: the text that it stands for: node and field."""

    scenario_id: int
    scenario: str
    node: str
    place: str


class PromptOut(BaseModel):
    """A prompt.  source: recording; tts where a scenario wants one and nobody has recorded it yet: it is synthesised.

    version: the number in use; versions: how many there are.  title: the name of the file it was made of.
    """

    key: str
    language: str
    title: str
    source: str
    duration_s: float | None
    clipped: bool
    changed_at: Moment | None
    by: str | None
    version: int | None
    versions: int
    used_by: list[UseOut]


class PromptsOut(BaseModel):
    """The library, by key."""

    prompts: list[PromptOut]


class PromptsIn(Body):
    """q: a piece of a key, or of the name of a scenario that uses it."""

    language: Annotated[str | None, StringConstraints(pattern=r"^[a-z]{2}$")] = None
    q: Annotated[str, Field(max_length=100)] = ""


class UploadIn(Schema):
    """A recording: a file with wav, mp3 or ogg inside, and for which key and language it is."""

    file = File(required=True)  # type: ignore[no-untyped-call]
    key = String(required=True)
    language = String(required=True)


class UploadedOut(BaseModel):
    """What was made of a file.  levelled_db: how much louder it is now; trimmed_s: of silence at its ends.

    clipped: its loudest places were cut off before it came here: record it anew, more quietly.
    """

    version: int
    duration_s: float
    clipped: bool
    levelled_db: float
    trimmed_s: float


class VersionOut(BaseModel):
    """A version of a prompt.  restored: the number of the one that it brought back."""

    number: int
    title: str
    duration_s: float
    clipped: bool
    levelled_db: float
    trimmed_s: float
    restored: int | None
    changed_at: Moment
    by: str


class VersionsOut(BaseModel):
    """All versions, the newest first; the first one is in use."""

    versions: list[VersionOut]


class RestoreIn(Body):
    """Which version is to be the newest again."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]


class RestoredOut(BaseModel):
    """The version that was made of the old one."""

    version: int


class WhichIn(Body):
    """version: a number, by default the newest."""

    version: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


@blueprint.get("")
@allowed(Scope.PROMPTS_READ)
@blueprint.input(PromptsIn, location="query")
@blueprint.output(PromptsOut)
def show(query_data: PromptsIn) -> PromptsOut:
    """List the library, and what scenarios want besides."""
    with running().engine.connect() as conn:
        found = prompt_library.all_prompts(conn, query_data.language, query_data.q)
    return PromptsOut(prompts=[told(one) for one in found])


def told(one: Prompt) -> PromptOut:
    """A prompt for the answer."""
    version = one.version
    return PromptOut(
        key=one.key,
        language=one.language,
        title=version.file_name if version else "",
        source="recording" if version else "tts",
        duration_s=version.duration_ms / 1000 if version else None,
        clipped=version.clipped if version else False,
        changed_at=version.saved_at if version else None,
        by=version.saved_by if version else None,
        version=version.number if version else None,
        versions=one.versions,
        used_by=[
            UseOut(scenario_id=use.scenario_id, scenario=use.scenario, node=use.node, place=use.place)
            for use in one.uses
        ],
    )


@blueprint.post("/upload")
@allowed(Scope.PROMPTS_WRITE)
@accepts("multipart/form-data", _FORM_BYTES)
@blueprint.input(UploadIn, location="files", validation=False)
@blueprint.output(UploadedOut)
def upload(files_data: object = None) -> Any:
    """Put a recording into the library: made 8 kHz, levelled, without silence at its ends."""
    del files_data
    key, language = request.form.get("key", ""), request.form.get("language", "")
    check_place(language, key)
    file = request.files.get("file")
    if file is None:
        raise Problem(422, said("no_file"), field="file")
    with file.stream as stream:
        data = stream.read(MAX_BYTES + 1)
    g.body = f"{hashlib.sha256(data).hexdigest()}\n{language}/{key}".encode()  # as uploads.sent_file
    try:
        taken = take_in(data)  # seconds, in which no connection to the database is held
    except SoundRefused as refused:
        raise Problem(422, refused.text, field="file") from None
    return _kept(taken=taken, key=key, language=language, name=shown_name(file.filename or ""))


@changing
def _kept(change: Change, taken: Taken, key: str, language: str, name: str) -> UploadedOut:
    number = prompt_library.put(change.conn, language, key, taken, name, change.actor.who, change.now)
    change.note("prompts.upload", f"{language}/{key}", {"version": number, "file": name})
    return UploadedOut(
        version=number,
        duration_s=taken.duration_ms / 1000,
        clipped=taken.clipped,
        levelled_db=taken.levelled_db,
        trimmed_s=taken.trimmed_ms / 1000,
    )


def shown_name(given: str) -> str:
    """A file's name as it is shown to people: its last part, without what cannot be printed; never a path."""
    last = given.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[:_NAME_CHARACTERS]


def check_place(language: str, key: str) -> None:
    """Make sure that a prompt may be called so.  Raises Problem."""
    if not KEY.fullmatch(key):
        raise Problem(422, said("bad_key"), field="key")
    if not LANGUAGE.fullmatch(language):
        raise Problem(422, said("bad_language"), field="language")


@blueprint.get("/<key>/<language>/versions")
@allowed(Scope.PROMPTS_READ)
@blueprint.output(VersionsOut)
def history(key: str, language: str) -> VersionsOut:
    """List the versions of a prompt."""
    found = _versions(key, language)
    return VersionsOut(versions=[version_told(one) for one in found])


def version_told(one: Version) -> VersionOut:
    """A version for the answer."""
    return VersionOut(
        number=one.number,
        title=one.file_name,
        duration_s=one.duration_ms / 1000,
        clipped=one.clipped,
        levelled_db=one.levelled_db,
        trimmed_s=one.trimmed_ms / 1000,
        restored=one.restored,
        changed_at=one.saved_at,
        by=one.saved_by,
    )


@blueprint.get("/<key>/<language>/audio")
@allowed(Scope.PROMPTS_READ)
@blueprint.input(WhichIn, location="query")
@blueprint.doc(responses=WAV_DOC)
def audio(key: str, language: str, query_data: WhichIn) -> Response:
    """Give the sound of a prompt."""
    found = _versions(key, language)
    wanted = query_data.version
    one = found[0] if wanted is None else next((one for one in found if one.number == wanted), None)
    if one is None:
        raise Problem(404, said("no_prompt", name=f"{language}/{key}"))
    try:
        return Response(speaker().recorded(f"{language}/{key}", one.digest), mimetype=WAV)
    except (OSError, SoundError):
        raise Problem(404, said("no_prompt", name=f"{language}/{key}")) from None


def _versions(key: str, language: str) -> list[Version]:
    """All versions.  Raises Problem."""
    found = []
    if KEY.fullmatch(key) and LANGUAGE.fullmatch(language):
        with running().engine.connect() as conn:
            found = prompt_library.versions(conn, language, key)
    if not found:
        raise Problem(404, said("no_prompt", name=f"{language[:9]}/{key[:80]}"))
    return found


@blueprint.post("/<key>/<language>/restore")
@allowed(Scope.PROMPTS_WRITE)
@blueprint.input(RestoreIn)
@blueprint.output(RestoredOut)
@changing
def restore(change: Change, key: str, language: str, json_data: RestoreIn) -> RestoredOut:
    """Bring an old version back: it becomes the newest one, and nothing is lost."""
    known = KEY.fullmatch(key) and LANGUAGE.fullmatch(language)
    wanted = json_data.version
    made = prompt_library.restore(change.conn, language, key, wanted, change.actor.who, change.now) if known else None
    if made is None:
        raise Problem(404, said("no_prompt", name=f"{language[:9]}/{key[:80]}"))
    change.note("prompts.restore", f"{language}/{key}", {"version": made, "restored": wanted})
    return RestoredOut(version=made)
