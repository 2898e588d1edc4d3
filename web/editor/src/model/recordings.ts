// The keys that recordings get: as the library takes them (small Latin letters, digits, dot, - and _, 80 at most).

const MOST = 75; // a text with values has pieces behind its key: `.1` to `.9999`

/** The key of a text's recording: its place, and a mark of the whole place where not all of it stands there. */
export function keyFor(scenario: string, node: string, field: string): string {
  const place = `${scenario}.${node}.${field}`;
  const key = place.toLowerCase().replace(/[^a-z0-9_.-]/g, "_");
  if (key === place && key.length <= MOST) return key;
  const mark = markOf(place);
  return `${key.slice(0, MOST - mark.length - 1)}-${mark}`;
}

// FNV-1a of 64 bits, as 13 letters and digits: two places of one installation will not meet in it.
function markOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(36).padStart(13, "0");
}
