"""What changed between two versions of a scenario, in sentences.

The fields are compared by their own metadata, whatever the kind of a node; so what a new kind or field brings is told
here without a line of code.  Compared is what was written: a scenario that is called twice is told of once.  What
changes no call (where nodes lie on the chart, the order of nodes and columns in the file) is no difference; the order
of a menu's options is one, for the report keeps it.  Which nodes are the same under another name is found out by
`renames`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from oklik.scenario.document import Scenario
from oklik.scenario.errors import Sentence, step_name
from oklik.scenario.kinds.base import NodeBase, Part, texts
from oklik.scenario.renames import renamed_nodes
from oklik.scenario.textual import is_text
from oklik.scenario.wording import apart, quoted, shown

# What the parts of the whole scenario are called one by one.
_KNOWN_BY_NAME: dict[str, tuple[str, Sentence]] = {
    "columns": ("column", {"ru": "Столбец", "en": "Column"}),
    "variables": ("variable", {"ru": "Переменная", "en": "Variable"}),
}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference.

    node: by the name it has in the new version (in the old one, if it was removed), None for the scenario itself.
    field: the place in it, with dots; None for the node as a whole.  code: stable.  text: in ru and en.
    """

    node: str | None
    field: str | None
    code: str
    text: Sentence


def diff(old: Scenario, new: Scenario) -> tuple[Change, ...]:
    """Every difference: those of the whole scenario first, then node by node in the order of the new version.

    Those of the scenarios that stand in it follow; their nodes are told with the name of theirs, `verify.ask_name`.
    """
    return tuple(_all(old.written, new.written, ()))


def describe(change: Change, language: str) -> str:
    """One line: `шаг menu, options.1.label: sentence`."""
    step = f"{ {'ru': 'шаг', 'en': 'node'}[language] } {step_name(change.node, language)}" if change.node else ""
    place = ", ".join(part for part in (step, change.field) if part)
    return ": ".join(part for part in (place, change.text[language]) if part)


def _all(old: Scenario, new: Scenario, inside: tuple[str, ...]) -> Iterator[Change]:
    """The differences of two documents and of those in them.  inside: the names under which they stand."""
    for change in _Comparison(old, new).changes():
        if not inside:
            yield change
        elif change.node is None:
            within = [part for name in inside for part in ("subscenarios", name)]
            yield msgspec.structs.replace(change, field=".".join((*within, *([change.field] if change.field else []))))
        else:
            yield msgspec.structs.replace(change, node=".".join((*inside, change.node)))
    for name in dict.fromkeys((*old.subscenarios, *new.subscenarios)):
        before, after = old.subscenarios.get(name), new.subscenarios.get(name)
        place = _Where(None, tuple(part for one in (*inside, name) for part in ("subscenarios", one)))
        if before is None:
            yield place.change("subscenario_added", f"Новый подсценарий «{name}»", f"New subscenario “{name}”")
        elif after is None:
            ru, en = f"Подсценария «{name}» больше нет", f"Subscenario “{name}” removed"
            yield place.change("subscenario_removed", ru, en)
        else:
            yield from _all(before, after, (*inside, name))


class _Where(msgspec.Struct, frozen=True):
    """A place in the document, and how the editor calls it."""

    node: str | None
    path: tuple[str, ...] = ()
    titles: tuple[Sentence, ...] = ()

    def inner(self, name: str, title: Sentence) -> "_Where":
        """A field of the part here."""
        return _Where(self.node, (*self.path, name), (*self.titles, title))

    def item(self, name: str) -> "_Where":
        """One of the named parts here."""
        title, called = self.titles[-1], quoted({"ru": name, "en": name})
        labelled = {language: f"{title[language]} {called[language]}" for language in title}
        return _Where(self.node, (*self.path, name), (*self.titles[:-1], labelled))

    def change(self, code: str, ru: str, en: str) -> Change:
        """A difference here."""
        return Change(node=self.node, field=".".join(self.path) or None, code=code, text={"ru": ru, "en": en})

    def titled(self, code: str, what: Sentence) -> Change:
        """A difference here, the sentence begun with the titles."""
        head = {language: ", ".join(title[language] for title in self.titles) for language in what}
        return self.change(code, f"{head['ru']}: {what['ru']}", f"{head['en']}: {what['en']}")


class _Comparison:
    """Two versions and what is known of both."""

    def __init__(self, old: Scenario, new: Scenario) -> None:
        self._old, self._new = old, new
        self._renamed = renamed_nodes(old.nodes, new.nodes)

    def changes(self) -> Iterator[Change]:
        """All of them."""
        whole = _Where(None)
        yield from self._fields(whole, self._old, self._new, skip={"nodes", "start", "subscenarios"})
        if self._now(self._old.start) != self._new.start:
            ru = f"Звонок начинается с шага «{self._new.start}», раньше с «{self._old.start}»"
            en = f"The call begins with node “{self._new.start}”, before with “{self._old.start}”"
            yield _Where(None, ("start",)).change("start_changed", ru, en)
        before = {self._now(name): name for name in self._old.nodes}
        for name, node in self._new.nodes.items():
            earlier = before.get(name)
            if earlier is None:
                called = _called(node, self._new)
                yield _Where(name).change("node_added", f"Новый шаг: {called['ru']}", f"New node: {called['en']}")
                continue
            if earlier != name:
                ru, en = f"Шаг «{earlier}» переименован", f"Renamed, it was “{earlier}”"
                yield _Where(name).change("node_renamed", ru, en)
            yield from self._node(name, self._old.nodes[earlier], node)
        for name, node in self._old.nodes.items():
            if self._now(name) not in self._new.nodes:
                called = _called(node, self._old)
                yield _Where(name).change(
                    "node_removed", f"Шага больше нет: {called['ru']}", f"Removed: {called['en']}"
                )

    def _now(self, name: str) -> str:
        """The name a node of the old version has in the new one."""
        return self._renamed.get(name, name)

    # -- nodes --

    def _node(self, name: str, old: NodeBase, new: NodeBase) -> Iterator[Change]:
        where = _Where(name)
        if type(old) is not type(new):
            was_is = _was_is(quoted(old.kind_title), quoted(new.kind_title))
            kind = where.inner("kind", {"ru": "Вид шага", "en": "Kind"})
            yield kind.titled("kind_changed", was_is)
        yield from self._fields(where, old, new, skip={"kind", "targets"})
        yield from self._exits(name, old, new)

    def _exits(self, name: str, old: NodeBase, new: NodeBase) -> Iterator[Change]:
        titles = {exit_.name: exit_.title for node in (old, new) for exit_ in node.exits()}
        for exit_name in dict.fromkeys((*old.targets, *new.targets)):
            led, leads = old.target(exit_name), new.target(exit_name)
            if (self._now(led) if led else None) == leads:
                continue
            if led is None:
                code, ru, en = "exit_led", f"ведёт к шагу «{leads}»", f"leads to “{leads}”"
            elif leads is None:
                code = "exit_cut"
                ru, en = f"больше никуда не ведёт, вёл к шагу «{led}»", f"leads nowhere, led to “{led}”"
            else:
                code = "exit_reled"
                ru, en = f"ведёт к шагу «{leads}», раньше к «{led}»", f"leads to “{leads}”, before to “{led}”"
            title = quoted(titles.get(exit_name, {"ru": exit_name, "en": exit_name}))
            where = _Where(name, ("exits", exit_name))
            yield where.change(code, f"Исход {title['ru']} {ru}", f"Exit {title['en']} {en}")

    # -- fields, by what the model says of them --

    def _fields(self, where: _Where, old: Part, new: Part, skip: Collection[str] = ()) -> Iterator[Change]:
        """The fields of two parts; what only one of them can have counts as left at nothing by the other."""
        fields = {**type(old).model_fields, **type(new).model_fields}
        for name, info in fields.items():
            about: Any = info.json_schema_extra
            if name in skip or not about or about["widget"] == "hidden":
                continue
            was, now = getattr(old, name, None), getattr(new, name, None)
            inner = where.inner(info.alias or name, about["title"])
            if is_text(info):
                yield from self._texts(inner, was, now)
            elif was != now or _reordered(was, now):
                yield from self._field(inner, was, now, about.get("choices"))

    def _field(self, where: _Where, was: Any, now: Any, choices: Any) -> Iterator[Change]:
        if _holds_parts(was) or _holds_parts(now):
            yield from self._parts(where, was or (), now or ())
        elif isinstance(was, Part) and isinstance(now, Part):
            yield from self._fields(where, was, now)
        elif where.node is None and where.path == ("languages",):
            yield from _languages(where, was, now)
        elif isinstance(was, Mapping) and isinstance(now, Mapping):
            for key in dict.fromkeys((*was, *now)):
                if was.get(key) != now.get(key):
                    yield from self._field(where.item(key), was.get(key), now.get(key), choices)
        else:
            was, now = (item.model_dump(mode="json") if isinstance(item, Part) else item for item in (was, now))
            yield where.titled("setting_changed", _was_is(shown(was, choices), shown(now, choices)))

    def _texts(self, where: _Where, was: Any, now: Any) -> Iterator[Change]:
        before = texts(was, self._old.languages) if was else {}
        after = texts(now, self._new.languages) if now else {}
        alone = len({*self._old.languages, *self._new.languages, *before, *after}) == 1
        for language in dict.fromkeys((*before, *after)):
            one, other = before.get(language), after.get(language)
            if one == other:
                continue
            last = {code: f"{title} ({language})" for code, title in where.titles[-1].items()}
            place = where if alone else _Where(where.node, (*where.path, language), (*where.titles[:-1], last))
            if one is None:
                text = shown(other)
                yield place.titled("text_added", {"ru": f"новый: {text['ru']}", "en": f"new: {text['en']}"})
            elif other is None:
                text = shown(one)
                yield place.titled("text_removed", {"ru": f"убран: {text['ru']}", "en": f"removed: {text['en']}"})
            else:
                one, other = apart(one, other)
                yield place.titled(
                    "text_changed", _was_is(quoted({"ru": one, "en": one}), quoted({"ru": other, "en": other}))
                )

    def _parts(self, where: _Where, was: Any, now: Any) -> Iterator[Change]:
        """Named or listed parts: columns, options, cases."""
        before, after = _named(was, now)
        code = "option"
        if where.node is None and where.path[-1] in _KNOWN_BY_NAME:
            code, noun = _KNOWN_BY_NAME[where.path[-1]]
            where = _Where(None, where.path, (noun,))
        for key in dict.fromkeys((*before, *after)):
            item = where.item(key)
            if key not in before:
                yield item.titled(f"{code}_added", {"ru": "добавлено", "en": "added"})
            elif key not in after:
                yield item.titled(f"{code}_removed", {"ru": "убрано", "en": "removed"})
            else:
                yield from self._fields(item, before[key], after[key])
        if where.node is not None and [key for key in before if key in after] != [
            key for key in after if key in before
        ]:
            order = ", ".join(after)
            yield where.titled(f"{code}_order", {"ru": f"другой порядок: {order}", "en": f"another order: {order}"})


# -- what a value is ------------------------------------------------------------------------------------------


def _holds_parts(value: Any) -> bool:
    inner: Any = value.values() if isinstance(value, Mapping) else value
    return isinstance(value, Mapping | tuple) and any(isinstance(item, Part) for item in inner)


def _reordered(was: Any, now: Any) -> bool:
    return isinstance(was, Mapping) and isinstance(now, Mapping) and list(was) != list(now)


def _named(was: Any, now: Any) -> tuple[dict[str, Part], dict[str, Part]]:
    """Parts by name: mappings have names; listed parts are known by their first field where that tells them apart."""
    if isinstance(was, Mapping) or isinstance(now, Mapping):
        return dict(was), dict(now)
    named = []
    for parts in (was, now):
        names = [_first(part) for part in parts]
        named.append(dict(zip(names, parts, strict=True)) if len(set(names)) == len(names) and all(names) else None)
    if named[0] is not None and named[1] is not None:
        return named[0], named[1]
    return _numbered(was), _numbered(now)


def _first(part: Part) -> str:
    value = getattr(part, next(iter(type(part).model_fields)))
    return value if isinstance(value, str) else ""


def _numbered(parts: Sequence[Part]) -> dict[str, Part]:
    return {str(number): part for number, part in enumerate(parts, 1)}


# -- sentences ------------------------------------------------------------------------------------------------


def _was_is(was: Sentence, now: Sentence) -> Sentence:
    return {"ru": f"было {was['ru']}, стало {now['ru']}", "en": f"was {was['en']}, is {now['en']}"}


def _languages(where: _Where, was: tuple[str, ...], now: tuple[str, ...]) -> Iterator[Change]:
    for language in dict.fromkeys((*was, *now)):
        if language not in was:
            yield where.change("language_added", f"Новый язык: «{language}»", f"New language: “{language}”")
        elif language not in now:
            ru, en = f"Языка больше нет: «{language}»", f"Language removed: “{language}”"
            yield where.change("language_removed", ru, en)
    if was[0] != now[0]:
        ru, en = f"Основной язык: было «{was[0]}», стало «{now[0]}»", f"First language: was “{was[0]}”, is “{now[0]}”"
        yield where.change("language_first", ru, en)


def _called(node: NodeBase, scenario: Scenario) -> Sentence:
    """The kind of a node and its title or first text."""
    given = [node.title] if node.title else [phrase.text for phrase in node.phrases()[:1]]
    said = next(iter(texts(given[0], scenario.languages).values()), "") if given else ""
    name = quoted({"ru": said, "en": said}) if len(said) <= 60 else shown(said[:60].rstrip() + "…")
    return {language: node.kind_title[language] + (f" {name[language]}" if said else "") for language in ("ru", "en")}
