import { expect, test } from "vitest";
import { empty, LIMIT, MOMENT_MS, record, redo, undo } from "../src/model/history";
import { scenario } from "./support";

const named = (name: string) => ({ ...scenario(), name });

test("undo and redo go back and forth through every edit", () => {
  let history = record(empty, named("a"), "one", "", 0);
  history = record(history, named("b"), "two", "", 10_000);
  const back = undo(history, named("c"))!;
  expect(back.doc.name).toBe("b");
  const further = undo(back.history, back.doc)!;
  expect(further.doc.name).toBe("a");
  expect(undo(further.history, further.doc)).toBeNull();
  const again = redo(further.history, further.doc)!;
  expect(again.doc.name).toBe("b");
  expect(redo(again.history, again.doc)!.doc.name).toBe("c");
});

test("letters typed one after the other are undone together, with a pause they are not", () => {
  let history = record(empty, named("a"), "type", "title", 0);
  history = record(history, named("ab"), "type", "title", MOMENT_MS - 1);
  expect(history.past).toHaveLength(1);
  history = record(history, named("abc"), "type", "title", 3 * MOMENT_MS);
  expect(history.past).toHaveLength(2);
  history = record(history, named("abcd"), "type", "other", 3 * MOMENT_MS + 1);
  expect(history.past).toHaveLength(3);
});

test("after undoing, typing on in the same field is an edit of its own", () => {
  const history = record(empty, named("a"), "type", "title", 0);
  const back = undo(history, named("ab"))!;
  expect(record(back.history, back.doc, "type", "title", 1).past).toHaveLength(1);
});

test("an edit forgets what was undone, and the oldest are forgotten at last", () => {
  const history = record(empty, named("a"), "one", "", 0);
  const back = undo(history, named("b"))!;
  expect(record(back.history, back.doc, "other", "", 1).future).toEqual([]);
  let long = empty;
  for (let n = 0; n < LIMIT + 5; n++) long = record(long, named(`n${n}`), "", "", n);
  expect(long.past).toHaveLength(LIMIT);
  expect(long.past[0]!.doc.name).toBe("n5");
});
