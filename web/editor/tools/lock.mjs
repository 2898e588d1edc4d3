// Takes the download addresses out of the lock: versions and checksums pin the packages, wherever they are fetched from.
//
// npm can leave the addresses out by itself, but then it forgets the packages of other platforms too.
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
for (const entry of Object.values(lock.packages)) delete entry.resolved;
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
