import { describe, expect, test } from "vitest";
import * as graph from "../src/model/graph";
import { KINDS, scenario } from "./support";

describe("nodes", () => {
  test("a new one is its kind's example in the scenario's languages, leads nowhere and has a free name", () => {
    const { doc, name } = graph.addNode(scenario(), "play", KINDS.play, { x: 5, y: 6 });
    expect(name).toBe("play");
    expect(doc.nodes.play).toEqual({
      kind: "play",
      text: { ru: "Ваш заказ готов", en: "Your order is ready" },
    });
    expect(doc.layout!.play).toEqual({ x: 5, y: 6 });
    expect(graph.addNode(doc, "play", KINDS.play, { x: 0, y: 0 }).name).toBe("play_2");
  });

  test("in a scenario of one language the example is a plain text", () => {
    const { doc } = graph.addNode({ ...scenario(), languages: ["en"] }, "play", KINDS.play, { x: 0, y: 0 });
    expect(doc.nodes.play!.text).toBe("Your order is ready");
  });

  test("the first one begins the call", () => {
    const { doc } = graph.addNode({ ...scenario(), nodes: {}, start: "" }, "play", KINDS.play, {
      x: 0,
      y: 0,
    });
    expect(doc.start).toBe("play");
  });

  test("removing takes the ways to it, its place and its recordings, and shares the rest", () => {
    const before = scenario();
    const doc = graph.removeNodes(before, ["hello"]);
    expect(Object.keys(doc.nodes)).toEqual(["ask", "bye"]);
    expect(doc.nodes.ask!.exits).toEqual({ yes: "bye", no_input: "bye" });
    expect(doc.layout).toEqual({ ask: { x: 300, y: 0 } });
    expect(doc.recordings).toEqual({});
    expect(doc.nodes.bye).toBe(before.nodes.bye);
    expect(graph.removeNodes(before, ["nobody"])).toBe(before);
  });

  test("another name is taken over everywhere", () => {
    const doc = graph.rename(scenario(), "hello", "greet");
    expect(doc.start).toBe("greet");
    expect(doc.nodes.ask!.exits!.no).toBe("greet");
    expect(doc.recordings).toEqual({ "greet.text": "greeting" });
    expect(doc.layout!.greet).toEqual({ x: 0, y: 0 });
    expect(Object.keys(doc.nodes)).toEqual(["greet", "ask", "bye"]);
  });

  test("a name that is taken is not taken over", () => {
    const before = scenario();
    expect(graph.rename(before, "hello", "bye")).toBe(before);
  });
});

describe("ways", () => {
  test("connect and disconnect; to nowhere and twice the same are no edits", () => {
    const before = scenario();
    expect(graph.connect(before, "bye", "done", "ask").nodes.bye!.exits).toEqual({ done: "ask" });
    expect(graph.connect(before, "hello", "done", "ask")).toBe(before);
    expect(graph.connect(before, "hello", "done", "nobody")).toBe(before);
    expect(graph.disconnect(before, "ask", "no").nodes.ask!.exits).toEqual({ yes: "bye", no_input: "bye" });
    expect(graph.disconnect(before, "bye", "done")).toBe(before);
  });
});

describe("fields", () => {
  const rule = KINDS.menu!.exits;

  test("what is emptied is gone, what is not touched is shared", () => {
    const before = scenario();
    const doc = graph.setField(before, "ask", ["question"], undefined);
    expect(doc.nodes.ask).not.toHaveProperty("question");
    expect(doc.nodes.ask!.options).toBe(before.nodes.ask!.options);
  });

  test("a key's exit under another name keeps its way", () => {
    const doc = graph.setField(scenario(), "ask", ["options", "1", "exit"], "agreed", rule);
    expect(doc.nodes.ask!.exits).toEqual({ agreed: "bye", no: "hello", no_input: "bye" });
  });

  test("the way of a key goes with the last key that led there", () => {
    const options = { "1": { exit: "yes" } };
    const doc = graph.setField(scenario(), "ask", ["options"], options, rule);
    expect(doc.nodes.ask!.exits).toEqual({ yes: "bye", no_input: "bye" });
    const shared = { "1": { exit: "yes" }, "2": { exit: "yes" } };
    const both = graph.setField(scenario(), "ask", ["options"], shared, rule);
    const one = graph.setField(both, "ask", ["options", "2"], undefined, rule);
    expect(one.nodes.ask!.exits).toEqual({ yes: "bye", no_input: "bye" });
  });

  test("lists: set, add, take away", () => {
    expect(graph.setAt(["a", "b"], [1], "c")).toEqual(["a", "c"]);
    expect(graph.setAt(["a", "b"], [0], undefined)).toEqual(["b"]);
    expect(graph.setAt(undefined, ["from", 0, "to"], 1)).toEqual({ from: [{ to: 1 }] });
  });

  test("moving changes no meaning", () => {
    const { layout, ...meaning } = graph.move(scenario(), { bye: { x: 10.4, y: 3.6 } });
    const { layout: _old, ...before } = scenario();
    expect(layout!.bye).toEqual({ x: 10, y: 4 });
    expect(meaning).toEqual(before);
  });
});
