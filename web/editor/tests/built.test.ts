import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const built = new URL("../../oklik_web/static/built/", import.meta.url);
const there = existsSync(new URL("editor.js", built));
const read = (name: string) => readFileSync(new URL(name, built));

// Which parts a file loads at once: what it imports, and what the entry asks for.
function loaded(name: string, seen = new Set<string>()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const text = read(name).toString();
  for (const [, part] of text.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) loaded(part!, seen);
  return seen;
}

test.runIf(there)("no part asks for the entry, which would be a second copy of it", () => {
  const parts = readdirSync(built).filter((name) => /^editor-.*\.js$/.test(name));
  expect(parts.length).toBeGreaterThan(5);
  expect(parts.filter((name) => /["'`/]editor\.js/.test(read(name).toString()))).toEqual([]);
});

test.runIf(there)(
  "what an editor loads at first is small: its own parts and all that the page brings",
  () => {
    const start = readdirSync(built).find((name) => /^editor-start-.*\.js$/.test(name))!;
    const words = readdirSync(built).find((name) => /^editor-ru-.*\.js$/.test(name))!;
    const parts = new Set(["editor.js", words, ...loaded("editor.js"), ...loaded(start)]);
    const page = ["editor.css", "tabler.css", "tabler.js", "icons.svg"];
    const size = [...parts, ...page].reduce(
      (sum, name) => sum + gzipSync(read(name), { level: 9 }).length,
      0,
    );
    expect(size).toBeLessThan(300_000);
  },
);

test.runIf(there)("no style sheet makes a browser look at everything when one element is shoved", () => {
  for (const name of readdirSync(built).filter((name) => name.endsWith(".css")))
    expect(read(name).toString(), name).not.toContain("[style");
});
