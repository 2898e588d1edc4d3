"""Who asks, as the API knows them, and their own name and language.

A password is no program's business: it is changed on the page by who knows the old one.
"""

from typing import Annotated, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from oklik.campaigns import users
from oklik.campaigns.permissions import Role
from oklik.campaigns.tokens import Scope
from oklik_web.access import allowed, asker
from oklik_web.changing import Change, changing
from oklik_web.problems import Problem
from oklik_web.running import running
from oklik_web.shapes import Body
from oklik_web.words import said

blueprint = APIBlueprint("profile", __name__, url_prefix="/profile")
LanguageCode = Literal["ru", "en"]


class OwnAccountOut(BaseModel):
    """The account of who asks, or whose token it is.  language: of the pages; null: as the browser wishes."""

    login: str
    name: str
    role: Role
    language: LanguageCode | None


class ProfileOut(BaseModel):
    """Who asks.  kind: token or user; name: the token's or the login; account: null where the token is nobody's."""

    kind: Literal["token", "user"]
    name: str
    scopes: list[str]
    account: OwnAccountOut | None


class ProfileIn(Body):
    """What is shown of them, and in which language they see the pages."""

    name: Annotated[str, Field(min_length=1, max_length=users.NAME_MOST)]
    language: LanguageCode


@blueprint.get("")
@allowed(Scope.PROFILE_READ)
@blueprint.output(ProfileOut)
def show() -> ProfileOut:
    """Tell who asks and what they may do."""
    who = asker()
    account = None
    if who.user_id is not None:
        with running().engine.connect() as conn:
            account = _out(users.get_user(conn, who.user_id))
    kind: Literal["token", "user"] = "token" if who.kind == "token" else "user"
    return ProfileOut(kind=kind, name=who.name, scopes=sorted(who.scopes), account=account)


@blueprint.post("")
@allowed(Scope.PROFILE_WRITE)
@blueprint.input(ProfileIn)
@blueprint.output(OwnAccountOut)
@changing
def save(change: Change, json_data: ProfileIn) -> OwnAccountOut:
    """Keep one's own name and language."""
    who = asker()
    if who.user_id is None:
        raise Problem(409, said("token_of_nobody", name=who.name))
    users.set_name(change.conn, who.user_id, json_data.name, json_data.language)
    user = users.get_user(change.conn, who.user_id)
    change.note("users.profile", user.login, {"language": json_data.language})
    return _out(user)


def _out(user: users.User) -> OwnAccountOut:
    language: LanguageCode | None = "ru" if user.language == "ru" else "en" if user.language == "en" else None
    return OwnAccountOut(login=user.login, name=user.name, role=Role(user.role), language=language)
