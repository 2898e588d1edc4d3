// Edits of a document, each a pure function from one document to the next; what has not changed stays the same object.

import type { ExitsRule, Kind } from "../api/types";
import { namedBy } from "./exits";
import {
  freeName,
  isRecord,
  point,
  type Doc,
  type Fields,
  type Json,
  type Node,
  type Point,
} from "./document";

export type Path = (string | number)[];

export function addNode(
  doc: Doc,
  kind: string,
  definition: Kind | undefined,
  at: Point,
): { doc: Doc; name: string } {
  const name = freeName(kind, (taken) => taken in doc.nodes);
  const node = fresh(kind, definition, doc);
  const first = Object.keys(doc.nodes).length === 0;
  return {
    name,
    doc: {
      ...doc,
      start: first || !doc.start ? name : doc.start,
      nodes: { ...doc.nodes, [name]: node },
      layout: { ...doc.layout, [name]: at },
    },
  };
}

// A new node is its kind's example, in the languages of the scenario and leading nowhere yet.
function fresh(kind: string, definition: Kind | undefined, doc: Doc): Node {
  const { exits: _exits, ...fields } = (definition?.example ?? {}) as Fields;
  return { ...(spoken(fields, doc.languages) as Fields), kind };
}

function spoken(value: Json, languages: string[]): Json {
  if (Array.isArray(value)) return value.map((item) => spoken(item, languages));
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.every((key) => /^[a-z]{2}$/.test(key)) && ("ru" in value || "en" in value)) {
    const kept = languages.filter((language) => language in value);
    if (kept.length === 0) return Object.values(value)[0]!;
    return languages.length === 1
      ? value[kept[0]!]!
      : Object.fromEntries(kept.map((one) => [one, value[one]!]));
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoken(item, languages)]));
}

export function removeNodes(doc: Doc, names: Iterable<string>): Doc {
  const gone = new Set(names);
  if (![...gone].some((name) => name in doc.nodes)) return doc;
  const nodes: Doc["nodes"] = {};
  for (const [name, node] of Object.entries(doc.nodes))
    if (!gone.has(name)) nodes[name] = withoutTargets(node, (_, target) => gone.has(target));
  const layout = keep(doc.layout, (name) => !gone.has(name));
  const recordings = keep(doc.recordings, (place) => !gone.has(place.split(".")[0]!));
  return { ...doc, nodes, layout, ...(doc.recordings ? { recordings } : {}) };
}

const keep = <T>(all: { [key: string]: T } | undefined, wanted: (key: string) => boolean) =>
  Object.fromEntries(Object.entries(all ?? {}).filter(([key]) => wanted(key)));

function withoutTargets(node: Node, gone: (exit: string, target: string) => boolean): Node {
  const exits = Object.entries(node.exits ?? {});
  if (!exits.some(([exit, target]) => gone(exit, target))) return node;
  return { ...node, exits: Object.fromEntries(exits.filter(([exit, target]) => !gone(exit, target))) };
}

export function connect(doc: Doc, source: string, exit: string, target: string): Doc {
  const node = doc.nodes[source];
  if (!node || !(target in doc.nodes) || node.exits?.[exit] === target) return doc;
  return withNode(doc, source, { ...node, exits: { ...node.exits, [exit]: target } });
}

export function disconnect(doc: Doc, source: string, exit: string): Doc {
  const node = doc.nodes[source];
  if (!node?.exits || !(exit in node.exits)) return doc;
  return withNode(
    doc,
    source,
    withoutTargets(node, (name) => name === exit),
  );
}

function withNode(doc: Doc, name: string, node: Node): Doc {
  return { ...doc, nodes: { ...doc.nodes, [name]: node } };
}

export function move(doc: Doc, places: { [name: string]: Point }): Doc {
  const rounded = Object.fromEntries(
    Object.entries(places).map(([name, at]) => [name, { x: Math.round(at.x), y: Math.round(at.y) }]),
  );
  return { ...doc, layout: { ...doc.layout, ...rounded } };
}

export function setStart(doc: Doc, name: string): Doc {
  return doc.start === name ? doc : { ...doc, start: name };
}

// Another name everywhere it stands: ways, the beginning, recordings, the drawing.
export function rename(doc: Doc, from: string, to: string): Doc {
  if (from === to || !(from in doc.nodes) || to in doc.nodes) return doc;
  const swap = (name: string) => (name === from ? to : name);
  const nodes: Doc["nodes"] = {};
  for (const [name, node] of Object.entries(doc.nodes)) {
    const exits = Object.entries(node.exits ?? {});
    nodes[swap(name)] = exits.some(([, target]) => target === from)
      ? { ...node, exits: Object.fromEntries(exits.map(([exit, target]) => [exit, swap(target)])) }
      : node;
  }
  const keys = <T>(all: { [key: string]: T } | undefined, rewritten: (key: string) => string) =>
    Object.fromEntries(Object.entries(all ?? {}).map(([key, value]) => [rewritten(key), value]));
  const place = (key: string) => (key.startsWith(`${from}.`) ? to + key.slice(from.length) : key);
  return {
    ...doc,
    start: swap(doc.start),
    nodes,
    layout: keys(doc.layout, swap),
    ...(doc.recordings ? { recordings: keys(doc.recordings, place) } : {}),
  };
}

// Set what lies at a path, or take it away (undefined); lists and maps on the way are copied, the rest is shared.
export function setAt(value: Json | undefined, path: Path, next: Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return next;
  if (Array.isArray(value) || (value == null && typeof key === "number")) {
    const list = [...(Array.isArray(value) ? value : [])];
    const made = setAt(list[key as number], rest, next);
    if (made === undefined) list.splice(key as number, 1);
    else list[key as number] = made;
    return list;
  }
  const record: Fields = { ...(isRecord(value) ? value : {}) };
  const made = setAt(record[key], rest, next);
  if (made === undefined) delete record[key];
  else record[key] = made;
  return record;
}

export function getAt(value: Json | undefined, path: Path): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path) at = (at as { [key: string]: Json } | undefined | null)?.[key as string];
  return at;
}

// A field of a node.  Where the field names exits, the way of an exit follows its new name, and goes with its last part.
export function setField(doc: Doc, name: string, path: Path, next: Json | undefined, rule?: ExitsRule): Doc {
  const node = doc.nodes[name];
  if (!node) return doc;
  let changed = setAt(node, path, next) as Node;
  if (rule?.from && path[0] === rule.from) {
    const before = namedBy(node, rule);
    const after = namedBy(changed, rule);
    const fixed = new Set((rule.fixed ?? []).map((exit) => exit.name));
    const lost = before.filter((exit) => !after.includes(exit) && !fixed.has(exit));
    const come = after.filter((exit) => !before.includes(exit));
    if (lost.length === 1 && come.length === 1 && before.length === after.length) {
      const exits = Object.entries(changed.exits ?? {});
      changed = {
        ...changed,
        exits: Object.fromEntries(
          exits.map(([exit, target]) => [exit === lost[0] ? come[0]! : exit, target]),
        ),
      };
    } else if (lost.length) changed = withoutTargets(changed, (exit) => lost.includes(exit));
  }
  return withNode(doc, name, changed);
}

// A field of the scenario itself.
export function setSetting(doc: Doc, path: Path, next: Json | undefined): Doc {
  return setAt(doc as unknown as Json, path, next) as unknown as Doc;
}

export const hasPlace = (doc: Doc, name: string): boolean => point(doc, name) !== undefined;

// Every place in the texts where a value is spoken or compared, to find what a piece of a scenario needs.
export function namesIn(value: Json | undefined): Set<string> {
  const found = new Set<string>();
  const look = (item: Json | undefined): void => {
    if (typeof item === "string") {
      for (const [, name] of item.matchAll(/\{\{\s*([a-z][a-z0-9_]*)/g)) found.add(name!);
      if (/^[a-z][a-z0-9_]*$/.test(item)) found.add(item);
    } else if (Array.isArray(item)) item.forEach(look);
    else if (isRecord(item)) Object.values(item).forEach(look);
  };
  look(value);
  return found;
}
