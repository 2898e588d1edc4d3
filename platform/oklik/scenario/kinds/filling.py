"""What a text with `{{ name }}` in it can become, for the kinds that put it into a variable or a column."""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

from oklik.scenario.kinds.base import MAX_VALUES, Issue, Values, error
from oklik.scenario.substitute import fill, malformed, names


def possible(text: str, values: Mapping[str, Values], most: int = MAX_VALUES) -> Values:
    """The text for every combination of what it is made of; None: more than so many."""
    used = names(text)
    options = [values.get(name, ("",)) for name in used]
    finite = [item for item in options if item is not None]
    if len(finite) < len(options) or prod(map(len, finite)) > most:
        return None
    combinations = (dict(zip(used, chosen, strict=True)) for chosen in product(*finite))
    return tuple(dict.fromkeys(fill(text, chosen) for chosen in combinations))


def surely_filled(text: str, known: frozenset[str]) -> bool:
    """Whether something is left of it even if all that is not in `known` is empty."""
    return bool(fill(text, {}).strip() or known & set(names(text)))


def filling_issues(node: str, field: str, text: str) -> Iterator[Issue]:
    """Braces that are no plain `{{ name }}`."""
    place = malformed(text)
    if place is not None:
        ru = f"Ошибка подстановки, знак {place + 1}: здесь можно только {{{{ имя }}}}, без фильтров"
        en = f"Bad placeholder at character {place + 1}: only {{{{ name }}}} without filters is possible here"
        yield error(node, field, "template_bad", ru, en)
