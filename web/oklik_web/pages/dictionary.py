"""Settings: how words are read aloud."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from oklik.campaigns import pronunciation
from oklik.campaigns.pronunciation import ReadingRefused
from oklik.campaigns.tokens import Scope
from oklik_web import forms
from oklik_web.access import page
from oklik_web.api import pronunciation as api
from oklik_web.changing import page_change
from oklik_web.running import running
from oklik_web.texts import t
from oklik_web.words import in_language, language

blueprint = Blueprint("pages_dictionary", __name__, url_prefix="/settings/dictionary")
Answer = Response | str | tuple[str, int]


class WordForm(forms.Form):
    """A word and its reading."""

    language = forms.choice()
    word = forms.line(pronunciation.MOST_WORD)
    reading = forms.line(pronunciation.MOST_READING)


@blueprint.route("", methods=["GET"])
@page(Scope.DICTIONARY_READ)
def index() -> Answer:
    """All words."""
    return _shown(_form())


@blueprint.post("")
@page(Scope.DICTIONARY_WRITE)
def put() -> Answer:
    """Keep a word."""
    form = _form()
    if form.validate():
        try:
            with page_change() as change:
                api.kept(change, form.said("language"), form.said("word"), form.said("reading"))
        except ReadingRefused as error:
            form.blame(error.field, in_language(error.text))
        else:
            flash(t("dictionary.is_kept", word=form.said("word")), "success")
            return redirect(url_for(".index"), 303)
    return _shown(form)


@blueprint.post("/remove")
@page(Scope.DICTIONARY_WRITE)
def remove() -> Answer:
    """Take one out."""
    word = request.form.get("word", "")[: pronunciation.MOST_WORD].replace("\0", "")
    spoken = request.form.get("language", "")[:10].replace("\0", "")
    with page_change() as change:
        api.taken_out(change, spoken, word)
    flash(t("dictionary.is_removed", word=word), "success")
    return redirect(url_for(".index"), 303)


def _form() -> WordForm:
    form = WordForm()
    form.language.choices = [(one, t(f"dictionary.language_{one}")) for one in pronunciation.LANGUAGES]
    if not form.is_submitted():
        form.language.data = language()
    return form


def _shown(form: WordForm) -> Answer:
    with running().engine.connect() as conn:
        found = pronunciation.every(conn)
    return render_template("dictionary/index.html", form=form, words=found), 422 if form.errors else 200
