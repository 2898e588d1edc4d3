import { expect, test } from "vitest";
import { exitsOf, namedBy, newExit } from "../src/model/exits";
import { KINDS, scenario } from "./support";

const menu = KINDS.menu!;

test("exits named by keys come first, with the keys' words, in the order of a phone", () => {
  const node = {
    ...scenario().nodes.ask!,
    options: {
      "0": { exit: "zero" },
      "1": { exit: "yes", label: "Yes" },
      "*": { exit: "yes" },
      "2": { exit: "no" },
    },
  };
  const exits = exitsOf(node, menu, undefined);
  expect(exits.map((exit) => [exit.name, exit.title])).toEqual([
    ["yes", "1, * · Yes"],
    ["no", "2"],
    ["zero", "0"],
    ["no_input", "No answer"],
  ]);
  expect(exits[0]!.target).toBe("bye");
});

test("the fields are fresher than what was told of them", () => {
  const node = { ...scenario().nodes.ask!, options: { "5": { exit: "five" } }, exits: {} };
  const told = [
    { name: "yes", title: "Key 1" },
    { name: "no_input", title: "Silent" },
  ];
  expect(exitsOf(node, menu, told).map((exit) => exit.name)).toEqual(["five", "no_input"]);
});

test("a kind whose exits depend on its fields is as it was told, and a connected exit is never hidden", () => {
  const node = { kind: "play", exits: { odd: "bye" } };
  const told = [{ name: "left", title: "Left" }];
  expect(exitsOf(node, KINDS.play, told).map((exit) => exit.name)).toEqual(["left", "odd"]);
  expect(exitsOf(node, KINDS.play, undefined).map((exit) => exit.name)).toEqual(["done", "odd"]);
});

test("where a field names what is called, it names no exit", () => {
  const rule = { fixed: [], from: "scenario", each: "" };
  expect(namedBy({ kind: "subscenario", scenario: "other" }, rule)).toEqual([]);
  expect(namedBy({ kind: "hook", outcomes: ["a", "b"] }, { ...rule, from: "outcomes" })).toEqual(["a", "b"]);
});

test("new exits are called after their keys, free names are found", () => {
  expect(newExit({ options: {} }, menu.exits, "*")).toBe("key_star");
  expect(newExit({ options: { "1": { exit: "key_1" } } }, menu.exits, "1")).toBe("key_1_1");
  expect(newExit({ cases: [{ exit: "way_1" }] }, { fixed: [], from: "cases", each: "exit" }, "")).toBe(
    "way_2",
  );
});
