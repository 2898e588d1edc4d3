import { expect, test } from "vitest";
import { faultsOf } from "../src/form/faults";
import { firstText, sane, textIn, withText } from "../src/model/document";
import { knownNames, pieces, slot } from "../src/model/names";
import { choices, initial, isAdvanced, mapOf, plain, type Schema, shape } from "../src/model/schema";
import { search } from "../src/model/search";
import { KINDS, scenario } from "./support";

const root = KINDS.menu!.schema;

test("the shape of an input follows from the schema alone", () => {
  const shapes = Object.fromEntries(
    Object.entries(root.properties!).map(([name, one]) => [name, shape(one, root)]),
  );
  expect(shapes).toEqual({ text: "texts", question: "text", options: "map", tries: "number" });
  const days: Schema = { type: "array", items: { enum: ["mon", "tue"], type: "string" } };
  expect(shape(days, root)).toBe("choices");
  expect(shape({ type: "array", items: { $ref: "#/$defs/Option" } }, root)).toBe("parts");
  expect(shape({ type: ["string", "number"] }, root)).toBe("text");
});

test("maps, choices, defaults", () => {
  expect(mapOf(root.properties!.options!, root).pattern).toBe("^[0-9*#]$");
  expect(initial({ $ref: "#/$defs/Option" }, root)).toEqual({ exit: "" });
  expect(plain(root.properties!.question!, root).type).toBe("string");
  const choice: Schema = { enum: ["a", "b"], "x-oklik": { choices: { a: "First" } } };
  expect(choices(choice, root)).toEqual([
    ["a", "First"],
    ["b", "b"],
  ]);
  expect(isAdvanced("tries", root.properties!.tries!, root)).toBe(true);
  expect(isAdvanced("options", root.properties!.options!, root)).toBe(false);
});

test("a text by language: a plain one is in the first, and stays plain as long as it can", () => {
  const languages = ["ru", "en"];
  expect(textIn("Привет", "en", languages)).toBe("");
  expect(withText("Привет", "ru", languages, "Пока")).toBe("Пока");
  expect(withText("Привет", "en", languages, "Hello")).toEqual({ ru: "Привет", en: "Hello" });
  expect(withText({ ru: "а", tt: "б" }, "ru", languages, "")).toEqual({ tt: "б" });
  expect(withText("Привет", "ru", languages, "")).toBeUndefined();
  expect(firstText({ en: "Hello" }, languages)).toBe("Hello");
});

test("what can be spoken: columns, variables, answers, each with the filter of its type", () => {
  const known = knownNames(scenario(), KINDS);
  expect(known.map((one) => [one.name, one.source])).toEqual([
    ["name", "column"],
    ["sum", "column"],
    ["phone", "variable"],
    ["coming", "answer"],
  ]);
  expect(slot(known[1]!)).toBe("{{ sum | money('RUB') }}");
  expect(pieces("Вы {{ name | name }}?")).toEqual([
    { text: "Вы ", slot: false },
    { text: "name", slot: true },
    { text: "?", slot: false },
  ]);
});

test("findings stand at their field; those of parts at the field that holds them too", () => {
  const issue = (field: string | null) => ({
    node: "ask",
    field,
    code: "",
    severity: "error" as const,
    sentence: `${field}`,
  });
  const faults = faultsOf("ask", [issue("options.1.label"), issue(null), issue("text")], []);
  expect(faults.whole).toHaveLength(1);
  expect(faults.at(["options"])).toHaveLength(1);
  expect(faults.at(["options", "1", "label"])).toHaveLength(1);
  expect(faults.at(["options", "1"])).toHaveLength(0);
});

test("steps are found by their words, those with the word in the title first", () => {
  const title = (kind: string) => KINDS[kind]!.title;
  expect(search(scenario(), "bye", title)).toEqual(["bye", "ask"]);
  expect(search(scenario(), "здравствуйте", title)).toEqual(["hello"]);
  expect(search(scenario(), "   ", title)).toEqual([]);
});

test("whatever a draft holds can be drawn", () => {
  for (const odd of [null, 5, [], { nodes: 5 }, { nodes: { a: 1, b: {} }, languages: [] }])
    expect(sane(odd).languages).toEqual(["ru"]);
  expect(sane({ nodes: { b: {} } }).nodes.b!.kind).toBe("");
});
