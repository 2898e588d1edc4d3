"""Texts as they would be heard: voices, and a text spoken by one."""

import datetime as dt
from typing import Annotated

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field, StringConstraints

from oklik.campaigns.tokens import Scope
from oklik.scenario.spoken import FILTERS, SpokenError, Template, TemplateError, ValueUnreadable, parse_template
from oklik.speech.voices import VoicesError
from oklik_web.access import allowed
from oklik_web.api.simulations import WAV, WAV_DOC
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body
from oklik_web.simulation_shapes import Values
from oklik_web.speaking import NoSpeech, speaker
from oklik_web.words import said

blueprint = APIBlueprint("speech", __name__)


class SpeechIn(Body):
    """A text, with {{ slots }} or without.  values: for the slots; those without get an example.

    voice: its code, by default the first that speaks the language.
    """

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    voice: Annotated[str | None, Field(max_length=64)] = None
    values: Values | None = None


class VoiceOut(BaseModel):
    """A voice.  local: nothing that it speaks leaves this organisation's machines."""

    code: str
    title: str
    languages: list[str]
    local: bool


class VoicesOut(BaseModel):
    """All voices, preferred first."""

    voices: list[VoiceOut]


@blueprint.get("/voices")
@allowed(Scope.PROMPTS_READ)
@blueprint.output(VoicesOut)
def voices() -> VoicesOut:
    """List the voices of this installation."""
    try:
        known = speaker().configured()
    except VoicesError as error:
        raise Problem(409, {"ru": str(error), "en": str(error)}) from None
    return VoicesOut(
        voices=[
            VoiceOut(code=one.name, title=one.name, languages=list(one.languages), local=one.local) for one in known
        ]
    )


@blueprint.post("/speech")
@allowed(Scope.PROMPTS_READ)
@blueprint.input(SpeechIn)
@blueprint.doc(responses=WAV_DOC)
def speak(json_data: SpeechIn) -> Response:
    """Give the sound of a text."""
    wanted = json_data
    given = {name: value for name, value in (wanted.values or {}).items() if value.strip()}
    try:
        template = parse_template(wanted.text)
        says = template.speak(
            _examples(template, wanted.language) | given,
            language=wanted.language,
            today=_today(),
            personal=frozenset(given),
        )
    except TemplateError as error:
        raise Problem(422, {code: error.text(code) for code in ("ru", "en")}, field="text") from None
    except ValueUnreadable as error:
        raise Problem(422, {code: error.text(code) for code in ("ru", "en")}, field="values") from None
    except SpokenError:
        raise Problem(422, said("unspeakable"), field="values") from None
    try:
        known = [one.name for one in speaker().configured()]
        if wanted.voice is not None and wanted.voice not in known:
            raise Problem(422, said("no_voice", given=wanted.voice, known=", ".join(known)), field="voice")
        sound = speaker().wav(says, (wanted.language,), personal=False, voice=wanted.voice)
    except (VoicesError, NoSpeech) as error:
        text = error.text if isinstance(error, NoSpeech) else {"ru": str(error), "en": str(error)}
        raise Problem(409, text) from None
    return Response(sound, mimetype=WAV)


def _today() -> dt.date:
    return running().clock.now().date()


def _examples(template: Template, language: str) -> dict[str, str]:
    """Values for the slots as the filters' own examples have them."""
    found = {}
    for slot in template.slots:
        listed = FILTERS[slot.filter].examples if slot.filter in FILTERS else ()
        example = next((one for one in listed if one.language == language), None)
        found[slot.name] = example.value if example is not None else "Иван" if language == "ru" else "John"
    return found | dict.fromkeys(template.fields - found.keys(), "1")
