// What can be spoken and compared: the list's columns, the scenario's variables, and answers that nodes collect.

import type { Kind } from "../api/types";
import { firstText, isRecord, type Doc } from "./document";
import { plain, widget } from "./schema";

export interface Known {
  name: string;
  title: string;
  source: "column" | "variable" | "answer";
  type: string;
}

export function knownNames(doc: Doc, kinds: { [kind: string]: Kind }): Known[] {
  const known = new Map<string, Known>();
  for (const [name, column] of Object.entries(doc.columns ?? {}))
    if (isRecord(column))
      known.set(name, {
        name,
        title: firstText(column.title, doc.languages) || name,
        source: "column",
        type: String(column.type ?? "text"),
      });
  for (const [name, variable] of Object.entries(doc.variables ?? {}))
    if (isRecord(variable) && !known.has(name))
      known.set(name, {
        name,
        title: firstText(variable.title, doc.languages) || name,
        source: "variable",
        type: "text",
      });
  for (const [step, node] of Object.entries(doc.nodes)) {
    const schema = kinds[node.kind]?.schema;
    for (const [field, one] of Object.entries(schema?.properties ?? {})) {
      // Answers are named by fields that hold a name which nothing declares; maps of answers are named by their keys.
      const isQuestion = field.endsWith("question");
      const value = node[field] ?? (isQuestion ? plain(one, schema!).default : undefined);
      const given =
        isQuestion && typeof value === "string"
          ? [value]
          : widget(one) === "answers" && isRecord(value)
            ? Object.keys(value)
            : [];
      for (const name of given)
        if (!known.has(name))
          known.set(name, {
            name,
            title: firstText(node.title, doc.languages) || step,
            source: "answer",
            type: "text",
          });
    }
  }
  return [...known.values()];
}

// How a value of a type is usually spoken.
const FILTERS: { [type: string]: string } = {
  name: " | name",
  money: " | money('RUB')",
  number: " | number",
  date: " | date",
  time: " | time",
  phone: " | phone",
  digits: " | digits",
};

export const slot = ({ name, type }: Known): string => `{{ ${name}${FILTERS[type] ?? ""} }}`;

// A text with its slots told apart, for showing: plain pieces, and the names in between.
export function pieces(text: string): { text: string; slot: boolean }[] {
  return text
    .split(/(\{\{.*?\}\})/g)
    .filter(Boolean)
    .map((part) => {
      const name = /^\{\{\s*([a-z][a-z0-9_]*)/.exec(part)?.[1];
      return name ? { text: name, slot: true } : { text: part, slot: false };
    });
}
