"""One's own profile: name, language, password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import users, web_sessions
from oklik.campaigns.users import User, UserRefused
from oklik_web import door, forms
from oklik_web.access import asker, page
from oklik_web.changing import page_change
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.words import LANGUAGES, in_language, language

blueprint = Blueprint("pages_profile", __name__, url_prefix="/profile")
Answer = Response | tuple[str, int]


class ProfileForm(forms.Form):
    """What is shown, and in which language."""

    name = forms.line(users.NAME_MOST)
    language = forms.choice()


class NewPasswordForm(forms.Form):
    """A new password, by who knows the old one."""

    def __init__(self, login: str) -> None:
        super().__init__()
        self.whose = login

    old = forms.password()
    password = forms.password(forms.good_password(lambda form: form.whose))
    again = forms.password(forms.same_as("password"))


@blueprint.get("")
@page()
def index() -> Answer:
    """Show it."""
    user = _me()
    return _shown(user, _profile_form(user), NewPasswordForm(user.login), 200)


@blueprint.post("")
@page()
def save() -> Answer:
    """Keep name and language."""
    user = _me()
    form = _profile_form(user)
    if form.validate():
        try:
            with page_change() as change:
                users.set_name(change.conn, user.id, form.said("name"), form.said("language"))
                change.note("users.profile", user.login, {"language": form.said("language")})
        except UserRefused as error:
            form.blame(error.field, in_language(error.text))
        else:
            door.forget()
            door.signed_in()  # so that what is said now is said in the new language
            flash(t("profile.saved"), "success")
            return redirect(url_for(".index"), 303)
    return _shown(user, form, NewPasswordForm(user.login), 422)


@blueprint.post("/password")
@page()
def password() -> Answer:
    """Keep a new password; every other browser is signed out."""
    app, user, address = running(), _me(), request.remote_addr or ""
    form = NewPasswordForm(user.login)
    if form.validate():
        if wait_s := app.guesses.wait_s(user.login, address):
            form.blame("old", t("accounts.wait", minutes=-(-wait_s // 60)))
        elif not _is_mine(user, form.said("old")):
            app.guesses.wrong(user.login, address)
            form.blame("old", t("profile.not_the_old"))
        elif app.guesses.wait_s(user.login, address):  # of many at once, as when one signs in
            form.blame("old", t("accounts.wait", minutes=1))
        else:
            kept = door.hashed(form.said("password"))
            with page_change() as change:
                users.set_password(change.conn, user.id, kept)
                change.note("users.password", user.login, {})
                door.let_in(web_sessions.begin_session(change.conn, user.id, change.now))
            flash(t("profile.password_saved"), "success")
            return redirect(url_for(".index"), 303)
    return _shown(user, _profile_form(user, fresh=True), form, 422)


def _me() -> User:
    with running().engine.connect() as conn:
        return users.get_user(conn, asker().id)


def _is_mine(user: User, given: str) -> bool:
    with running().engine.connect() as conn:
        found = users.password_of(conn, user.login)
    return door.fits(found[1] if found else None, given)


def _profile_form(user: User, *, fresh: bool = False) -> ProfileForm:
    """fresh: as it is kept, whatever was sent."""
    known = {"name": user.name, "language": user.language or language()}
    form = ProfileForm(formdata=None, data=known) if fresh else ProfileForm(data=known)
    form.language.choices = [(code, t(f"profile.{code}")) for code in LANGUAGES]
    return form


def _shown(user: User, form: ProfileForm, password_form: NewPasswordForm, status: int) -> tuple[str, int]:
    return render_template("profile/index.html", user=user, form=form, password_form=password_form), status
