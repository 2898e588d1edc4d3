import { expect, test } from "vitest";
import { copy, parse, paste, type Piece } from "../src/model/clipboard";
import { scenario } from "./support";

const through = (piece: Piece | null) => parse(JSON.stringify(piece))!;

test("pasting into the same scenario: new names, inner ways among the copies, outer ways as they were", () => {
  const { doc, names } = paste(scenario(), through(copy(scenario(), ["hello", "ask"])), { x: 100, y: 50 });
  expect(names).toEqual(["hello_2", "ask_2"]);
  expect(doc.nodes.hello_2!.exits).toEqual({ done: "ask_2" });
  expect(doc.nodes.ask_2!.exits).toEqual({ yes: "bye", no: "hello_2", no_input: "bye" });
  expect(doc.layout!.ask_2).toEqual({ x: 400, y: 50 });
  expect(doc.start).toBe("hello");
});

test("pasting into another scenario: ways out are dropped, what the texts need comes along, what is there stays", () => {
  const other = {
    ...scenario(),
    name: "other",
    nodes: {},
    start: "",
    columns: { name: { title: "FIO" } },
    variables: {},
  };
  const piece = through(copy(scenario(), ["hello"]));
  expect(Object.keys(piece.columns)).toEqual(["name"]);
  const { doc } = paste(other, piece, { x: 0, y: 0 });
  expect(doc.nodes.hello!.exits).toEqual({});
  expect(doc.columns).toEqual({ name: { title: "FIO" } });
  expect(doc.start).toBe("hello");
});

test.each(["", "text", "[]", "{}", '{"oklik":"nodes","nodes":{}}', '{"oklik":"nodes","nodes":{"a":5}}'])(
  "what is no piece of a scenario is not pasted: %s",
  (text) => expect(parse(text)).toBeNull(),
);

test("nothing chosen, nothing copied", () => expect(copy(scenario(), ["nobody"])).toBeNull());
