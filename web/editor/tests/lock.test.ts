import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (name: string) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));

test("the lock pins every package by version and checksum and names no address", () => {
  const packages = Object.entries<Record<string, unknown>>(read("package-lock.json").packages).filter(
    ([path]) => path,
  );
  expect(packages.filter(([, entry]) => !entry.version || !entry.integrity)).toEqual([]);
  expect(packages.filter(([, entry]) => "resolved" in entry)).toEqual([]);
});

test("versions are exact", () => {
  const { dependencies, devDependencies } = read("package.json");
  const versions = Object.values<string>({ ...dependencies, ...devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
