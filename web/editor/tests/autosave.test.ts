import { beforeEach, expect, test, vi } from "vitest";
import type { Doc } from "../src/model/document";
import { scenario } from "./support";

const sent = vi.hoisted(() => ({ saveDraft: vi.fn(), check: vi.fn() }));
vi.mock("../src/api/calls", () => sent);

// A storage whose entries are its own keys, as a browser's.
function storage(): Record<string, unknown> {
  const made = Object.create({
    getItem: (key: string) => (made[key] as string | undefined) ?? null,
    setItem: (key: string, value: string) => (made[key] = value),
    removeItem: (key: string) => delete made[key],
  }) as Record<string, unknown>;
  return made;
}

interface Sent {
  revision: number;
  document: Doc;
  answer: (revision: number) => void;
  fail: (error: unknown) => void;
}

let asked: Sent[];
// Of the modules of the tab that was opened last.
let ApiError: typeof import("../src/api/client").ApiError;
const local = { now: storage() };

// A tab of its own: the modules afresh, over the storage that all tabs share.
async function tab() {
  vi.resetModules();
  vi.stubGlobal("sessionStorage", storage());
  ({ ApiError } = await import("../src/api/client"));
  const autosave = await import("../src/store/autosave");
  const { edit, useEditor } = await import("../src/store/editor");
  const name = (title: string) => edit("", (doc) => ({ ...doc, title }));
  const open = (document: Doc, revision: number) => {
    const draft = { revision, document, changed_at: "", by: null };
    autosave.begin({ id: 7, name: "x", draft, versions: [] });
    return autosave.watch();
  };
  return { ...autosave, name, open, state: useEditor.getState };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const judged = { issues: [], problems: [], exits: {} };

beforeEach(() => {
  vi.useFakeTimers();
  local.now = storage();
  vi.stubGlobal("localStorage", local.now);
  vi.stubGlobal("window", { addEventListener: () => undefined });
  vi.stubGlobal("document", { addEventListener: () => undefined, getElementById: () => null });
  asked = [];
  sent.check.mockResolvedValue(judged);
  sent.saveDraft.mockImplementation(
    (_id: number, revision: number, document: Doc) =>
      new Promise((done, failed) =>
        asked.push({
          revision,
          document,
          answer: (made) => done({ ...judged, revision: made }),
          fail: failed,
        }),
      ),
  );
});

const conflict = (revision: number, document: Doc) =>
  new ApiError(409, "", { theirs: { revision, document, changed_at: "", by: "user:anna" } });
const copies = () => Object.keys(local.now).filter((key) => key.startsWith("oklik.draft.7."));

test("what is typed while a save is under way waits for its revision", async () => {
  const one = await tab();
  one.open(scenario(), 5);
  one.name("a");
  void one.save();
  one.name("ab");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked.length).toBe(1);
  asked[0]!.answer(6);
  await settle();
  expect(asked.map((request) => [request.revision, request.document.title])).toEqual([
    [5, "a"],
    [6, "ab"],
  ]);
  asked[1]!.answer(7);
  await settle();
  expect([one.state().saving, one.state().revision, copies()]).toEqual(["saved", 7, []]);
});

test("a change whose answer was lost is no quarrel with oneself", async () => {
  const one = await tab();
  one.open(scenario(), 5);
  one.name("a");
  void one.save();
  one.name("ab");
  const saved = asked[0]!.document;
  asked[0]!.fail(new ApiError(0, "", {}));
  await vi.advanceTimersByTimeAsync(3_000);
  asked[1]!.fail(conflict(6, JSON.parse(JSON.stringify(saved))));
  await settle();
  expect([asked[2]!.revision, asked[2]!.document.title, one.state().dialog]).toEqual([6, "ab", null]);
});

test("an answer that cannot be read is a failure that is tried again", async () => {
  const one = await tab();
  one.open(scenario(), 5);
  one.name("a");
  void one.save();
  asked[0]!.fail(new SyntaxError("cut off"));
  await settle();
  expect(one.state().saving).toBe("failed");
  await vi.advanceTimersByTimeAsync(2_500);
  expect(asked.length).toBe(2);
});

test("somebody else's change is a quarrel, and nothing is sent until it is settled", async () => {
  const one = await tab();
  one.open(scenario(), 5);
  one.name("a");
  void one.save();
  asked[0]!.fail(conflict(6, { ...scenario(), title: "theirs" }));
  await settle();
  one.name("ab");
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked.length, one.state().saving, copies().length]).toEqual([1, "conflict", 1]);
  one.takeTheirs({ revision: 6, document: { ...scenario(), title: "theirs" } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked.length, copies()]).toEqual([1, []]);
});

test("a tab that saves leaves alone what another one could not save", async () => {
  const one = await tab();
  one.open(scenario(), 5);
  one.name("mine");
  void one.save();
  asked[0]!.fail(conflict(6, { ...scenario(), title: "theirs" }));
  await settle();
  const other = await tab();
  other.open({ ...scenario(), title: "theirs" }, 6);
  expect([other.state().saving, other.state().doc.title]).toEqual(["saved", "theirs"]);
  other.name("theirs still");
  void other.save();
  asked[1]!.answer(7);
  await settle();
  expect(copies().length).toBe(1);
  // The first tab is closed; who opens the scenario later is shown what it held.
  await vi.advanceTimersByTimeAsync(60_000);
  const later = await tab();
  later.open({ ...scenario(), title: "theirs still" }, 7);
  expect([later.state().saving, later.state().doc.title, copies().length]).toEqual(["conflict", "mine", 1]);
});

test("a reload in the middle brings back what was typed", async () => {
  const one = await tab();
  one.open(scenario(), 5);
  one.name("half a word");
  const kept = sessionStorage;
  const again = await tab();
  vi.stubGlobal("sessionStorage", kept);
  again.open(scenario(), 5);
  expect([again.state().saving, again.state().doc.title]).toEqual(["changed", "half a word"]);
});
