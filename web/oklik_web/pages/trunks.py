"""Settings: trunks.  A carrier's letter is filled in here; what FreeSWITCH needs is made of it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response
from wtforms import PasswordField, RadioField

from oklik.campaigns import gateways, trunks
from oklik.campaigns.gateways import Filled, GatewayFault, Kept
from oklik.campaigns.meanwhile import ChangedMeanwhile
from oklik.campaigns.tokens import Scope
from oklik.campaigns.trunks import Listed, TrunkRefused
from oklik.dialing.gateways import CallerIdRule, Condition, Dtmf, Login, NumberForm
from oklik.reports.lines import lines
from oklik.telephony import gateway_file
from oklik_web import forms, gateway_files
from oklik_web.access import page
from oklik_web.api import gateways as api
from oklik_web.changing import page_change
from oklik_web.pages import trunks_tests
from oklik_web.problems import Problem, changed_meanwhile
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.trunk_words import conditions, worst_condition
from oklik_web.words import in_language, said

blueprint = Blueprint("pages_trunks", __name__, url_prefix="/settings/trunks")
Answer = Response | str | tuple[str, int]

COLOURS = {
    Condition.REGISTERED: "green",
    Condition.READY: "green",
    Condition.TRYING: "yellow",
    Condition.APPLYING: "yellow",
    Condition.UNKNOWN: "secondary",
}
CODECS = ("PCMA,PCMU", "PCMU,PCMA", "PCMA", "PCMU", "OPUS,PCMA,PCMU", "G722,PCMA,PCMU")
PINGS = ("0", "30", "60", "300")


class TrunkForm(forms.Form):
    """What a carrier's letter says."""

    name = forms.line(100)
    login = RadioField(validators=[forms.required])
    host = forms.line(300)
    user = forms.line(200, needed=False)
    password = PasswordField(validators=[forms.at_most(200)])
    numbers = RadioField(validators=[forms.required])
    caller_ids = forms.text(2000)
    channels = forms.line(6)
    cps = forms.line(10)
    codecs = forms.choice()
    dtmf = forms.choice()
    caller_id = forms.choice()
    nat_address = forms.line(100, needed=False)
    ping = forms.choice()
    version = forms.line(64, needed=False)  # of the trunk that is edited; "": a new one
    attempt_price = forms.line(20, needed=False)
    minute_price = forms.line(20, needed=False)


class PasswordForm(forms.Form):
    """The password of the account at the carrier, for the file that is taken away."""

    password = PasswordField(validators=[forms.at_most(200)])


@blueprint.get("")
@page(Scope.TRUNKS_READ)
def index() -> Answer:
    """All trunks."""
    app = running()
    with app.engine.connect() as conn:
        found = trunks.all_trunks(conn)
        filled = gateways.every(conn)
        use = {line.name: line for line in lines(conn, app.clock.now())}
        worst = {name: worst_condition(conn, kept, app.clock.now()) for name, kept in filled.items()}
    template = "trunks/list.html" if request.headers.get("HX-Request") else "trunks/index.html"
    return render_template(template, trunks=found, filled=filled, use=use, worst=worst, colours=COLOURS)


@blueprint.route("/new", methods=["GET", "POST"])
@page(Scope.TRUNKS_WRITE)
def create() -> Answer:
    """A new trunk."""
    form = _form()
    if not form.is_submitted():
        form.process(data=_defaults())
        _choices(form)
    return _edited(form, None)


@blueprint.route("/<int:trunk_id>/edit", methods=["GET", "POST"])
@page(Scope.TRUNKS_WRITE)
def edit(trunk_id: int) -> Answer:
    """Other settings of a trunk."""
    with running().engine.connect() as conn:
        kept = _kept(conn, trunk_id)
        shown = _filled_in(kept, _listed(conn, kept))
    form = _form()
    if not form.is_submitted():
        form.process(data=shown)
        _choices(form)
    form.name.data = kept.trunk  # campaigns and reports name it
    return _edited(form, kept)


@blueprint.get("/<int:trunk_id>")
@page(Scope.TRUNKS_READ)
def show(trunk_id: int) -> Answer:
    """A trunk: how it is, what was filled in, what to do next."""
    with running().engine.connect() as conn:
        kept = _kept(conn, trunk_id)
        values = _shown(conn, kept)
    if request.headers.get("HX-Request"):
        return render_template("trunks/state.html", **values)
    return render_template("trunks/show.html", form=PasswordForm(), **values)


@blueprint.post("/<int:trunk_id>/rescan")
@page(Scope.TRUNKS_WRITE)
def rescan(trunk_id: int) -> Answer:
    """Have the switches read its file again."""
    with page_change() as change:
        api.asked_again(change, _kept(change.conn, trunk_id).trunk)
    flash(t("trunks.is_asked"), "success")
    return redirect(url_for(".show", trunk_id=trunk_id), 303)


@blueprint.post("/<int:trunk_id>/file")
@page(Scope.TRUNKS_WRITE)
def file(trunk_id: int) -> Any:
    """Its file, to be taken to the switch's machine."""
    form = PasswordForm()
    try:
        with page_change() as change:
            kept = _kept(change.conn, trunk_id)
            if not form.validate():
                raise GatewayFault("password", *(said("unprintable")[code] for code in ("ru", "en")))
            name, content = api.made_file(change, kept.trunk, str(form.password.data or ""))
    except GatewayFault as error:
        flash(in_language(error.text), "danger")
        return redirect(url_for(".show", trunk_id=trunk_id), 303)
    return send_file(BytesIO(content), mimetype="application/xml", as_attachment=True, download_name=name, max_age=0)


@blueprint.post("/<int:trunk_id>/remove")
@page(Scope.TRUNKS_WRITE)
def remove(trunk_id: int) -> Answer:
    """Take it away, where no campaign uses it."""
    try:
        with page_change() as change:
            name = _kept(change.conn, trunk_id).trunk
            api.removed(change, name)
    except (TrunkRefused, Problem) as error:
        if isinstance(error, Problem) and error.status == 404:
            raise
        flash(in_language(error.text), "danger")
        return redirect(url_for(".show", trunk_id=trunk_id), 303)
    flash(t("trunks.is_removed", name=name), "success")
    return redirect(url_for(".index"), 303)


# -- the form -------------------------------------------------------------------------------------------------------


def _form() -> TrunkForm:
    form = TrunkForm()
    _choices(form)
    return form


def _choices(form: TrunkForm) -> None:
    form.login.choices = [(str(one), t(f"trunks.login_{one}")) for one in Login]
    form.numbers.choices = [(str(one), t(f"trunks.numbers_{one}")) for one in NumberForm]
    form.codecs.choices = [(one, one.replace(",", ", ")) for one in CODECS]
    if form.codecs.data and form.codecs.data not in CODECS and not form.is_submitted():
        form.codecs.choices.append((form.codecs.data, form.codecs.data))
    form.dtmf.choices = [(str(one), t(f"trunks.dtmf_{one}")) for one in Dtmf]
    form.caller_id.choices = [(str(one), t(f"trunks.caller_id_{one}")) for one in CallerIdRule]
    form.ping.choices = [
        (one, t("trunks.ping_s", n=int(one)) if one != "0" else t("trunks.ping_none")) for one in PINGS
    ]


def _edited(form: TrunkForm, kept: Kept | None) -> Answer:
    meanwhile = False
    if form.is_submitted() and form.validate():
        try:
            filled = _filled(form)
            with page_change() as change:
                name, password = kept.trunk if kept else form.said("name"), form.password.data or ""
                saved = api.saved(
                    change, name, filled, password, form.said("version") or None if kept else gateways.NEW
                )
            flash(t("trunks.is_saved"), "success")
            return redirect(url_for(".show", trunk_id=saved.trunk_id), 303)
        except ChangedMeanwhile as error:
            told = in_language(changed_meanwhile(error))
            flash(f"{told[0].upper()}{told[1:]}. {t('shell.save_over')}.", "danger")
            meanwhile = True
            _say_what_stands(form, error.version)
        except _Unreadable as error:
            form.blame(error.field, t(f"trunks.bad_{error.field}"))
        except Problem as error:
            if not error.field:
                flash(in_language(error.text), "danger")
            form.blame(error.field.partition(".")[0] or "name", in_language(error.text))
    if form.errors and form.password.data:
        form.blame("password", t("trunks.password_again"))  # a page never holds one
    return render_template(
        "trunks/edit.html", form=form, kept=kept, folder=gateway_files.folder() is not None
    ), 409 if meanwhile else 422 if form.errors else 200


def _say_what_stands(form: TrunkForm, version: str) -> None:
    """At each field that somebody else has set otherwise; what was typed stays, and may be saved over it."""
    with running().engine.connect() as conn:
        listed = next(one for one in trunks.all_trunks(conn) if one.name == form.said("name"))
        stands = _filled_in(gateways.get(conn, listed.name), listed)
    form.version.data = version
    for name, value in stands.items():
        if name != "version" and form.said(name).split() != value.split():
            titles = dict(getattr(form[name], "choices", None) or ())
            form.blame(name, t("shell.stands_now", value=titles.get(value, value) or "—"))


class _Unreadable(ValueError):
    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(field)


def _filled(form: TrunkForm) -> Filled:
    """What was filled in.  Raises _Unreadable."""
    return Filled(
        login=Login(form.said("login")),
        host=form.said("host"),
        user=form.said("user"),
        numbers=NumberForm(form.said("numbers")),
        codecs=tuple(form.said("codecs").split(",")),
        dtmf=Dtmf(form.said("dtmf")),
        caller_id=CallerIdRule(form.said("caller_id")),
        nat_address=form.said("nat_address"),
        ping=int(form.said("ping")),
        channels=int(_number(form, "channels", 1, 5_000, whole=True)),
        cps=float(_number(form, "cps", Decimal("0.01"), 500)),
        attempt_price=_price(form, "attempt_price"),
        minute_price=_price(form, "minute_price"),
        caller_ids=tuple(dict.fromkeys(form.said("caller_ids").replace(",", " ").split())),
    )


def _number(form: TrunkForm, field: str, least: Decimal | int, most: int, *, whole: bool = False) -> Decimal:
    try:
        found = Decimal(form.said(field).replace(",", ".").replace(" ", ""))
    except InvalidOperation:
        raise _Unreadable(field) from None
    if not found.is_finite() or not least <= found <= most or (whole and found != int(found)):
        raise _Unreadable(field)
    return found


def _price(form: TrunkForm, field: str) -> Decimal | None:
    return _number(form, field, 0, 10**9).quantize(Decimal("0.0001")).normalize() + 0 if form.said(field) else None


def _defaults() -> dict[str, Any]:
    return {
        "login": str(Login.REGISTRATION),
        "numbers": str(NumberForm.DIGITS),
        "codecs": CODECS[0],
        "dtmf": str(Dtmf.RFC2833),
        "caller_id": str(CallerIdRule.FROM),
        "ping": "0",
        "channels": "10",
        "cps": "1",
    }


def _filled_in(kept: Kept, listed: Listed) -> dict[str, Any]:
    gateway = kept.gateway
    return {
        "name": kept.trunk,
        "login": str(gateway.login),
        "host": gateway.host,
        "user": gateway.user,
        "numbers": str(kept.numbers or ""),
        "codecs": ",".join(gateway.codecs),
        "dtmf": str(gateway.dtmf),
        "caller_id": str(gateway.caller_id),
        "nat_address": gateway.nat_address,
        "ping": str(gateway.ping),
        "channels": str(listed.channels),
        "cps": f"{listed.cps:g}",
        "attempt_price": listed.attempt_price or "",
        "minute_price": listed.minute_price or "",
        "caller_ids": "\n".join(listed.caller_ids),
        "version": listed.version,
    }


# -- what is shown --------------------------------------------------------------------------------------------------


def _kept(conn: Connection, trunk_id: int) -> Kept:
    for one in gateways.every(conn).values():
        if one.trunk_id == trunk_id:
            return one
    raise Problem(404, said("no_such_page"))


def _listed(conn: Connection, kept: Kept) -> Listed:
    return next(one for one in trunks.all_trunks(conn) if one.id == kept.trunk_id)


def _conditions(conn: Connection, kept: Kept) -> list[tuple[gateways.NodeSeen, Condition]]:
    return conditions(conn, kept, running().clock.now())


def _shown(conn: Connection, kept: Kept) -> Mapping[str, Any]:
    return {
        "kept": kept,
        "trunk": _listed(conn, kept),
        "conditions": _conditions(conn, kept),
        "colours": COLOURS,
        "written": gateway_files.written(kept),
        "file_name": gateway_file.file_name(kept.gateway.name),
        **trunks_tests.shown(conn, kept.trunk_id),
    }
