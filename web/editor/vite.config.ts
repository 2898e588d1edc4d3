// The production build: entries with fixed names, which the pages refer to, and lazy parts beside them.
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The page gives the address of this file; lazy parts are found relative to it, wherever the application is mounted.
  base: "./",
  build: {
    outDir: fileURLToPath(new URL("../oklik_web/static/built", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    rollupOptions: {
      input: {
        editor: fileURLToPath(new URL("src/main.ts", import.meta.url)),
        funnel: fileURLToPath(new URL("src/funnel/main.ts", import.meta.url)),
      },
      preserveEntrySignatures: "exports-only",
      output: {
        // What loads parts must not lie in the entry, which no part may ask for (see main.ts).
        codeSplitting: { groups: [{ name: "load", test: /preload-helper/ }] },
        entryFileNames: "[name].js",
        chunkFileNames: "editor-[name]-[hash].js",
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith(".css")) ? "editor.css" : "[name]-[hash][extname]",
      },
    },
  },
});
