// Reading the JSON Schema of node kinds: what a field is called, how it is edited, what it starts with.
//
// Fields carry `title`, `description` and, under x-oklik, widget and choices, in the reader's language.

import type { Json } from "./document";

export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  const?: Json;
  enum?: Json[];
  default?: Json;
  anyOf?: Schema[];
  items?: Schema;
  properties?: { [name: string]: Schema };
  patternProperties?: { [pattern: string]: Schema };
  required?: string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  $ref?: string;
  $defs?: { [name: string]: Schema };
  "x-oklik"?: { widget?: string; choices?: { [value: string]: string } };
}

export type Shape =
  "text" | "texts" | "number" | "switch" | "choice" | "choices" | "list" | "parts" | "map" | "json";

const NULL = "null";
const isNull = (schema: Schema) => schema.type === NULL;

// The schema behind $ref and without "or nothing"; titles and widgets of the field itself stay.
export function plain(schema: Schema, root: Schema): Schema {
  if (schema.$ref) {
    const name = schema.$ref.replace("#/$defs/", "");
    return { ...plain(root.$defs?.[name] ?? {}, root), ...without(schema, "$ref") };
  }
  const options = schema.anyOf?.filter((one) => !isNull(one));
  if (options && options.length === 1) return { ...plain(options[0]!, root), ...without(schema, "anyOf") };
  return schema;
}

function without(schema: Schema, key: keyof Schema): Schema {
  const rest = { ...schema };
  delete rest[key];
  return rest;
}

const typeOf = (schema: Schema) => (Array.isArray(schema.type) ? schema.type[0] : schema.type);

// Which kind of input fits; follows from the schema alone.
export function shape(schema: Schema, root: Schema): Shape {
  const field = plain(schema, root);
  if (field.anyOf) return field.anyOf.some((one) => typeOf(one) === "object") ? "texts" : "json";
  if (field.enum) return "choice";
  switch (typeOf(field)) {
    case "boolean":
      return "switch";
    case "integer":
    case "number":
      return "number";
    case "string":
      return "text";
    case "array": {
      const item = plain(field.items ?? {}, root);
      if (item.enum) return "choices";
      return typeOf(item) === "object" ? "parts" : "list";
    }
    case "object":
      return field.patternProperties ? "map" : "json";
    default:
      return "json";
  }
}

export const widget = (schema: Schema): string => schema["x-oklik"]?.widget ?? "";

export const label = (schema: Schema, name: string): string => schema.title ?? name;

export function choices(schema: Schema, root: Schema): [string, string][] {
  const field = plain(schema, root);
  const labels = field["x-oklik"]?.choices ?? {};
  const values = (field.enum ?? plain(field.items ?? {}, root).enum ?? []).map(String);
  return values.map((value) => [value, labels[value] ?? value]);
}

// The pattern of a map's keys and the schema of its values.
export function mapOf(schema: Schema, root: Schema): { pattern: string; value: Schema } {
  const [pattern, value] = Object.entries(plain(schema, root).patternProperties ?? {})[0] ?? ["", {}];
  return { pattern, value: plain(value, root) };
}

export const isKeyPattern = (pattern: string): boolean => pattern === "^[0-9*#]$";

export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"];

// A value to begin with, where a new part is put into a list.
export function initial(schema: Schema, root: Schema): Json {
  const field = plain(schema, root);
  if (field.const !== undefined) return field.const;
  switch (shape(field, root)) {
    case "choice":
      return field.enum![0]!;
    case "number":
      return field.minimum ?? 0;
    case "switch":
      return false;
    case "text":
    case "texts":
      return "";
    case "list":
    case "choices":
    case "parts":
      return [];
    default: {
      const made: { [name: string]: Json } = {};
      for (const name of field.required ?? []) made[name] = initial(field.properties?.[name] ?? {}, root);
      return made;
    }
  }
}

// Fields that most people never touch: they have a default and are a number, a switch, a choice or a key.
export function isAdvanced(name: string, schema: Schema, root: Schema): boolean {
  const field = root.properties?.[name];
  if (!field || (root.required ?? []).includes(name)) return false;
  if (["number", "seconds", "switch", "key", "choice"].includes(widget(field))) return true;
  return ["number", "switch", "choice"].includes(shape(schema, root));
}

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
