// The scenario document as the editor handles it: plain JSON, kept as it is even where it would not read.
//
// What a scenario means is the server's business; here stand only its shape and the questions that drawing asks.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = { [key: string]: Json };
export type Node = Fields & { kind: string; exits?: { [exit: string]: string } };
export type Point = { x: number; y: number };

export interface Doc {
  format: number;
  name: string;
  title: Json;
  languages: string[];
  start: string;
  columns?: { [name: string]: Fields };
  variables?: { [name: string]: Fields };
  nodes: { [name: string]: Node };
  recordings?: { [place: string]: string };
  layout?: { [name: string]: Point };
  [key: string]: unknown;
}

export const SLUG = /^[a-z][a-z0-9_-]{0,39}$/;

export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// A document with everything that drawing relies on, whatever a draft may hold instead.
export function sane(raw: unknown): Doc {
  const doc = (isRecord(raw) ? raw : {}) as unknown as Doc;
  const nodes: Doc["nodes"] = {};
  for (const [name, node] of Object.entries(isRecord(doc.nodes) ? doc.nodes : {}))
    if (isRecord(node)) nodes[name] = { ...node, kind: String(node.kind ?? "") } as Node;
  const languages = Array.isArray(doc.languages) && doc.languages.length ? doc.languages.map(String) : ["ru"];
  return { ...doc, languages, nodes, start: typeof doc.start === "string" ? doc.start : "" };
}

// A text in one of the languages: a plain string is in the first one.
export function textIn(value: Json | undefined, language: string, languages: string[]): string {
  if (typeof value === "string" || typeof value === "number")
    return language === languages[0] ? String(value) : "";
  return isRecord(value) && value[language] != null ? String(value[language]) : "";
}

export function firstText(value: Json | undefined, languages: string[]): string {
  for (const language of languages) {
    const found = textIn(value, language, languages);
    if (found) return found;
  }
  return "";
}

// The same text with another wording in one language; undefined when nothing is left of it.
export function withText(
  value: Json | undefined,
  language: string,
  languages: string[],
  wording: string,
): Json | undefined {
  const all: Fields = {};
  for (const one of languages) {
    const text = one === language ? wording : textIn(value, one, languages);
    if (text) all[one] = text;
  }
  if (isRecord(value))
    for (const one of Object.keys(value)) if (!languages.includes(one)) all[one] = value[one]!;
  const spoken = Object.keys(all);
  if (!spoken.length) return undefined;
  return spoken.length === 1 && spoken[0] === languages[0] && !isRecord(value) ? all[spoken[0]!]! : all;
}

export function point(doc: Doc, name: string): Point | undefined {
  const at = doc.layout?.[name] as Point | undefined;
  return at && Number.isFinite(at.x) && Number.isFinite(at.y) ? { x: at.x, y: at.y } : undefined;
}

// A name that is not taken: menu, menu_2, menu_3.
export function freeName(wanted: string, taken: (name: string) => boolean): string {
  const base =
    wanted
      .toLowerCase()
      .replace(/[^a-z0-9_-]/g, "_")
      .replace(/^[^a-z]+/, "")
      .slice(0, 34) || "step";
  if (!taken(base)) return base;
  const stem = base.replace(/_\d+$/, "");
  for (let n = 2; ; n++) if (!taken(`${stem}_${n}`)) return `${stem}_${n}`;
}
