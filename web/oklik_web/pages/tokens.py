"""Settings: tokens of programs."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField

from oklik.campaigns import tokens
from oklik.campaigns.tokens import Scope, TokenRefused
from oklik_web import forms
from oklik_web.access import asker, page
from oklik_web.api import tokens as api
from oklik_web.changing import page_change
from oklik_web.running import running
from oklik_web.texts import t, topics
from oklik_web.words import in_language

blueprint = Blueprint("pages_tokens", __name__, url_prefix="/settings/tokens")
Answer = Response | str | tuple[str, int]
DAYS = (30, 90, 365, 0)  # 0: until it is revoked


class TokenForm(forms.Form):
    """A new token."""

    name = forms.line(63)
    days = forms.choice()
    scopes = SelectMultipleField(validators=[forms.required])


@blueprint.get("")
@page(Scope.TOKENS_READ)
def index() -> Answer:
    """All tokens."""
    app = running()
    with app.engine.connect() as conn:
        found = tokens.all_tokens(conn)
    return render_template("tokens/index.html", tokens=found, now=app.clock.now(), scope_words=scope_words)


@blueprint.route("/new", methods=["GET", "POST"])
@page(Scope.TOKENS_WRITE)
def create() -> Answer:
    """Make one and show it, this once."""
    form = TokenForm()
    form.days.choices = [(str(days), t("tokens.days", n=days) if days else t("tokens.for_good")) for days in DAYS]
    form.scopes.choices = [(one, scope_words(one)) for one in Scope if one in asker().scopes]
    if form.is_submitted():
        if form.validate():
            try:
                with page_change() as change:
                    made = api.made(
                        change, form.said("name"), list(form.scopes.data or []), int(form.said("days")) or None
                    )
            except TokenRefused as error:
                form.blame("name", in_language(error.text))
            else:
                return render_template("tokens/made.html", made=made, name=form.said("name"))
    else:
        form.days.data = str(DAYS[1])
    return render_template("tokens/create.html", form=form), 422 if form.errors else 200


@blueprint.post("/revoke")
@page(Scope.TOKENS_WRITE)
def revoke() -> Answer:
    """Take one back."""
    name = request.form.get("name", "")[:100].replace("\0", "")
    try:
        with page_change() as change:
            api.revoked(change, name)
    except TokenRefused as error:
        flash(in_language(error.text), "danger")
    else:
        flash(t("tokens.is_revoked", name=name), "success")
    return redirect(url_for(".index"), 303)


def scope_words(scope: str) -> str:
    """Give a scope in words; the scope itself where there are none yet."""
    key = scope.replace(":", "_")
    return t(f"scopes.{key}") if key in topics()["scopes"] else scope
