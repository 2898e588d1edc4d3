"""What the API of scenarios takes and gives."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from oklik_web.judging import SCENARIO_BYTES, Document, JudgedOut, ProblemPlaceOut
from oklik_web.shapes import Body, Moment
from oklik_web.whom import Project

Revision = Annotated[int, Field(ge=0, le=2**31 - 1)]
Which = Annotated[str, Field(pattern=r"^(draft|[1-9][0-9]{0,8})$", description="draft, or the number of a version")]


class DraftListedOut(BaseModel):
    """A draft in the list.  published: the newest version was made of it as it is."""

    revision: int
    changed_at: Moment
    by: str
    published: bool


class ScenarioListedOut(BaseModel):
    """A scenario.  version: the newest; used_by: campaigns."""

    id: int
    name: str
    title: str
    project: str
    draft: DraftListedOut | None
    version: int | None
    used_by: int


class ScenariosOut(BaseModel):
    """All of them, those that were changed last first."""

    scenarios: list[ScenarioListedOut]


class NewScenarioIn(Body):
    """A scenario.  template: a ready one to begin with, in this language; document: one's own instead."""

    name: Annotated[str, Field(min_length=1, max_length=40, examples=["delivery"])]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    template: Annotated[str | None, Field(max_length=60)] = None
    language: Literal["ru", "en"] | None = None
    document: Document | None = None
    project: Project = None


class MadeOut(BaseModel):
    """A scenario that is there now."""

    id: int


class DraftOut(BaseModel):
    """A draft.  revision: 0 for one that is the newest version and that nobody has changed yet."""

    revision: int
    document: dict[str, Any]
    changed_at: Moment
    by: str


class VersionListedOut(BaseModel):
    """A version.  used_by: campaigns; revision: of the draft that it was made of."""

    number: int
    published_at: Moment
    by: str | None
    note: str | None
    used_by: int
    revision: int | None


class ScenarioOut(BaseModel):
    """A scenario with its draft and its versions, the newest first."""

    id: int
    name: str
    draft: DraftOut
    versions: list[VersionListedOut]


class SaveIn(Body):
    """A draft.  revision: that was changed; overwrite: save it on top of whatever is there now."""

    revision: Revision
    document: Document
    overwrite: bool = False


class SavedOut(JudgedOut):
    """A draft that was saved, and what is known of it.  revision: the next change is one to this."""

    revision: int


class KeptOut(BaseModel):
    """A saved revision."""

    revision: int
    changed_at: Moment
    by: str


class KeptRevisionsOut(BaseModel):
    """Revisions that can still be had, the newest first."""

    revisions: list[KeptOut]


class PublishIn(Body):
    """What is to be published: the draft at this revision.  note: what has changed, in one's own words."""

    revision: Revision
    note: Annotated[str, Field(max_length=500)] = ""


class PublishedOut(BaseModel):
    """A version.  new: false where the same document was published before."""

    number: int
    new: bool


class VersionOut(BaseModel):
    """A version with its document."""

    number: int
    document: dict[str, Any]


class DiffIn(Body):
    """What is compared."""

    from_: Annotated[Which, Field(alias="from")] = "draft"
    to: Which = "draft"


class DiffLineOut(BaseModel):
    """A difference.  node, field: where, by the names in the newer one."""

    node: str | None
    field: str | None
    code: str
    sentence: str


class DiffOut(BaseModel):
    """All differences that matter to a call; none where only the drawing differs."""

    lines: list[DiffLineOut]


class ExportIn(Body):
    """What is written to a file."""

    version: Which = "draft"
    format: Literal["yaml", "json"] = "yaml"


class ImportIn(Body):
    """The text of a file, YAML or JSON."""

    text: Annotated[str, Field(min_length=1, max_length=SCENARIO_BYTES)]


class ImportedOut(BaseModel):
    """What the file holds; document is null where it is neither YAML nor JSON."""

    document: dict[str, Any] | None
    problems: list[ProblemPlaceOut]
