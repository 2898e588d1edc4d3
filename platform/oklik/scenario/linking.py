"""Puts the scenarios that a scenario calls into it, so that all that run, check or report it see one flat scenario.

The nodes of a called scenario come under the name of the node that calls it, `verify.ask_name`, which no name in a
document can be; called twice, they come twice.  Columns, variables and answers are shared by name.  What of it makes no
sense is for `check_calls` to say; refused at once is only what has no end: a scenario that calls itself, calls that go
too deep, or that make more nodes than a scenario may have.  Where documents come from is the caller's affair.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from oklik.scenario import reading
from oklik.scenario.errors import ScenarioError, Sentence
from oklik.scenario.kinds.base import NodeBase
from oklik.scenario.kinds.subscenario import BEGIN
from oklik.scenario.textual import in_languages

if TYPE_CHECKING:
    from oklik.scenario.document import Column, Scenario, Variable

MAX_NODES = 2000
MAX_CALLS = 8  # how deep calls may go
MAX_DOCUMENTS = 100

# Where a name is looked up: the documents of the calling scenario first, then those of the scenarios around it.
Scopes = tuple[Mapping[str, "Scenario"], ...]


class Found(NamedTuple):
    """A document that a lookup gave: plain data, where it is from, and the lines of its parts."""

    data: Any
    source: str
    marks: reading.Marks


# Gives the document of a called scenario that does not stand in the calling one; None where there is none.
Lookup = Callable[[str], Found | None]


class Call(NamedTuple):
    """A call in a linked scenario.

    node: the calling node's name there; asked: that node as it is written; inside: the scenario it is written in;
    called: the other scenario as it is written, None when there is none of this name.
    """

    node: str
    asked: NodeBase
    inside: "Scenario"
    called: "Scenario | None"


class Linked(NamedTuple):
    """What linking tells of a scenario besides its nodes.

    written: the scenario as it stands in the document; calls: every call.  twins: for each node of a scenario that is
    called again its name in the first call: what is wrong with it there is wrong here, and is told once.
    """

    written: "Scenario"
    calls: tuple[Call, ...] = ()
    twins: Mapping[str, str] = {}


def called_names(scenario: "Scenario") -> Iterator[tuple[str, str]]:
    """(node, name of the called scenario) of every call that is written in a scenario."""
    for name, node in scenario.nodes.items():
        called = node.calls()
        if called is not None:
            yield name, called


# -- gathering the documents -------------------------------------------------------------------------------------


def gathered(scenario: "Scenario", source: str, lookup: Lookup, read: Callable[[Found], "Scenario"]) -> "Scenario":
    """The scenario with the document of every call in it; those that the lookup has not are left out.

    Raises ScenarioError, as `read` does.
    """
    documents = dict(scenario.subscenarios)
    asked: set[str] = set()
    waiting: list[tuple[Scenario, Scopes]] = [(scenario, (documents,))]
    seen: set[int] = set()
    while waiting:
        document, scopes = waiting.pop()
        if id(document) in seen:
            continue
        seen.add(id(document))
        for node, name in called_names(document):
            called, around = _resolve(name, scopes)
            if called is None and name not in asked:
                asked.add(name)
                found = lookup(name)
                if found is not None:
                    called, around = read(found), (documents,)
                    documents[name] = called
                    _count(scenario, documents, source, node)
            if called is not None:
                waiting.append((called, (called.subscenarios, *around)))
    if len(documents) == len(scenario.subscenarios):
        return scenario
    whole = scenario.model_copy(update={"subscenarios": documents})
    reading.inspect(whole.model_dump(mode="json", by_alias=True, exclude_defaults=True), source)
    return whole


def _count(scenario: "Scenario", documents: Mapping[str, "Scenario"], source: str, node: str) -> None:
    """Refuse more documents than could be published together."""
    if len(documents) > MAX_DOCUMENTS:
        ru, en = f"подсценариев больше {MAX_DOCUMENTS}", f"more than {MAX_DOCUMENTS} subscenarios"
        raise ScenarioError(source, node, "scenario", {"ru": ru, "en": en})
    if sum(len(document.nodes) for document in (scenario, *documents.values())) > MAX_NODES:
        raise ScenarioError(source, node, "scenario", too_many())


def _resolve(name: str, scopes: Scopes) -> tuple["Scenario | None", Scopes]:
    """The scenario that a name means, and the scopes in which it is written itself."""
    for place, scope in enumerate(scopes):
        if name in scope:
            return scope[name], scopes[place:]
    return None, ()


def places(scenario: "Scenario", outer: Found, documents: Mapping[int, Found]) -> reading.Marks:
    """The lines of the outermost document and, by their names in the linked scenario, of the nodes of the called ones.

    documents: where each document came from, by its id.
    """
    marks = reading.Places(outer.marks)
    for call in scenario.calls:
        found = documents.get(id(call.called))
        if found is None:
            continue
        for path, line in found.marks.items():
            if path[:1] == ("nodes",) and len(path) > 1:
                flat = f"{call.node}.{path[1]}"
                marks[("nodes", flat, *path[2:])] = line
                if found.source != outer.source:
                    marks.sources[flat] = found.source
    return marks


# -- linking -----------------------------------------------------------------------------------------------------


def link(scenario: "Scenario", source: str, marks: reading.Marks) -> "Scenario":
    """The scenario with all that it calls in it; one that calls nothing is given back as it is.

    Raises ScenarioError for calls without end.
    """
    if not any(called_names(scenario)):
        return scenario
    _Measure(source, marks).height(scenario, (scenario.subscenarios,), ())
    linker = _Linker(scenario)
    linker.embed(scenario, "", (scenario.subscenarios,), {})
    return scenario.joined(
        Linked(scenario, tuple(linker.calls), linker.twins),
        nodes=linker.nodes,
        columns=linker.columns,
        variables=linker.variables,
        recordings=linker.recordings,
    )


class _Measure:
    """How deep calls go and how many nodes they make, each document looked at once however often it is called."""

    def __init__(self, source: str, marks: reading.Marks) -> None:
        self._source, self._marks = source, marks
        self._known: dict[int, tuple[int, int]] = {}  # height, nodes
        self._above: list[int] = []

    def height(self, document: "Scenario", scopes: Scopes, chain: tuple[tuple[str, str], ...]) -> tuple[int, int]:
        """(how deep the calls below go, how many nodes come of it).  chain: (node, scenario) of the calls up to here.

        Raises ScenarioError.
        """
        if id(document) in self._above:
            self._refuse(chain, *_ITSELF)
        if len(chain) > MAX_CALLS:
            self._refuse(chain, *_TOO_DEEP)
        if id(document) not in self._known:
            self._above.append(id(document))
            deepest, nodes = 0, len(document.nodes)
            for node, name in called_names(document):
                called, around = _resolve(name, scopes)
                if called is not None:
                    below = self.height(called, (called.subscenarios, *around), (*chain, (node, name)))
                    deepest, nodes = max(deepest, below[0] + 1), nodes + below[1]
            self._above.pop()
            self._known[id(document)] = (deepest, nodes)
        deepest, nodes = self._known[id(document)]
        if len(chain) + deepest > MAX_CALLS:
            self._refuse(chain, *_TOO_DEEP)
        if nodes > MAX_NODES:
            self._refuse(chain, *too_many().values())
        return deepest, nodes

    def _refuse(self, chain: tuple[tuple[str, str], ...], ru: str, en: str) -> None:
        names = " → ".join(name for _, name in chain)
        text = {"ru": f"{ru}: {names}", "en": f"{en}: {names}"} if names else {"ru": ru, "en": en}
        node = chain[0][0] if chain else ""
        line = reading.line_of(self._marks, ("nodes", node, "scenario") if node else ("nodes",))
        raise ScenarioError(self._source, node, "scenario" if node else "nodes", text, line=line)


_ITSELF = ("подсценарий вызывает сам себя", "a subscenario calls itself")
_TOO_DEEP = (
    f"подсценарии вызывают друг друга глубже {MAX_CALLS} раз",
    f"subscenarios call each other more than {MAX_CALLS} deep",
)


def too_many() -> Sentence:
    """What is said of more nodes than a scenario may have."""
    return {
        "ru": f"вместе с подсценариями шагов больше {MAX_NODES}",
        "en": f"more than {MAX_NODES} nodes together with the subscenarios",
    }


class _Linker:
    """The flat scenario in the making."""

    def __init__(self, outer: "Scenario") -> None:
        self._languages = outer.languages
        self.nodes: dict[str, NodeBase] = {}
        self.columns: dict[str, Column] = dict(outer.columns)
        self.variables: dict[str, Variable] = dict(outer.variables)
        self.recordings: dict[str, str] = dict(outer.recordings)
        self.calls: list[Call] = []
        self.twins: dict[str, str] = {}
        self._first: dict[int, str] = {}  # of each document, under which name it came first

    def embed(self, document: "Scenario", prefix: str, scopes: Scopes, ways: Mapping[str, str]) -> None:
        """Put a document's nodes in under a prefix.  ways: where its returns lead."""
        first = self._first.setdefault(id(document), prefix)
        for name, node in document.nodes.items():
            flat = prefix + name
            if first != prefix:
                self.twins[flat] = first + name
            spoken = in_languages(node, document.languages, self._languages)
            called, back = node.calls(), node.returns()
            if called is not None:
                self._call(flat, spoken, document, scopes, called)
            elif back is not None and prefix:
                self.nodes[flat] = spoken.linked({back: ways[back]} if back in ways else {})
            else:
                targets = {exit_name: prefix + target for exit_name, target in node.targets.items()}
                self.nodes[flat] = spoken.linked(targets) if prefix else spoken

    def _call(self, flat: str, node: NodeBase, document: "Scenario", scopes: Scopes, name: str) -> None:
        called, around = _resolve(name, scopes)
        self.calls.append(Call(flat, node, document, called))
        prefix = flat[: len(flat) - len(flat.rpartition(".")[2])]
        if called is None:
            self.nodes[flat] = node.linked({})
            return
        self.nodes[flat] = node.linked({BEGIN: f"{flat}.{called.start}"} if called.start in called.nodes else {})
        for column, given in called.columns.items():
            here = in_languages(given, called.languages, self._languages)
            self.columns[column] = _merged(self.columns[column], here) if column in self.columns else here
        for variable, declared in called.variables.items():
            known = self.variables.get(variable)
            if known is None:
                self.variables[variable] = in_languages(declared, called.languages, self._languages)
            elif not known.value:
                self.variables[variable] = known.model_copy(update={"value": declared.value})
        inner = {f"{flat}.{place}": key for place, key in called.recordings.items()}
        self.recordings = {**inner, **self.recordings}  # whoever calls has the last word
        ways = {exit_: prefix + target for exit_, target in node.targets.items() if target in document.nodes}
        self.embed(called, f"{flat}.", (called.subscenarios, *around), ways)


def _merged(outer: "Column", inner: "Column") -> "Column":
    """One column of both: what either wants kept secret is, and the narrower limits hold."""
    lows = [column.min for column in (outer, inner) if column.min is not None]
    highs = [column.max for column in (outer, inner) if column.max is not None]
    return outer.model_copy(
        update={
            "private": outer.private or inner.private,
            "personal": outer.personal or inner.personal,
            "min": max(lows, default=None),
            "max": min(highs, default=None),
            "aliases": tuple(dict.fromkeys((*outer.aliases, *inner.aliases))),
        }
    )
