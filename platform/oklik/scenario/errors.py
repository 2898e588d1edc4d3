"""What can be wrong with a scenario, a prompt or an event, as exceptions whose text is one clear line.

The sentences come in Russian and English; `str()` gives the English one with the place before it.
"""

from collections.abc import Mapping

Sentence = dict[str, str]
_LONGEST = 400  # characters of a sentence; a name in a hostile document may be a megabyte long


def plain(text: str, longest: int = _LONGEST) -> str:
    """A text that may quote a document, fit for one line: what cannot be printed is left out, too much is cut."""
    shown = " ".join("".join(char if char.isprintable() else " " for char in text[: 2 * longest]).split())
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def step_name(node: str, language: str) -> str:
    """A node as people name it: the node `verify.ask` of a linked scenario is «ask of subscenario verify»."""
    around, _, name = node.rpartition(".")
    if not around:
        return name
    return f"{name} { {'ru': 'подсценария', 'en': 'of subscenario'}[language] } {around}"


class ScenarioError(ValueError):
    """A document that cannot be read as a scenario.

    source: file name or other origin; node, field: where, "" if the fault is not inside one; line: 1-based, or None.
    text: the sentence in "ru" and "en"; message: the English one.  others: what else is wrong with the same document.
    """

    others: tuple["ScenarioError", ...] = ()

    def __init__(self, source: str, node: str, field: str, message: str | Sentence, *, line: int | None = None) -> None:
        self.source, self.line = source, line
        self.node, self.field = plain(node, 80), plain(field, 120)
        sentences = message if isinstance(message, dict) else {"ru": message, "en": message}
        self.text: Sentence = {language: plain(sentence) for language, sentence in sentences.items()}
        self.message = self.text["en"]
        super().__init__(self.describe("en"))

    def inside(self, name: str) -> "ScenarioError":
        """The same of a document that stands in another one under this name."""
        field = self.field if self.node else ".".join(part for part in ("subscenarios", name, self.field) if part)
        node = f"{name}.{self.node}" if self.node else ""
        return ScenarioError(self.source, node, field, self.text, line=self.line)

    def describe(self, language: str) -> str:
        """One line in a language: `file.yaml:12: node menu, options.1.exit: sentence`."""
        place = self.source + (f":{self.line}" if self.line else "")
        step = {"ru": "шаг", "en": "node"}[language]
        named = f"{step} {step_name(self.node, language)}" if self.node else ""
        inner = ", ".join(part for part in (named, self.field) if part)
        return ": ".join(part for part in (place, inner, self.text[language]) if part)


class PromptError(ValueError):
    """A prompt of this contact cannot be spoken: a value is missing or cannot be read.  Stops the contact.

    node: "" where a column is to blame and no node.  code: value_missing, value_unreadable, value_too_small,
    value_too_large, too_many_values, template_bad; args_: what the sentence is filled with.
    """

    def __init__(self, node: str, field: str, code: str, args_: Mapping[str, str], text: Sentence) -> None:
        self.node, self.field, self.code, self.args_, self.text = node, field, code, dict(args_), text
        self.message = text["en"]
        super().__init__(self.describe("en"))

    def describe(self, language: str) -> str:
        """One line in a language, with its place: `node amount, text: sentence`."""
        word = {"ru": "шаг", "en": "node"}[language]
        step = f"{word} {step_name(self.node, language)}, " if self.node else ""
        return f"{step}{self.field}: {self.text[language]}"


class IllegalEvent(ValueError):
    """The host handed an event that does not answer the outstanding instruction: a fault of the host."""
