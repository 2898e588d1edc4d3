// Finding steps by what is written in them.

import { isRecord, type Doc, type Json } from "./document";

export function search(doc: Doc, wanted: string, kindTitle: (kind: string) => string): string[] {
  const words = fold(wanted).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const found: [number, string][] = [];
  for (const [name, node] of Object.entries(doc.nodes)) {
    const head = fold(`${name} ${all(node.title ?? null)} ${kindTitle(node.kind)}`);
    const whole = `${head} ${fold(all(node))}`;
    if (words.every((word) => whole.includes(word)))
      found.push([words.every((word) => head.includes(word)) ? 0 : 1, name]);
  }
  return found.sort((a, b) => a[0] - b[0]).map(([, name]) => name);
}

const fold = (text: string) => text.toLowerCase().replace(/ё/g, "е");

function all(value: Json): string {
  if (Array.isArray(value)) return value.map(all).join(" ");
  if (isRecord(value)) return Object.values(value).map(all).join(" ");
  return value == null ? "" : String(value);
}
