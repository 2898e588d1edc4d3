import { expect, test } from "vitest";
import { keyFor } from "../src/model/recordings";

const TAKEN = /^[a-z0-9][a-z0-9_.-]{0,79}$/;
const long = "a".repeat(40);

test("a key is its place as long as it fits", () => {
  expect(keyFor("debt", "hello", "say")).toBe("debt.hello.say");
});

test("places that differ have keys that differ, however long they are and whatever is in them", () => {
  const places: [string, string, string][] = [
    [long, long, "say"],
    [long, long, "say_again"],
    [long, `${long.slice(1)}b`, "say"],
    ["debt", "ask", "options.*.label"],
    ["debt", "ask", "options.#.label"],
    ["debt", "ask", "options._.label"],
    ["debt", "b".repeat(39), "options.9.label.of.some.length.and.one"],
    ["debt", "b".repeat(39), "options.9.label.of.some.length.and.two"],
  ];
  const keys = places.map((place) => keyFor(...place));
  expect(new Set(keys).size).toBe(places.length);
  for (const key of keys) {
    expect(key).toMatch(TAKEN);
    expect(`${key}.9999`, "room for the pieces of a text with values").toMatch(TAKEN);
  }
  expect(keyFor(long, long, "say"), "the same place has the same key").toBe(keys[0]);
});
