"""Contacts who can never prove who they are: their contract has fewer digits than the scenario asks them to key in.

They are called all the same, for the rest of the scenario may not need the proof; whoever launches is told how many.
"""

from sqlalchemy import Connection

from oklik.campaigns.rows import run
from oklik.scenario.columns import ColumnsMissing, match
from oklik.scenario.document import Scenario

_TOO_SHORT = """
    SELECT count(*) FROM contact
    WHERE list_id = :list AND length(regexp_replace(coalesce(fields ->> :header, ''), '[^0-9]', '', 'g')) < :digits
        AND (:required OR coalesce(fields ->> :header, '') <> '')"""


def count_unprovable(conn: Connection, list_id: int, scenario: Scenario) -> int:
    """How many contacts of the list.

    An empty cell of an optional column counts as one that nobody is asked about; where digits of several columns are
    wanted, the column that most lack counts.
    """
    wanted: dict[str, int] = {}
    for node in scenario.nodes.values():
        for column, digits in node.proofs():
            wanted[column] = max(digits, wanted.get(column, 0))
    if not wanted:
        return 0
    headers = run(conn, "SELECT columns FROM contact_list WHERE id = :id", id=list_id).scalar_one()
    try:
        found = match(scenario, [str(header) for header in headers])
    except ColumnsMissing:
        return 0  # the launch says so
    counts = [
        run(
            conn,
            _TOO_SHORT,
            list=list_id,
            header=found[column],
            digits=digits,
            required=scenario.columns[column].required,
        ).scalar_one()
        for column, digits in wanted.items()
        if column in found
    ]
    return max(map(int, counts), default=0)
