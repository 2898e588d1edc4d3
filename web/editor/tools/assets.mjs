// Copies what the pages use of npm packages beside the editor: Tabler, htmx, and a sprite of the icons that occur.
//
// No list of icons is kept: a word in quotes in templates, pages, node kinds or the editor that is the name of a Tabler
// icon brings that icon into the sprite.  Too many are a few hundred bytes; one too few would be a hole in a page.
import { gzipSync } from "node:zlib";
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const root = join(here, "..", "..");
const built = join(root, "web", "oklik_web", "static", "built");
const modules = join(here, "node_modules");

const COPIED = {
  "tabler.css": "@tabler/core/dist/css/tabler.min.css",
  "tabler.js": "@tabler/core/dist/js/tabler.min.js",
  "htmx.js": "htmx.org/dist/htmx.min.js",
  "chart.js": "chart.js/dist/chart.umd.min.js",
  "swagger.js": "swagger-ui-dist/swagger-ui-bundle.js",
  "swagger.css": "swagger-ui-dist/swagger-ui.css",
};
const SOURCES = ["web/oklik_web", "web/editor/src", "platform/oklik/scenario/kinds"];
const READ = new Set([".html", ".jinja", ".py", ".js", ".ts", ".tsx"]);
const OUTLINE = join(modules, "@tabler", "icons", "icons", "outline");

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== "built" && entry.name !== "__pycache__") yield* files(path);
    } else if (READ.has(extname(entry.name))) yield path;
  }
}

function* sources() {
  for (const source of SOURCES) {
    const folder = join(root, source);
    if (!existsSync(folder)) continue;
    for (const path of files(folder)) yield [path, readFileSync(path, "utf8")];
  }
}

function icons() {
  const known = new Set(readdirSync(OUTLINE).map((name) => name.replace(/\.svg$/, "")));
  const used = new Set();
  for (const [, text] of sources()) {
    for (const [, word] of text.matchAll(/["'](?:tabler-)?([a-z][a-z0-9-]*)["']/g))
      if (known.has(word)) used.add(word);
    for (const [, word] of text.matchAll(/#tabler-([a-z][a-z0-9-]*)/g)) if (known.has(word)) used.add(word);
  }
  return [...used].sort();
}

function symbol(name) {
  const svg = readFileSync(join(OUTLINE, `${name}.svg`), "utf8");
  const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  const drawn = inner
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/, "")
    .replace(/\s*\n\s*/g, "");
  // The look is on the symbol itself, so that a page needs nothing but <svg class="icon"><use href="…#tabler-phone"/></svg>.
  const look =
    'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="tabler-${name}" viewBox="0 0 24 24" ${look}>${drawn}</symbol>`;
}

// Tabler asks of striped tables whether a cell has a style or a class of its own, by attribute and for every element
// below.  So whenever any element's style changes (a canvas that is shoved does so at each frame) a browser looks at the
// styles of all that it holds anew: 0.2 s for 300 steps.  No page of ours has such tables.
function light(css) {
  const asked = /:not\(:is\((?:\[class[^\]]*\],)+\[style[^\]]*\]\)\)/g;
  const done = css.replace(asked, (_all, at) => (css[at - 1] === ">" ? "*" : ""));
  if (done === css || done.includes("[style"))
    throw new Error("Tabler's style sheet has changed: see light()");
  return without(done);
}

// Parts of Tabler's look that no page of ours has.  A rule goes when it is for nothing else.
const NOWHERE = ["accordion", "carousel", "offcanvas", "otp", "ribbon", "switch-icon"];
const ANY_OF_THEM = new RegExp(`\\.(?:${NOWHERE.join("|")})(?![a-z])`);

function without(css) {
  const used = new RegExp(`["' ](?:${NOWHERE.join("|")})(?:-[a-z]+)*["' ]`);
  for (const [file, text] of sources())
    if (used.test(text))
      throw new Error(`${file} uses a part of Tabler's look that is left out: see NOWHERE`);
  return css.replace(/([^{}]+)\{[^{}]*\}/g, (rule, selectors) =>
    selectors.split(",").every((one) => ANY_OF_THEM.test(one)) ? "" : rule,
  );
}

for (const [name, source] of Object.entries(COPIED)) {
  // Without the line that points to a source map, which is not copied and would be asked for in vain.
  const text = readFileSync(join(modules, source), "utf8").replace(
    /\n?(\/\/# sourceMappingURL=.*|\/\*# sourceMappingURL=.*\*\/)\s*$/,
    "\n",
  );
  writeFileSync(join(built, name), name === "tabler.css" ? light(text) : text);
}
const names = icons();
const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join("")}</svg>\n`;
writeFileSync(join(built, "icons.svg"), sprite);
copyFileSync(join(modules, "@tabler", "icons", "LICENSE"), join(built, "icons.LICENSE"));
// Each a second time as gzip, which is what browsers are sent.
for (const name of readdirSync(built))
  if (/\.(js|css|svg)$/.test(name))
    writeFileSync(join(built, `${name}.gz`), gzipSync(readFileSync(join(built, name)), { level: 9 }));
console.log(`${Object.keys(COPIED).join(", ")}, icons.svg with ${names.length} icons`);
