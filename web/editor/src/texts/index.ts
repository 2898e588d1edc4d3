// The editor's words in the language of the page.

import { language } from "../api/client";
import type { ru } from "./ru";

export type Key = keyof typeof ru;
type Words = Record<Key, string>;
type Values = { [name: string]: string | number };

const FORMS = { ru: ["one", "few", "many"], en: ["one", "other"] } as const;

export function phrase(text: string, code: "ru" | "en", values: Values = {}): string {
  const rules = new Intl.PluralRules(code);
  const put = (piece: string) =>
    piece.replace(/\{([a-z]+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
  const chosen = text.replace(
    /\{([a-z]+), plural: ((?:[^{}]|\{[a-z]+\})*)\}/g,
    (_, name: string, forms: string) => {
      const form = rules.select(Number(values[name]));
      const list = forms.split("|");
      const at = (FORMS[code] as readonly string[]).indexOf(form);
      return list[at] ?? list.at(-1)!;
    },
  );
  return put(chosen);
}

let words: Words | null = null;

// Only the words of the page's language are loaded; before them nothing is drawn.
export async function loadWords(): Promise<void> {
  words = language() === "ru" ? (await import("./ru")).ru : (await import("./en")).en;
}

export const t = (key: Key, values?: Values): string =>
  words ? phrase(words[key], language(), values) : key;

export function moment(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? iso
    : at.toLocaleString(language(), { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
}

// Who did it, out of «user:anna» or «token:crm».
export const who = (by: string | null): string => (by ? by.slice(by.indexOf(":") + 1) : "");

export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60
    ? t("time.seconds", { s: whole })
    : t("time.minutes", { m: Math.floor(whole / 60), s: whole % 60 });
}

// A phrase whose key is made at run time; null where there is none.
export const tried = (key: string, values?: Values): string | null =>
  words && key in words ? t(key as Key, values) : null;
