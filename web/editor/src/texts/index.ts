// The editor's words in the language of the page.

import { language } from "../api/client";
import { en } from "./en";
import { ru } from "./ru";

export type Key = keyof typeof ru;
type Values = { [name: string]: string | number };

const FORMS = { ru: ["one", "few", "many"], en: ["one", "other"] } as const;

export function phrase(text: string, code: "ru" | "en", values: Values = {}): string {
  const rules = new Intl.PluralRules(code);
  const put = (piece: string) =>
    piece.replace(/\{([a-z]+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
  const chosen = text.replace(/\{([a-z]+), plural: ((?:[^{}]|\{[a-z]+\})*)\}/g, (_, name: string, forms: string) => {
    const form = rules.select(Number(values[name]));
    const list = forms.split("|");
    const at = (FORMS[code] as readonly string[]).indexOf(form);
    return list[at] ?? list.at(-1)!;
  });
  return put(chosen);
}

export const t = (key: Key, values?: Values): string => {
  const code = language();
  return phrase((code === "ru" ? ru : en)[key], code, values);
};

export function moment(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? iso
    : at.toLocaleString(language(), { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
}
