"""A retry plan as people write it."""

from pathlib import Path

import pytest

from oklik.dialing.retry import DEFAULT_WAITS, OutcomeClass, RetryPlan, Wait
from oklik.failures import BadInput
from oklik.retry_plans import read_retry_plan

GOOD = """
max_attempts: 6
other_hour: false
confirm_invalid: 1
waits:
  no_answer: {after: [30m, 3h, 1d], most: 5}
  busy: {after: [10 мин, 2 ч]}
  machine: {most: 0}
  rejected: {}
"""


def read(folder: Path, text: str) -> RetryPlan:
    path = folder / "plan.yaml"
    path.write_text(text, "utf-8")
    return read_retry_plan(path)


def test_a_plan_names_what_differs_from_the_defaults(tmp_path: Path) -> None:
    plan = read(tmp_path, GOOD)
    assert (plan.max_attempts, plan.other_hour, plan.confirm_invalid) == (6, False, 1)
    assert plan.wait(OutcomeClass.NO_ANSWER) == Wait(after_s=(1800, 10800, 86400), most=5)
    assert plan.wait(OutcomeClass.BUSY) == Wait(after_s=(600, 7200), most=2), "one call for each delay"
    assert plan.wait(OutcomeClass.MACHINE) == plan.wait(OutcomeClass.REJECTED) == Wait()
    assert plan.wait(OutcomeClass.NO_INPUT) == DEFAULT_WAITS[OutcomeClass.NO_INPUT]
    assert RetryPlan.from_json(plan.to_json()) == plan
    assert read(tmp_path, "{}") == RetryPlan()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("max_attempts: 0", "plan.yaml:1: max_attempts: нужно не меньше 1"),
        ("waits:\n  busy:\n    after: [30]", "plan.yaml:3: waits.busy.after.0: нужно время с единицей"),
        ("waits:\n  busy:\n    after: [1d, soon]", "waits.busy.after.1: нужно время"),
        ("waits:\n  busy:\n    after: [99d]", "waits.busy.after.0: нужно не больше 5184000"),
        ("waits:\n  busy: {most: 3}", "plan.yaml:2: waits.busy.most: нужно after"),
        ("waits:\n  busy: {most: 99, after: [1h]}", "waits.busy.most: нужно не больше 50"),
        ("waits:\n  sleepy: {}", "waits.sleepy: такого исхода нет; есть: busy, no_answer"),
        ("waits:\n  busy: {afer: [1h]}", "waits.busy.afer: такого поля нет"),
        ("waits: [busy]", "waits: нужны поля с именами"),
        ("- 1", "plan.yaml: нужны поля с именами"),
        ("other_hour: perhaps", "other_hour: нужно true или false"),
        ("a: &b 1", "plan.yaml:1"),
        ("max_attempts: 1\nmax_attempts: 2", "plan.yaml:2"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadInput) as raised:
        read(tmp_path, text)
    assert says in raised.value.text("ru")
    assert "\n" not in raised.value.text("en")


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="--retry-plan"):
        read_retry_plan(tmp_path / "none.yaml")
    (tmp_path / "plan.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(BadInput, match="UTF-8"):
        read_retry_plan(tmp_path / "plan.yaml")


def test_the_example_in_the_documentation_is_a_plan(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "dialing.md").read_text("utf-8")
    (example,) = (part.split("```")[0] for part in text.split("```yaml\n")[1:])
    plan = read(tmp_path, example)
    assert (plan.max_attempts, plan.wait(OutcomeClass.BUSY)) == (6, Wait(after_s=(600, 3600), most=2))
