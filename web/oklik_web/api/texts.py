"""The texts that scripts of pages show, in the language of the request."""

from apiflask import APIBlueprint
from pydantic import BaseModel

from oklik_web.access import open_to_all
from oklik_web.problems import Problem
from oklik_web.texts import topics
from oklik_web.words import LANGUAGES, language, said

blueprint = APIBlueprint("texts", __name__, url_prefix="/texts")


class TextsOut(BaseModel):
    """A topic's texts by key, with {name} for values and {n:one|few|many} for plurals."""

    language: str
    texts: dict[str, str]


@blueprint.get("/<topic>")
@open_to_all
@blueprint.output(TextsOut)
def show(topic: str) -> TextsOut:
    """Give all texts of a topic."""
    if topic not in topics():
        raise Problem(404, said("no_page"))
    spoken = language()
    place = LANGUAGES.index(spoken)
    return TextsOut(language=spoken, texts={key: both[place] for key, both in topics()[topic].items()})
