"""Signing in and out, the first admin of an installation, and the choice of a password by a link.

Nothing tells a stranger which logins there are: a wrong login and a wrong password get the same answer after the same
time.  Failures are counted (`guesses`).
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from oklik.campaigns import audit, one_time_codes, users, web_sessions
from oklik.campaigns.audit import Actor
from oklik.campaigns.users import UserRefused
from oklik_web import door, forms
from oklik_web.access import open_page, page
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.whither import whither
from oklik_web.words import in_language

blueprint = Blueprint("pages_accounts", __name__)
Answer = Response | str | tuple[str, int]


class LoginForm(forms.Form):
    """Who wants in."""

    login = forms.line()
    password = forms.password()


class FirstAdminForm(forms.Form):
    """The first admin."""

    code = forms.line(50)
    login = forms.line(63)
    name = forms.line(users.NAME_MOST)
    password = forms.password(forms.good_password(lambda form: form["login"].data or ""))
    again = forms.password(forms.same_as("password"))


class PasswordForm(forms.Form):
    """A password of one's own choice."""

    def __init__(self, login: str) -> None:
        super().__init__()
        self.whose = login

    password = forms.password(forms.good_password(lambda form: form.whose))
    again = forms.password(forms.same_as("password"))


@blueprint.route("/login", methods=["GET", "POST"])
@open_page
def login() -> Answer:
    """Sign in."""
    onward = whither(request.values.get("next"))
    if door.signed_in() is not None:
        return redirect(onward)
    app, form = running(), LoginForm()
    with app.engine.connect() as conn:
        if not one_time_codes.anybody(conn):
            return redirect(url_for(".first_admin"))
    fault = ""
    if form.validate_on_submit():
        fault = _sign_in(form.said("login"), form.said("password"))
        if not fault:
            return redirect(onward, 303)
    status = 422 if fault or form.errors else 200
    return render_template("accounts/login.html", form=form, fault=fault, onward=onward), status


def _sign_in(name: str, password: str) -> str:
    """Try it; what is wrong, in words."""
    app, address = running(), request.remote_addr or ""
    if wait_s := app.guesses.wait_s(name, address):
        return t("accounts.wait", minutes=-(-wait_s // 60))
    with app.engine.connect() as conn:
        found = users.password_of(conn, name)
    kept = found[1] if found else None
    right = door.fits(kept, password)
    # Looked at again: who tries many at once has been counted meanwhile, and is not told that one was right.
    if wait_s := app.guesses.wait_s(name, address):
        return t("accounts.wait", minutes=-(-wait_s // 60))
    if not right:
        app.guesses.wrong(name, address)
    now = app.clock.now()
    with app.engine.begin() as conn:
        if not right or found is None or kept is None or users.password_of(conn, name) != found:
            actor = Actor(f"user:{name[:63]}", "web", request.remote_addr)
            audit.note(conn, actor, "sessions.refuse", name[:63], {}, now)
            return t("accounts.wrong")
        rehashed = door.hashed(password) if app.passwords.outdated(kept) else None
        users.note_login(conn, found[0], now, rehashed=rehashed)
        _begin(conn, found[0], name.strip().lower())
    app.guesses.right(name, address)
    return ""


@blueprint.post("/logout")
@page()
def logout() -> Response:
    """Sign out of this browser."""
    user = door.signed_in()
    if user is not None:
        with running().engine.begin() as conn:
            web_sessions.end_session(conn, user.session_id)
    door.let_out()
    flash(t("accounts.signed_out"))
    return redirect(url_for(".login"), 303)


@blueprint.route("/first-admin", methods=["GET", "POST"])
@open_page
def first_admin() -> Answer:
    """Make the admin of an installation that has nobody yet."""
    app, form = running(), FirstAdminForm()
    with app.engine.connect() as conn:
        if one_time_codes.anybody(conn):
            raise NotFound
    if form.validate_on_submit() and _make_first_admin(form):
        flash(t("accounts.welcome", name=form.said("name")), "success")
        return redirect(url_for("pages_home.index"), 303)
    return render_template("accounts/first_admin.html", form=form), 422 if form.errors else 200


def _make_first_admin(form: FirstAdminForm) -> bool:
    app, address = running(), request.remote_addr or ""
    if wait_s := app.guesses.wait_s("", address):
        form.blame("code", t("accounts.wait", minutes=-(-wait_s // 60)))
        return False
    password, now = door.hashed(form.said("password")), app.clock.now()
    if app.guesses.wait_s("", address):  # as when one signs in
        form.blame("code", t("accounts.wait", minutes=1))
        return False
    try:
        with app.engine.begin() as conn:
            user_id = users.make_first_admin(
                conn, form.said("code"), form.said("login"), form.said("name"), password, now
            )
            name = users.get_user(conn, user_id).login
            audit.note(conn, Actor(f"user:{name}", "web", address), "users.first_admin", name, {}, now)
            users.note_login(conn, user_id, now)
            _begin(conn, user_id, name)
    except UserRefused as error:
        if error.field == "code":
            app.guesses.wrong("", address)
        form.blame(error.field, in_language(error.text))
        return False
    return True


@blueprint.route("/password/<code>", methods=["GET", "POST"])
@open_page
def choose_password(code: str) -> Answer:
    """Choose a password, by a link that works once."""
    app = running()
    with app.engine.connect() as conn:
        user_id = one_time_codes.whose_link(conn, code, app.clock.now())
        user = users.get_user(conn, user_id) if user_id is not None else None
    if user is None:
        return render_template("accounts/link_over.html"), 404
    form = PasswordForm(user.login)
    if form.validate_on_submit():
        password, now = door.hashed(form.said("password")), app.clock.now()
        with app.engine.begin() as conn:
            if one_time_codes.take_link(conn, code, now) != user.id:
                return render_template("accounts/link_over.html"), 404
            users.set_password(conn, user.id, password)
            audit.note(
                conn, Actor(f"user:{user.login}", "web", request.remote_addr), "users.password", user.login, {}, now
            )
            users.note_login(conn, user.id, now)
            _begin(conn, user.id, user.login)
        flash(t("accounts.welcome", name=user.name), "success")
        return redirect(url_for("pages_home.index"), 303)
    return render_template("accounts/choose_password.html", form=form, user=user), 422 if form.errors else 200


def _begin(conn: Connection, user_id: int, login: str) -> None:
    """Let them in.  A session of before, of this browser, ends."""
    before = door.signed_in()
    if before is not None:
        web_sessions.end_session(conn, before.session_id)
    now = running().clock.now()
    door.let_in(web_sessions.begin_session(conn, user_id, now))
    audit.note(conn, Actor(f"user:{login}", "web", request.remote_addr), "sessions.begin", login, {}, now)
