"""The claim's statements keep to their indexes where tables are worth one, and look at no more rows than they must."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from campaigns.world import NOON, World
from oklik.campaigns import asking, claim, done, prepare_prompts, rows, running
from oklik.dialing.retry import RetryPlan
from oklik.store.engine import make_engine
from oklik.store.postgres import EmbeddedPostgres

pytestmark = pytest.mark.integration
PEOPLE = 8_000  # in each of six campaigns
BIG = {"target", "person", "contact", "attempt", "call", "verdict", "suppression", "person_phone", "consent"}

_FILL = (
    """INSERT INTO suppression (number, source, added_at)
       SELECT '+7999' || g, 'x', '2025-01-01T00:00Z' FROM generate_series(1, 60000) g""",
    "INSERT INTO person_phone (person_id, number) SELECT id, '+7926' || right(key, 7) FROM person WHERE id % 2 = 0",
    """INSERT INTO consent (person_id, purpose, source, text_version, given_at)
       SELECT id, 'survey', 'x', '1', '2025-01-01T00:00Z' FROM person WHERE id % 3 = 0""",
    """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at)
       SELECT md5('a' || id)::uuid, 'person', md5('a' || id)::uuid, 'n', 1, '', 'final', '', '', '2025-01-02T00:00Z'
       FROM person""",
    """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, disposition)
       SELECT md5('a' || p.id)::uuid, 1, t.id, p.id, 'debt', 1, false, '2025-02-20T00:00Z', 'no_answer'
       FROM person p JOIN target t ON t.person_id = p.id AND t.campaign_id = 1""",
    """INSERT INTO verdict (target_id, at, allowed, rule, args)
       SELECT id, '2025-02-20T00:00Z', true, 'x', '{}' FROM target""",
    "UPDATE target SET attempts = 1 WHERE campaign_id = 1",
)


@pytest.fixture(scope="module")
def filled(postgres: EmbeddedPostgres, database_template: str) -> Iterator[Engine]:
    """Tables of some size, which the planner knows; nothing of a test stays in them."""
    engine = make_engine(postgres.create_database("plans", template=database_template))
    with engine.begin() as conn:
        world = World(conn)
        world.base()
        world.people(PEOPLE)
        for purpose in ("debt", "survey", "informational") * 2:
            world.campaign(purpose=purpose, retry=RetryPlan(max_attempts=6))
        for statement in _FILL:
            conn.execute(text(statement))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE"))
    yield engine
    engine.dispose()
    postgres.drop_database("plans")


@pytest.fixture
def full(filled: Engine) -> Iterator[World]:
    """A look at them, taken back at the end."""
    with filled.connect() as conn:
        yield World(conn)
        conn.rollback()


class Plans:
    """Notes the plan of every statement before it runs."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, list[Mapping[str, Any]]]] = []

    def run(self, conn: Connection, statement: str, *given: Any, **values: Any) -> rows.Rows:
        plan = rows.run(conn, f"EXPLAIN (FORMAT JSON) {statement}", *given, **values).scalar_one()
        self.seen.append((" ".join(statement.split()), list(_nodes(plan[0]["Plan"]))))
        return rows.run(conn, statement, *given, **values)

    def of(self, beginning: str) -> list[list[Mapping[str, Any]]]:
        found = [nodes for statement, nodes in self.seen if statement.startswith(beginning)]
        assert found, [statement[:40] for statement, _ in self.seen]
        return found


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


@pytest.fixture
def plans(monkeypatch: pytest.MonkeyPatch) -> Plans:
    made = Plans()
    for module in (asking, claim, done, prepare_prompts, running):
        monkeypatch.setattr(module, "run", made.run)
    return made


def test_no_statement_of_a_claim_reads_a_whole_table(full: World, plans: Plans) -> None:
    claimed = full.claim(full.holder(), NOON, limit=60)
    assert len(claimed) == 60
    for statement, nodes in plans.seen:
        read = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
        assert not read & BIG, f"{statement[:200]} reads all of {read & BIG}"


def test_the_queue_is_read_in_its_own_order_and_no_further_than_asked(full: World, plans: Plans) -> None:
    full.claim(full.holder(), NOON, limit=60)
    for nodes in plans.of("SELECT due.*"):
        (queue,) = [node for node in nodes if node.get("Relation Name") == "target"]
        assert (queue["Node Type"], queue["Index Name"]) == ("Index Scan", "ix_target_queue")
        assert not any(node["Node Type"] in ("Sort", "Incremental Sort") for node in nodes), "the index is the order"


def test_when_something_is_due_is_told_by_the_index_alone(full: World, plans: Plans) -> None:
    assert done.next_due(full.conn, virtual=False) is not None
    (nodes,) = plans.of("SELECT min(first.due)")
    (queue,) = [node for node in nodes if node.get("Relation Name") == "target"]
    assert (queue["Node Type"], queue["Index Name"]) == ("Index Only Scan", "ix_target_queue")


def test_a_few_denials_do_not_make_it_look_at_hundreds(full: World, plans: Plans) -> None:
    full.all(
        """INSERT INTO suppression (number, source, added_at)
           SELECT c.phones[1], 'x', now() FROM target t JOIN contact c ON c.id = t.contact_id
           WHERE t.campaign_id = 3 ORDER BY t.due, t.id LIMIT 5 RETURNING 1"""
    )
    looked: list[int] = []
    judge_rows = claim.judge_rows

    def counting(*given: Any) -> Any:
        looked.append(len(given[3]))
        return judge_rows(*given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claim, "judge_rows", counting)
        claimed = full.claim(full.holder(), NOON, limit=50, campaign_ids=[3])
    assert len(claimed) == 50
    assert looked == [55]
    assert plans.seen


def test_whose_prompts_are_next_is_read_in_order_even_before_the_planner_knows_of_them(
    full: World, plans: Plans
) -> None:
    """A batch is 25 people: looking at all who wait, for each, took hours for a list of a million."""
    full.conn.execute(text("UPDATE target SET state = 'preparing' WHERE campaign_id = 1"))
    assert len(prepare_prompts.next_to_prepare(full.conn, 1, 25)) == 25
    (nodes,) = plans.of("SELECT t.id, t.due")
    assert not any(node["Node Type"] in ("Sort", "Incremental Sort") for node in nodes), "the index is the order"
    assert [node["Index Name"] for node in nodes if node.get("Relation Name") == "target"] == ["ix_target_preparing"]
