// The editor while one works on it: served by Vite with reloading, the API of a running Oklik behind it.
//
//   OKLIK=http://127.0.0.1:8080 OKLIK_TOKEN=… npm run dev     then /?scenario=1, /?lang=en&theme=dark
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const built = fileURLToPath(new URL("../../oklik_web/static/built/", import.meta.url));
const token = process.env.OKLIK_TOKEN ?? "";

export default defineConfig({
  root,
  plugins: [
    react(),
    {
      name: "oklik-page",
      configureServer(server) {
        server.middlewares.use((request, response, next) => {
          const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
          const file = pathname.match(/^\/(icons\.svg|tabler\.css)$/)?.[1];
          if (file) {
            response.setHeader("Content-Type", file.endsWith("svg") ? "image/svg+xml" : "text/css");
            response.end(readFileSync(built + file));
          } else if (pathname === "/" || /^\/scenarios(\/\d+)?$/.test(pathname)) {
            const number = pathname.split("/")[2] ?? searchParams.get("scenario") ?? "";
            const html = page(searchParams.get("lang") ?? "ru", searchParams.get("theme") ?? "light", number);
            void server.transformIndexHtml(request.url ?? "/", html).then((whole) => {
              response.setHeader("Content-Type", "text/html; charset=utf-8");
              response.end(whole);
            });
          } else next();
        });
      },
    },
  ],
  server: {
    port: Number(process.env.PORT ?? 5173),
    proxy: {
      "/api": {
        target: process.env.OKLIK ?? "http://127.0.0.1:8080",
        headers: token ? { Authorization: `Bearer ${token}` } : {},
      },
    },
  },
});

const page = (language: string, theme: string, scenario: string) => `<!doctype html>
<html lang="${language}" data-bs-theme="${theme}">
<head><meta charset="utf-8"><title>Oklik</title><link rel="stylesheet" href="/tabler.css"></head>
<body class="oe-editor-page"><main id="editor" ${scenario ? `data-scenario="${scenario}"` : ""}></main>
<script type="module" src="/src/main.ts"></script></body></html>`;
