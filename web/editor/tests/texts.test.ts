import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { phrase } from "../src/texts";
import { en } from "../src/texts/en";
import { ru } from "../src/texts/ru";

const source = new URL("../src", import.meta.url).pathname;
const files = (readdirSync(source, { recursive: true }) as string[]).filter((name) => /\.tsx?$/.test(name));

test("both languages have the same values to put in", () => {
  const values = (text: string) => [...text.matchAll(/\{([a-z_]+)[},]/g)].map((one) => one[1]).sort();
  for (const key of Object.keys(ru) as (keyof typeof ru)[])
    expect([key, [...new Set(values(en[key]))]]).toEqual([key, [...new Set(values(ru[key]))]]);
});

test("plural forms: three in Russian, two in English", () => {
  const forms = (text: string) =>
    [...text.matchAll(/plural: ((?:[^{}]|\{[a-z]+\})*)\}/g)].map((one) => one[1]!.split("|").length);
  for (const text of Object.values(ru))
    for (const count of forms(text)) expect([text, count]).toEqual([text, 3]);
  for (const text of Object.values(en))
    for (const count of forms(text)) expect([text, count]).toEqual([text, 2]);
  expect([1, 2, 5, 21].map((n) => phrase("{n} {n, plural: шаг|шага|шагов}", "ru", { n }))).toEqual([
    "1 шаг",
    "2 шага",
    "5 шагов",
    "21 шаг",
  ]);
  expect(phrase("{n, plural: {n} step|{n} steps}", "en", { n: 1 })).toBe("1 step");
});

test("every phrase is used, and nothing is said in the code itself", () => {
  const code = files
    .filter((name) => !name.startsWith("texts/"))
    .map((name) => [name, readFileSync(join(source, name), "utf8")] as const);
  const all = code.map(([, text]) => text).join("\n") + readFileSync(join(source, "texts/index.ts"), "utf8");
  const made = ["fact.", "panel.", "source."]; // put together at run time
  const unused = Object.keys(ru).filter(
    (key) => !all.includes(`"${key}"`) && !made.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
  // Comments may quote; samples of people and the letters to be transcribed are no phrases.
  const spoken = code
    .filter(([name]) => !["simulator/contact.ts", "home/latin.ts", "model/search.ts"].includes(name))
    .filter(([, text]) => /[а-яё]/i.test(text.replace(/\/\/.*$/gm, "")));
  expect(spoken.map(([name]) => name)).toEqual([]);
});
