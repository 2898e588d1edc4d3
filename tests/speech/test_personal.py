"""What is said of a person stays out of logs: messages tell that there is something, and not what."""

import pytest

from oklik.scenario.flow import Say
from oklik.speech.prompts import PromptFailed, PromptMissing

CANARY = "Канарейкин"


@pytest.mark.parametrize("make", [PromptMissing, lambda say: PromptFailed(say, "engine", "strange letters")])
def test_a_personal_text_is_not_in_the_message(make: type[PromptMissing]) -> None:
    hidden = str(make(Say(text=CANARY, language="ru", personal=True)))
    assert CANARY not in hidden
    assert "(personal)" in hidden
    assert "Здравствуйте" in str(make(Say(text="Здравствуйте", language="ru")))
