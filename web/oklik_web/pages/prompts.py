"""The library of recorded prompts: the list with upload and speech, and the history of one.

What changes something is asked of the API by the page's script, for it holds a file; restoring is a form.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import prompt_library
from oklik.campaigns.prompt_library import KEY, LANGUAGE
from oklik.campaigns.tokens import Scope
from oklik.speech.intake import MAX_BYTES, MAX_S
from oklik.speech.voices import VoicesError
from oklik_web.access import page
from oklik_web.changing import page_change
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.speaking import speaker
from oklik_web.texts import t
from oklik_web.words import language, said

blueprint = Blueprint("pages_prompts", __name__, url_prefix="/prompts")
Answer = Response | str


@blueprint.get("")
@page(Scope.PROMPTS_READ)
def index() -> Answer:
    """The library, and what scenarios want besides.  q: a piece of a key or a scenario's name; speech: a language."""
    q = request.args.get("q", "")[:100].strip()
    spoken = request.args.get("speech", "")
    spoken = spoken if LANGUAGE.fullmatch(spoken) else ""
    with running().engine.connect() as conn:
        found = prompt_library.all_prompts(conn, spoken or None, q)
    try:
        voices = [(one.name, sorted(one.languages)) for one in speaker().configured()]
    except VoicesError:
        voices = []
    shown = sorted({language(), *(one.language for one in found), *(code for _, spoken in voices for code in spoken)})
    return render_template(
        "prompts/index.html",
        prompts=found,
        q=q,
        speech=spoken,
        languages=shown,
        voices=voices,
        most_mb=MAX_BYTES >> 20,
        most_min=MAX_S // 60,
    )


@blueprint.get("/<spoken>/<key>")
@page(Scope.PROMPTS_READ)
def history(spoken: str, key: str) -> Answer:
    """All versions of a prompt, and who uses it."""
    _check(spoken, key)
    with running().engine.connect() as conn:
        versions = prompt_library.versions(conn, spoken, key)
        known = prompt_library.all_prompts(conn, spoken)
    one = next((one for one in known if one.key == key), None)
    if one is None:
        raise Problem(404, said("no_prompt", name=f"{spoken}/{key}"))
    return render_template(
        "prompts/history.html", prompt=one, versions=versions, most_mb=MAX_BYTES >> 20, most_min=MAX_S // 60
    )


@blueprint.post("/<spoken>/<key>/restore")
@page(Scope.PROMPTS_WRITE)
def restore(spoken: str, key: str) -> Answer:
    """Bring an old version back."""
    _check(spoken, key)
    given = request.form.get("version", "")
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
    with page_change() as change:
        made = prompt_library.restore(change.conn, spoken, key, number, change.actor.who, change.now)
        if made is None:
            raise Problem(404, said("no_prompt", name=f"{spoken}/{key}"))
        change.note("prompts.restore", f"{spoken}/{key}", {"version": made, "restored": number})
    flash(t("prompts.restored", n=number))
    return redirect(url_for(".history", spoken=spoken, key=key), 303)


def _check(spoken: str, key: str) -> None:
    """What is no prompt's place is not there.  Raises Problem."""
    if not (LANGUAGE.fullmatch(spoken) and KEY.fullmatch(key)):
        raise Problem(404, said("no_prompt", name=f"{spoken[:9]}/{key[:80]}"))
