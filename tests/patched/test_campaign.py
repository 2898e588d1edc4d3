"""Whole campaigns: dialer process, virtual switch process, PostgreSQL; the switch's ledger is the oracle."""

from pathlib import Path

from sqlalchemy import Engine
from support.stage import make_campaign, number, one, rows, staged


EVERYBODY_TALKS = {
    "outcomes": {"answer": 1, "no_answer": 0, "busy": 0, "unreachable": 0, "invalid": 0, "machine": 0,
                 "rejected": 0, "line_fault": 0},
    "ring_s": [0.2, 1.0],
    "personas": {"cooperative": {"share": 1, "think_s": [0.2, 0.5]}},
    "answers": {"1280": {"1": 3, "2": 1}, "0123456789": {"9": 1, "3": 1}},
}


def test_a_campaign_from_the_first_call_to_the_last_row(tmp_path: Path, database_url: str, engine: Engine) -> None:
    make_campaign(engine, tmp_path / "prompts", 60)
    with staged(tmp_path, database_url, population=EVERYBODY_TALKS) as stage:
        dialer = stage.dialer()
        assert dialer.said["virtual"] is True
        assert dialer.wait(60) == 0
        print(stage.dials(), rows(engine, "select disposition, count(*) from attempt group by 1"))
