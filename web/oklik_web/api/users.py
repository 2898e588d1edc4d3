"""Accounts of people: invited, given another role, shut and opened.  A password is only ever chosen by its owner."""

from typing import Annotated

from apiflask import APIBlueprint
from flask import url_for
from pydantic import BaseModel, Field

from oklik.campaigns import one_time_codes, users
from oklik.campaigns.permissions import Role
from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed
from oklik_web.changing import Change, changing
from oklik_web.running import running
from oklik_web.shapes import Body, Moment

blueprint = APIBlueprint("users", __name__, url_prefix="/users")


class UserOut(BaseModel):
    """An account.  ready: a password is chosen; disabled_at: since when they are not let in."""

    id: int
    login: str
    name: str
    role: Role
    ready: bool
    created_at: Moment
    last_login_at: Moment | None
    disabled_at: Moment | None


class UsersOut(BaseModel):
    """All accounts."""

    users: list[UserOut]


class InviteIn(Body):
    """A new account."""

    login: Annotated[str, Field(min_length=1, max_length=63)]
    name: Annotated[str, Field(min_length=1, max_length=users.NAME_MOST)]
    role: Role


class LinkOut(BaseModel):
    """A link by which that user chooses a password, once.  expires_at: it holds no longer."""

    id: int
    link: str
    expires_at: Moment


class RoleIn(Body):
    """Another role; the user is signed out everywhere."""

    role: Role


class NothingIn(Body):
    """Nothing more is to be said: {}."""


@blueprint.get("")
@allowed(Scope.USERS_READ)
@blueprint.output(UsersOut)
def show() -> UsersOut:
    """List all accounts."""
    with running().engine.connect() as conn:
        return UsersOut(users=[_out(one) for one in users.all_users(conn)])


@blueprint.post("/invite")
@allowed(Scope.USERS_WRITE)
@blueprint.input(InviteIn)
@blueprint.output(LinkOut)
@changing(keep=False)
def invite(change: Change, json_data: InviteIn) -> LinkOut:
    """Make an account, and a link by which its owner chooses the password."""
    return invited(change, json_data.login, json_data.name, json_data.role)


@blueprint.post("/<int:user_id>/link")
@allowed(Scope.USERS_WRITE)
@blueprint.input(NothingIn)
@blueprint.output(LinkOut)
@changing(keep=False)
def link(change: Change, user_id: int, json_data: NothingIn) -> LinkOut:  # noqa: ARG001
    """Make a new link for somebody who lost the password or the link of before, which holds no more."""
    return linked(change, user_id)


@blueprint.post("/<int:user_id>/role")
@allowed(Scope.USERS_WRITE)
@blueprint.input(RoleIn)
@blueprint.output(UserOut)
@changing
def role(change: Change, user_id: int, json_data: RoleIn) -> UserOut:
    """Give another role; the user is signed out everywhere."""
    return _out(given_role(change, user_id, json_data.role))


@blueprint.post("/<int:user_id>/disable")
@allowed(Scope.USERS_WRITE)
@blueprint.input(NothingIn)
@blueprint.output(UserOut)
@changing
def disable(change: Change, user_id: int, json_data: NothingIn) -> UserOut:  # noqa: ARG001
    """Shut an account: its owner is signed out everywhere and their tokens are refused."""
    return _out(shut(change, user_id, disabled=True))


@blueprint.post("/<int:user_id>/enable")
@allowed(Scope.USERS_WRITE)
@blueprint.input(NothingIn)
@blueprint.output(UserOut)
@changing
def enable(change: Change, user_id: int, json_data: NothingIn) -> UserOut:  # noqa: ARG001
    """Open an account again."""
    return _out(shut(change, user_id, disabled=False))


def invited(change: Change, login: str, name: str, role_: str) -> LinkOut:
    """Make an account; for the page as well.  Raises UserRefused."""
    user_id = users.add_user(change.conn, login, name, role_, change.now)
    change.note("users.invite", users.get_user(change.conn, user_id).login, {"role": str(role_)})
    return _link(change, user_id)


def linked(change: Change, user_id: int) -> LinkOut:
    """Make a new link; for the page as well.  Raises UserRefused."""
    user = users.get_user(change.conn, user_id)
    change.note("users.link", user.login, {})
    return _link(change, user_id)


def given_role(change: Change, user_id: int, role_: str) -> users.User:
    """Give another role; for the page as well.  Raises UserRefused."""
    users.set_role(change.conn, user_id, role_)
    user = users.get_user(change.conn, user_id)
    change.note("users.role", user.login, {"role": str(role_)})
    return user


def shut(change: Change, user_id: int, *, disabled: bool) -> users.User:
    """Shut or open an account; for the page as well.  Raises UserRefused."""
    users.set_disabled(change.conn, user_id, disabled, change.now)
    user = users.get_user(change.conn, user_id)
    change.note("users.disable" if disabled else "users.enable", user.login, {})
    return user


def _link(change: Change, user_id: int) -> LinkOut:
    code = one_time_codes.make_link_code(change.conn, user_id, change.now)
    address = url_for("pages_accounts.choose_password", code=code, _external=True)
    return LinkOut(id=user_id, link=address, expires_at=change.now + one_time_codes.LINK_HOLDS)


def _out(user: users.User) -> UserOut:
    return UserOut(**{name: getattr(user, name) for name in UserOut.model_fields})
