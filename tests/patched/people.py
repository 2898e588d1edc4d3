"""Who lives at the other end in these tests."""

from typing import Any

TALKERS: dict[str, Any] = {
    "outcomes": {
        "answer": 1,
        "no_answer": 0,
        "busy": 0,
        "unreachable": 0,
        "invalid": 0,
        "machine": 0,
        "rejected": 0,
        "line_fault": 0,
    },
    "ring_s": [0.2, 1.0],
    "refuse_s": [0.2, 1.0],
    "personas": {"cooperative": {"share": 1, "think_s": [0.2, 0.5]}},
    "answers": {"1280": {"1": 1}, "0123456789": {"9": 1}},
    "agents": {
        "endpoints": ["user/*"],
        "answer": 1,
        "no_answer": 0,
        "busy": 0,
        "ring_s": [0.5, 1.0],
        "talk_s": [3.0, 4.0],
        "agent_ends": 1.0,
        "think_s": [0.2, 0.5],
    },
}


def talkers(**more: Any) -> dict[str, Any]:
    """Everybody answers and takes the survey, but for what is said otherwise."""
    return {**TALKERS, **more}
