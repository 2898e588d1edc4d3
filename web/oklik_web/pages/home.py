"""The start page, and the switch of languages."""

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns.users import set_language
from oklik_web import at_home, door, navigation
from oklik_web.access import open_page, page
from oklik_web.running import running
from oklik_web.whither import whither
from oklik_web.words import LANGUAGE_COOKIE, LANGUAGES

blueprint = Blueprint("pages_home", __name__)
_YEAR_S = 365 * 24 * 3600


@blueprint.get("/")
@page()
def index() -> str:
    """What runs now, what needs somebody, what to do next."""
    with running().engine.connect() as conn:
        on_line, of = at_home.calls(conn)
        told = {
            "on_line": on_line,
            "of": of,
            "active": at_home.active(conn),
            "over": at_home.over(conn),
            "troubles": at_home.troubles(conn),
            "steps": at_home.steps(conn),
        }
    # The start itself and what everybody may open is no work.
    anything = any(one.endpoint != "pages_home.index" for one in navigation.sections())
    return render_template("home.html", anything=anything, **told)


@blueprint.get("/settings")
@page()
def settings() -> Response:
    """The first of the settings that the person may use."""
    places = navigation.settings_sections()
    return redirect(url_for(places[0].endpoint if places else ".index"))


@blueprint.post("/language")
@open_page
def language() -> Response:
    """Keep the language that was switched to, for this browser and for whoever is signed in."""
    wanted = request.form.get("language", "")
    answer = make_response(redirect(whither(request.form.get("next")), 303))
    if wanted in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, wanted, max_age=_YEAR_S, secure=request.is_secure, httponly=True, samesite="Lax"
        )
        user = door.signed_in()
        if user is not None:
            with running().engine.begin() as conn:
                set_language(conn, user.user_id, wanted)
    return answer
