// Tests of what is pure: the graph, the history, the clipboard, forms from schemas.
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["tests/**/*.test.ts"], environment: "node" } });
