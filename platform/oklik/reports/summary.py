"""The campaign in one JSON object: what `oklik run --json` prints."""

from typing import Any

from sqlalchemy import Connection

from oklik.reports.rows import read_head, read_totals

Summary = dict[str, Any]


def summary(connection: Connection, campaign_id: int) -> Summary:
    """Count a campaign: contacts, skipped, attempts, returned, dispositions {code: n}, not_called,
    answers {question: {value: n}}.

    contacts: people of the list who can be called; skipped: rows of the list that were rejected.  attempts: calls that
    were sent; returned: calls of people to us.
    dispositions: contacts by the outcome of their last attempt; not_called: those without one.
    answers: contacts by the value they gave last, "recorded" for every answer by voice; every question of the scenario
    is there.  Raises NoSuchCampaign.
    """
    totals = read_totals(connection, read_head(connection, campaign_id))
    return {
        "contacts": totals.contacts,
        "skipped": totals.skipped,
        "attempts": totals.attempts,
        "returned": totals.returned,
        "dispositions": dict(sorted(totals.dispositions.items(), key=lambda item: (-item[1], item[0]))),
        "not_called": sum(totals.idle.values()),
        "answers": {name: dict(sorted(values.items())) for name, values in totals.answers.items()},
    }
