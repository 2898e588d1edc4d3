"""Settings: who uses this installation."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import users
from oklik.campaigns.permissions import Role
from oklik.campaigns.tokens import Scope
from oklik.campaigns.users import NoSuchUser, UserRefused
from oklik_web import forms
from oklik_web.access import asker, page
from oklik_web.api import users as api
from oklik_web.changing import Change, page_change
from oklik_web.running import running
from oklik_web.texts import t, text_in
from oklik_web.words import in_language

blueprint = Blueprint("pages_users", __name__, url_prefix="/settings/users")
Answer = Response | str | tuple[str, int]


class InviteForm(forms.Form):
    """Somebody new."""

    name = forms.line(users.NAME_MOST)
    login = forms.line(63)
    role = forms.choice()


class RoleForm(forms.Form):
    """Another role."""

    role = forms.choice()


@blueprint.get("")
@page(Scope.USERS_READ)
def index() -> Answer:
    """All accounts."""
    with running().engine.connect() as conn:
        found = users.all_users(conn)
    return render_template("users/index.html", users=found, myself=asker().user_id, roles=roles())


@blueprint.route("/new", methods=["GET", "POST"])
@page(Scope.USERS_WRITE)
def invite() -> Answer:
    """Invite somebody."""
    form = InviteForm()
    form.role.choices = roles()
    if form.is_submitted():
        if form.validate():
            try:
                with page_change() as change:
                    made = api.invited(change, form.said("login"), form.said("name"), form.said("role"))
                return render_template("users/link.html", link=made, name=form.said("name"))
            except UserRefused as error:
                form.blame(error.field, in_language(error.text))
    else:
        form.role.data = str(Role.MARKETER)
    return render_template("users/invite.html", form=form), 422 if form.errors else 200


@blueprint.post("/<int:user_id>/link")
@page(Scope.USERS_WRITE)
def link(user_id: int) -> Answer:
    """A new link to choose a password by."""
    with page_change() as change:
        made = api.linked(change, user_id)
        name = users.get_user(change.conn, user_id).name
    return render_template("users/link.html", link=made, name=name)


@blueprint.post("/<int:user_id>/role")
@page(Scope.USERS_WRITE)
def role(user_id: int) -> Answer:
    """Another role."""
    form = RoleForm()
    form.role.choices = roles()
    if form.validate():
        _do(lambda change: api.given_role(change, _other(user_id), form.said("role")), "users.role_given")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:user_id>/disable")
@page(Scope.USERS_WRITE)
def disable(user_id: int) -> Answer:
    """Shut an account."""
    _do(lambda change: api.shut(change, _other(user_id), disabled=True), "users.is_disabled")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:user_id>/enable")
@page(Scope.USERS_WRITE)
def enable(user_id: int) -> Answer:
    """Open an account again."""
    _do(lambda change: api.shut(change, user_id, disabled=False), "users.is_enabled")
    return redirect(url_for(".index"), 303)


def roles() -> list[tuple[str, str]]:
    """Give the roles and what they are called."""
    return [(str(one), t(f"roles.{one}")) for one in Role]


def _do(work: Callable[[Change], users.User], told: str) -> None:
    """Change something and say so, or say why not."""
    try:
        with page_change() as change:
            user = work(change)
    except NoSuchUser:
        raise
    except UserRefused as error:
        flash(in_language(error.text), "danger")
    else:
        flash(t(told, name=user.name), "success")


def _other(user_id: int) -> int:
    """Nobody shuts themselves out by a slip of the hand.  Raises UserRefused."""
    if user_id == asker().user_id:
        raise UserRefused("id", text_in("ru", "users.yourself"), text_in("en", "users.yourself"))
    return user_id
