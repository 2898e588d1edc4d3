"""What somebody hears who calls us and is in no campaign: who we are, and how to have peace from us."""

from functools import cache

from oklik.scenario.document import Scenario, from_json

NUMBER = "number"  # the column that holds the caller's number; empty where it was withheld

_DOCUMENT = {
    "format": 1,
    "name": "unknown-caller",
    "title": {"ru": "Звонок от неизвестного", "en": "A call from somebody unknown"},
    "languages": ["ru", "en"],
    "purpose": "informational",
    "start": "hello",
    "columns": {
        NUMBER: {"title": {"ru": "Номер", "en": "Number"}, "type": "text", "required": False, "personal": True}
    },
    "nodes": {
        "hello": {
            "kind": "play",
            "text": {
                "ru": "Здравствуйте! С этого номера звонит автоматическая служба оповещения. "
                "Для вашего номера сообщений сейчас нет.",
                "en": "Hello! This number belongs to an automatic calling service. "
                "There is no message for your number at the moment.",
            },
            "exits": {"done": "withheld"},
        },
        "withheld": {
            "kind": "branch",
            "cases": [{"exit": "no", "conditions": [{"field": NUMBER, "op": "filled"}]}],
            "exits": {"no": "peace", "else": "bye"},
        },
        "peace": {
            "kind": "menu",
            "question": "wish",
            "text": {
                "ru": "Чтобы мы больше вам не звонили, нажмите 9. Или просто положите трубку.",
                "en": "If you want no more calls from us, press 9. Or simply hang up.",
            },
            "tries": 1,
            "options": {
                "9": {"exit": "stop", "value": "stop", "label": {"ru": "Больше не звонить", "en": "No more calls"}}
            },
            "exits": {"stop": "stop", "no_input": "bye"},
        },
        "stop": {
            "kind": "opt_out",
            "text": {"ru": "Больше мы вам не позвоним.", "en": "We will not call you again."},
            "exits": {"done": "gone"},
        },
        "gone": {
            "kind": "hangup",
            "outcome": "opted_out",
            "text": {"ru": "До свидания!", "en": "Goodbye!"},
        },
        "bye": {
            "kind": "hangup",
            "outcome": "no_input",
            "text": {"ru": "Спасибо за звонок. До свидания!", "en": "Thank you for calling. Goodbye!"},
        },
    },
}


@cache
def unknown_caller() -> Scenario:
    """The scenario, in Russian and English."""
    return from_json(_DOCUMENT)
