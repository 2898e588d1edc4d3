"""Help and wrong usage in the language of the messages: typer's own words are English only.

The texts of commands and options are in `help_texts`, those of wrong usage in `messages`; here they are put into the
commands that typer has built.  Which commands there are is the business of `cli`.
"""

import difflib
import os
import re
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from oklik.help_texts import HELP
from oklik.messages import LANGUAGES, say

# Typer's own words around the texts.
_FRAME = {
    "ru": {
        "usage": "Использование:",
        "options": "[ПАРАМЕТРЫ]",
        "command": "КОМАНДА [АРГУМЕНТЫ]...",
        "arguments_panel": "Аргументы",
        "options_panel": "Параметры",
        "commands_panel": "Команды",
        "help": "Показать эту справку.",
        "required": "[обязательно]",
        "default": "[по умолчанию: {}]",
    },
    "en": {
        "usage": "Usage:",
        "options": "[OPTIONS]",
        "command": "COMMAND [ARGS]...",
        "arguments_panel": "Arguments",
        "options_panel": "Options",
        "commands_panel": "Commands",
        "help": "Show this help.",
        "required": "[required]",
        "default": "[default: {}]",
    },
}


def chosen_language(given: str | None) -> str:
    """The language of messages: as given, else as configured, else Russian."""
    return next((one for one in (given, os.environ.get("OKLIK_LANGUAGE")) if one in LANGUAGES), "ru")


def asked_language(arguments: Sequence[str]) -> str:
    """The same for a command line that is not parsed yet, or cannot be."""
    given = None
    for word, following in zip(arguments, (*arguments[1:], ""), strict=False):
        if word.startswith("--language"):
            given = following if word == "--language" else word.partition("=")[2]
    return chosen_language(given)


class NoSuchCommand(TyperException):
    """A word that is no command.  known: what there is."""

    def __init__(self, word: str, known: Sequence[str]) -> None:
        self.word, self.known = word, known
        super().__init__(word)


class _Speaking:
    """What commands and groups of commands have in common.  language: set when the texts are put in."""

    language = "en"

    def get_usage(self, ctx: Any) -> str:
        """How the command is written."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        return usage.replace("Usage:", _FRAME[self.language]["usage"], 1)

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = _FRAME[self.language]["help"]
            option.rich_help_panel = _FRAME[self.language]["options_panel"]
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help; typer's words for what is required and what is left out are settings of its module."""
        from typer import rich_utils  # only the help needs it

        rich_utils.REQUIRED_LONG_STRING = _FRAME[self.language]["required"]
        rich_utils.DEFAULT_STRING = _FRAME[self.language]["default"]
        super().format_help(ctx, formatter)  # type: ignore[misc]


class SpeakingCommand(_Speaking, TyperCommand):
    """A command."""


class SpeakingGroup(_Speaking, TyperGroup):
    """A group of commands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of the first word.  Raises NoSuchCommand."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise NoSuchCommand(args[0], list(self.commands))
        return super().resolve_command(ctx, args)


def speaking(app: typer.Typer, language: str) -> Any:
    """The commands of an app with all their texts in this language.  Raises KeyError for a text that is missing."""
    command = get_command(app)
    _put_texts(command, (), language)
    return command


def _put_texts(command: Any, words: tuple[str, ...], language: str) -> None:
    texts, frame = HELP[" ".join(words)], _FRAME[language]
    nth = LANGUAGES.index(language)
    command.language = language
    command.help = command.short_help = texts[""][nth]
    command.rich_help_panel = frame["commands_panel"]
    command.options_metavar = frame["options"]
    for param in command.params:
        param.help = texts[param.name][nth]
        panel = "arguments_panel" if isinstance(param, TyperArgument) else "options_panel"
        param.rich_help_panel = frame[panel]
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = frame["command"]
        for name, inner in command.commands.items():
            _put_texts(inner, (*words, name), language)


def wrong_usage(error: TyperException, language: str) -> str:
    """What is wrong with a command line, one line; "" when the help was shown instead.

    Typer names its errors, but keeps their classes to itself.
    """
    detail = " ".join(error.format_message().split())
    if type(error).__name__ == "NoArgsIsHelpError":
        return ""
    return say("usage", language, detail=_detail(error, language) or detail)


def _detail(error: Any, language: str) -> str | None:
    extra = re.search(r"unexpected extra argument\S* \((.*)\)", str(error.message))
    match type(error).__name__:
        case "NoSuchCommand":
            known = difflib.get_close_matches(error.word, error.known) or error.known
            return say("no_command", language, given=error.word, known=", ".join(known))
        case "NoSuchOption":
            near = ", ".join(difflib.get_close_matches(error.option_name, error.possibilities or (), n=1))
            return say("no_option_but" if near else "no_option", language, given=error.option_name, known=near)
        case "MissingParameter":
            what = "argument_missing" if isinstance(error.param, TyperArgument) else "option_missing"
            return say(what, language, name=_name(error.param))
        case "BadOptionUsage":
            what = "option_bare" if "requires" in error.message else "option_with_value"
            return say(what, language, name=error.option_name)
        case "BadParameter":
            return _bad_value(error, language)
        case _:
            return say("argument_extra", language, given=extra[1]) if extra else None


def _bad_value(error: Any, language: str) -> str | None:
    faults = getattr(error.__cause__, "errors", None)
    if error.param is None or faults is None:
        return None
    from oklik.scenario.faults import sentence  # not for a command line that is right

    fault = faults()[0]
    given = str(fault["input"])[:60]
    return f"{_name(error.param)} {given}: {sentence(fault)[language]}"


def _name(param: Any) -> str:
    return str(param.name) if isinstance(param, TyperArgument) else max(param.opts, key=len)
