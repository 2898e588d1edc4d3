"""The recipes in docs/voices.md are configurations that load."""

import re
from pathlib import Path

import pytest

from oklik.speech.voices import load_voices

PAGE = Path(__file__).parents[2] / "docs" / "voices.md"
RECIPES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_loads(recipe: str, tmp_path: Path) -> None:
    path = tmp_path / "voices.yaml"
    path.write_text(recipe, encoding="utf-8")
    assert load_voices(path)


def test_there_are_recipes() -> None:
    assert len(RECIPES) >= 9
