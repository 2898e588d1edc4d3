"""Forms of pages: Flask-WTF's, with our words.  A fault is shown at its field, what was typed stays there."""

from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from oklik.campaigns.passwords import LEAST, MOST, weakness
from oklik_web.texts import t

Check = Callable[[Any, Any], None]


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose CSRF token the rule of its page has checked already (`access`); templates still send it."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Flask-WTF's settings."""

        csrf = False

    def said(self, name: str) -> str:
        """What stands in a field, as text."""
        return str(self[name].data or "")

    def blame(self, field: str, fault: str) -> None:
        """Say at a field what a use case found wrong; at the first one, where it is none of the form's."""
        where = self[field] if field in self else next(iter(self))
        where.errors = [*where.errors, fault]


def required(_form: Any, field: Field) -> None:
    """Something must be there."""
    if not field.data or (isinstance(field.data, str) and not field.data.strip()):
        raise StopValidation(t("shell.form_required"))


def at_most(most: int) -> Check:
    """So many characters at most, and none that PostgreSQL cannot keep."""

    def check(_form: Any, field: Field) -> None:
        given = field.data or ""
        if "\0" in given:
            raise StopValidation(t("shell.form_null"))
        if len(given) > most:
            raise StopValidation(t("shell.form_too_long", most=most))

    return check


def good_password(login: Callable[[Any], str]) -> Check:
    """A password that is good enough.  login: finds, in the form, whose it is."""

    def check(form: Any, field: Field) -> None:
        fault = weakness(field.data or "", login(form))
        if fault is not None:
            raise ValidationError(t(f"accounts.password_{fault}", least=LEAST, most=MOST))

    return check


def same_as(name: str) -> Check:
    """The same as in another field."""

    def check(form: Any, field: Field) -> None:
        if field.data != form[name].data:
            raise ValidationError(t("shell.form_differs"))

    return check


def line(most: int = 200, *checks: Check, needed: bool = True, **more: Any) -> StringField:
    """A line of text."""
    return StringField(
        validators=[*([required] if needed else []), at_most(most), *checks], filters=[_stripped], **more
    )


def text(most: int = 2000, *, needed: bool = False) -> TextAreaField:
    """A text of several lines."""
    return TextAreaField(validators=[*([required] if needed else []), at_most(most)])


def password(*checks: Check, most: int = 1000) -> PasswordField:
    """A password; never shown again."""
    return PasswordField(validators=[required, at_most(most), *checks])


def choice(*, needed: bool = True) -> SelectField:
    """One of several; its choices are set by the view."""
    return _Choice(validators=[required] if needed else [], validate_choice=True)


def tick() -> BooleanField:
    """Yes or no."""
    return BooleanField()


class _Choice(SelectField):
    def pre_validate(self, form: Any) -> None:  # noqa: ARG002  as wtforms calls it
        if self.data not in [value for value, *_ in self.iter_choices()]:
            raise ValidationError(t("shell.form_choice"))


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
