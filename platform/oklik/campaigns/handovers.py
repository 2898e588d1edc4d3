"""To whom a scenario hands people over, as its published version notes it for the claim."""

from oklik.scenario.document import Scenario
from oklik.scenario.kinds.transfer import TransferNode

NUMBERS = "+"  # among the groups: to phones by their numbers; no group is called so


def groups_of(scenario: Scenario) -> set[str]:
    """Give the names of the agent groups."""
    return {node.group for node in scenario.nodes.values() if isinstance(node, TransferNode) and node.group}


def noted(scenario: Scenario) -> list[str]:
    """Give the groups, and NUMBERS if there are phones."""
    numbers = any(isinstance(node, TransferNode) and node.number for node in scenario.nodes.values())
    return sorted(groups_of(scenario) | ({NUMBERS} if numbers else set()))
