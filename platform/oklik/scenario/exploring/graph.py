"""What the graph of a walk says as a whole: the longest call, how many ways there are, and where no end is in reach.

Circles are left out of the longest call and of the count: an edge back to a state on the way is not taken.  So the
longest call is that of somebody who never lets a thing be said again that was said already.  No recursion: a hostile
graph is as deep as it likes.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from oklik.scenario.flow import Event

END = -1  # the call is over
OPEN = -2  # it goes on, and the walk did not follow
MOST_WAYS = 10**12  # counted no further


class Edge(NamedTuple):
    """From one state to another.  seconds: until the next instruction is said; idle: no key of the person is needed."""

    seconds: float
    event: Event
    idle: bool


Edges = list[dict[int, Edge]]


class Longest(NamedTuple):
    """The longest call from each state, its first step (None: it ends), and the number of ways."""

    seconds: list[float]
    step: list[int | None]
    ways: list[int]


def longest(edges: Edges, starts: Iterable[int]) -> Longest:
    """Over all ways without circles."""
    found = Longest([0.0] * len(edges), [None] * len(edges), [0] * len(edges))
    for state, back in _leaving(edges, starts):
        best = -1.0
        for target, edge in edges[state].items():
            if target in back:
                continue
            inside = target >= 0
            seconds = edge.seconds + (found.seconds[target] if inside else 0.0)
            found.ways[state] = min(MOST_WAYS, found.ways[state] + (found.ways[target] if inside else 1))
            if seconds > best:
                best, found.step[state] = seconds, target
        found.seconds[state] = max(best, 0.0)
    return found


def _leaving(edges: Edges, starts: Iterable[int]) -> Iterator[tuple[int, set[int]]]:
    """Each state after all those behind it, with the targets that lead back to where the search stands."""
    new, open_, done = 0, 1, 2
    marks = [new] * len(edges)
    back: dict[int, set[int]] = {}
    for start in starts:
        if marks[start] != new:
            continue
        marks[start] = open_
        stack = [(start, iter(edges[start]))]
        while stack:
            state, targets = stack[-1]
            for target in targets:
                if target < 0 or marks[target] == done:
                    continue
                if marks[target] == open_:
                    back.setdefault(state, set()).add(target)
                    continue
                marks[target] = open_
                stack.append((target, iter(edges[target])))
                break
            else:
                stack.pop()
                marks[state] = done
                yield state, back.pop(state, set())


def endless(edges: Edges) -> list[int]:
    """The states from which no end can be reached, whatever happens; a way that was not followed counts as an end."""
    before: list[list[int]] = [[] for _ in edges]
    ending = [False] * len(edges)
    queue = []
    for state, ways in enumerate(edges):
        for target in ways:
            if target >= 0:
                before[target].append(state)
            elif not ending[state]:
                ending[state] = True
                queue.append(state)
    while queue:
        for state in before[queue.pop()]:
            if not ending[state]:
                ending[state] = True
                queue.append(state)
    return [state for state, ends in enumerate(ending) if not ends]


def idle_circles(edges: Edges) -> list[list[int]]:
    """Circles that a call goes round without a key being pressed: states in the order in which they were found."""
    ways = [[target for target, edge in item.items() if edge.idle and target >= 0] for item in edges]
    index = [-1] * len(ways)
    low = [0] * len(ways)
    held = [False] * len(ways)
    path: list[int] = []
    found: list[list[int]] = []
    count = 0
    for start in range(len(ways)):
        if index[start] >= 0:
            continue
        stack: list[tuple[int, Iterator[int]]] = []
        following: int | None = start
        while following is not None or stack:
            if following is not None:  # Tarjan: come to a state
                index[following] = low[following] = count
                count += 1
                path.append(following)
                held[following] = True
                stack.append((following, iter(ways[following])))
                following = None
            state, targets = stack[-1]
            for target in targets:
                if index[target] < 0:
                    following = target
                    break
                if held[target]:
                    low[state] = min(low[state], index[target])
            if following is not None:
                continue
            stack.pop()
            if stack:
                low[stack[-1][0]] = min(low[stack[-1][0]], low[state])
            if low[state] == index[state]:
                circle = path[_last(path, state) :]
                del path[-len(circle) :]
                for member in circle:
                    held[member] = False
                if len(circle) > 1 or state in ways[state]:
                    found.append(sorted(circle))
    return sorted(found)


def _last(path: list[int], state: int) -> int:
    """Where a state stands on the path, looked for from its end."""
    place = len(path) - 1
    while path[place] != state:
        place -= 1
    return place
