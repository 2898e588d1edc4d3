// The exits of a node while it is being edited: what the server said last, and what its fields say since then.

import type { ExitsRule, ExitTitle, Kind } from "../api/types";
import { KEYS } from "./schema";
import { isRecord, type Fields, type Json, type Node } from "./document";

export interface ExitView {
  name: string;
  title: string;
  target: string | undefined;
}

// The parts of a field by key or number; none where it is no list of parts.
export function parts(value: Json | undefined): [string, Json][] {
  if (Array.isArray(value)) return value.map((item, index) => [String(index), item]);
  if (!isRecord(value)) return [];
  const entries = Object.entries(value);
  // JavaScript puts digits first; people look for them as they lie on the phone.
  const byKeys = entries.every(([key]) => KEYS.includes(key));
  return byKeys ? entries.sort(([a], [b]) => KEYS.indexOf(a) - KEYS.indexOf(b)) : entries;
}

const exitOf = (part: Json, each: string): Json | undefined =>
  each ? (isRecord(part) ? part[each] : undefined) : part;

// The exits that a field's parts stand for, in their order.
export function namedBy(node: Fields, rule: ExitsRule | undefined): string[] {
  if (!rule?.from) return [];
  const named = parts(node[rule.from]).map(([, part]) => exitOf(part, rule.each ?? ""));
  return [...new Set(named.filter((name): name is string => typeof name === "string" && name !== ""))];
}

export function exitsOf(node: Node, kind: Kind | undefined, told: ExitTitle[] | undefined): ExitView[] {
  const rule = kind?.exits;
  const fixed = rule?.fixed ?? [];
  const titles = new Map([...fixed, ...(told ?? [])].map((exit) => [exit.name, exit.title]));
  // Where parts name exits, the fields themselves are fresher than what was told of them.
  const byParts = rule?.from != null && typeof node[rule.from] !== "string";
  const known = byParts
    ? [...namedBy(node, rule), ...fixed.map((exit) => exit.name)]
    : (told ?? fixed).map((exit) => exit.name);
  const names = new Set([...known, ...Object.keys(node.exits ?? {})]);
  return [...names].map((name) => ({
    name,
    title: ownWords(node, rule, name) ?? titles.get(name) ?? name,
    target: node.exits?.[name],
  }));
}

// A key's or a case's own words for its exit: «1 · Придёт».
function ownWords(node: Node, rule: ExitsRule | undefined, exit: string): string | undefined {
  if (!rule?.from || !rule.each) return undefined;
  const value = node[rule.from];
  const own = parts(value).filter(([, part]) => exitOf(part, rule.each!) === exit);
  if (!own.length) return undefined;
  const label = own.map(([, part]) => wording((part as Fields).label)).find(Boolean);
  if (Array.isArray(value)) return label || exit;
  const keys = own.map(([key]) => key).join(", ");
  return label ? `${keys} · ${label}` : keys;
}

const wording = (label: Json | undefined): string =>
  typeof label === "string" ? label : isRecord(label) ? String(Object.values(label)[0] ?? "") : "";

// A name for the exit of a part that is new: by its key (key_1, key_star), else by its number.
export function newExit(node: Fields, rule: ExitsRule, key: string): string {
  const taken = new Set([...namedBy(node, rule), ...rule.fixed.map((exit) => exit.name)]);
  const stem = Array.isArray(node[rule.from!]) ? "way" : `key_${{ "*": "star", "#": "hash" }[key] ?? key}`;
  if (stem !== "way" && !taken.has(stem)) return stem;
  for (let n = 1; ; n++) if (!taken.has(`${stem}_${n}`)) return `${stem}_${n}`;
}
