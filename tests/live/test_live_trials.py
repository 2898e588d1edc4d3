"""A draft rings a phone by a real FreeSWITCH, and what is pressed there is seen."""

from pathlib import Path

from live.program import NEEDED, running
from support.sipp import played
from support.tones import write_tones

pytestmark = NEEDED
PHONE = "+79160000071"  # it presses 5 two seconds after the answer, as RFC 2833
SCOPES = (
    "trunks:read",
    "trunks:write",
    "phones:write",
    "phones:confirm",
    "scenarios:read",
    "scenarios:write",
    "calls:read",
    "calls:write",
)
DRAFT = {
    "format": 1,
    "name": "delivery",
    "title": {"ru": "Доставка"},
    "languages": ["ru"],
    "purpose": "informational",
    "start": "ask",
    "nodes": {
        "ask": {
            "kind": "menu",
            "text": "Курьер приедет завтра. Если вам удобно утром, нажмите 4. Если вечером, нажмите 5.",
            "question": "when",
            "options": {"4": {"exit": "morning"}, "5": {"exit": "evening", "label": "Вечером"}},
            "exits": {"morning": "bye", "evening": "thanks", "no_input": "bye", "invalid": "bye"},
        },
        "thanks": {"kind": "play", "text": "Ждём вас вечером.", "exits": {"done": "bye"}},
        "bye": {"kind": "hangup"},
    },
}


def test_a_draft_is_heard_and_answered_on_a_telephone(tmp_path: Path) -> None:
    write_tones(tmp_path)
    script = Path(__file__).with_name("keys.xml")
    with running(tmp_path, *SCOPES) as program, played(script, tmp_path, media_port=33000) as port:
        trunk = {"name": "draft", "login": "address", "host": f"127.0.0.1:{port}", "dtmf": "rfc2833"}
        program.ask("/trunks/gateways/save", trunk | {"channels": 2, "cps": 5})
        program.ask("/phones/add", {"number": PHONE, "name": "Анна"})
        made = program.ask("/scenarios", {"name": "delivery", "title": "Доставка", "document": DRAFT})
        address = f"/scenarios/{made['id']}/test-call"
        assert program.ask(address)["virtual"] is False
        seen = program.over(f"{address}/{program.ask(address, {'phone': PHONE, 'trunk': 'draft'})['order']}")
        assert seen["path"] == ["ask", "thanks", "bye"], seen
        assert [(one["node"], one["value"]) for one in seen["answers"]] == [("ask", "5")], seen
        assert (seen["state"], seen["ended_by"], seen["fault"]) == ("done", "Система", None), seen
        assert program.ask("/scenarios")["scenarios"][0]["version"] is None, "nothing has been published"
        program.ask("/trunks/gateways/remove", {"name": "draft"})
