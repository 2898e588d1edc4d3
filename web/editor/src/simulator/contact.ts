// The person whose call is tried out: values for the columns, kept in this browser for each scenario.

import type { Doc } from "../model/document";

export type Contact = { [column: string]: string };

const SAMPLES: { [type: string]: { ru: string; en: string } } = {
  name: { ru: "Иванова Мария Петровна", en: "Mary Brown" },
  money: { ru: "12500,50", en: "1250.50" },
  number: { ru: "3", en: "3" },
  date: { ru: "25.12.2026", en: "2026-12-25" },
  time: { ru: "14:30", en: "14:30" },
  phone: { ru: "8 800 555-35-35", en: "+1 202 555 0143" },
  digits: { ru: "40817", en: "40817" },
  text: { ru: "", en: "" },
};

const key = (id: number) => `oklik.contact.${id}`;

export function contactOf(id: number, doc: Doc): Contact {
  let kept: Contact = {};
  try {
    kept = JSON.parse(localStorage.getItem(key(id)) ?? "{}");
  } catch {
    // Samples will do.
  }
  const language = doc.languages[0] === "en" ? "en" : "ru";
  const contact: Contact = {};
  for (const [name, column] of Object.entries(doc.columns ?? {})) {
    const sample = SAMPLES[String(column?.type ?? "text")]?.[language] ?? "";
    contact[name] = typeof kept[name] === "string" ? kept[name] : sample;
  }
  return contact;
}

export function keepContact(id: number, contact: Contact): void {
  try {
    localStorage.setItem(key(id), JSON.stringify(contact));
  } catch {
    // The values live as long as the page then.
  }
}
