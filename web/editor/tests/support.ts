// What several tests start from: a small scenario, and kinds as the server describes them.

import type { Kind } from "../src/api/types";
import type { Doc } from "../src/model/document";
import type { Schema } from "../src/model/schema";

const SPEECH: Schema = {
  anyOf: [{ type: "string" }, { type: "object", patternProperties: { "^[a-z]{2}$": { type: "string" } } }],
  "x-oklik": { widget: "speech" },
};

export const KINDS: { [kind: string]: Kind } = {
  play: {
    title: "Say",
    help: "",
    icon: "volume",
    group: "talk",
    silent: false,
    example: {
      kind: "play",
      text: { ru: "Ваш заказ готов", en: "Your order is ready" },
      exits: { done: "bye" },
    },
    schema: { properties: { kind: { const: "play" }, text: SPEECH }, required: ["kind", "text"] },
    exits: { fixed: [{ name: "done", title: "Next" }], from: null, each: null },
  },
  menu: {
    title: "Menu",
    help: "",
    icon: "list-numbers",
    group: "talk",
    silent: false,
    example: { kind: "menu", text: "?", options: { "1": { exit: "next" } }, exits: {} },
    schema: {
      properties: {
        text: SPEECH,
        question: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
        options: { type: "object", patternProperties: { "^[0-9*#]$": { $ref: "#/$defs/Option" } } },
        tries: { type: "integer", default: 3, minimum: 1, maximum: 10, "x-oklik": { widget: "number" } },
      },
      required: ["text", "options"],
      $defs: { Option: { type: "object", properties: { exit: { type: "string" } }, required: ["exit"] } },
    },
    exits: { fixed: [{ name: "no_input", title: "No answer" }], from: "options", each: "exit" },
  },
};

export const scenario = (): Doc => ({
  format: 1,
  name: "orders",
  title: "Orders",
  languages: ["ru", "en"],
  start: "hello",
  columns: { name: { title: "Name", type: "name" }, sum: { title: "Sum", type: "money" } },
  variables: { phone: { value: "8 800" } },
  nodes: {
    hello: { kind: "play", text: "Здравствуйте, {{ name | name }}!", exits: { done: "ask" } },
    ask: {
      kind: "menu",
      text: "1 or 2?",
      question: "coming",
      options: { "1": { exit: "yes", label: "Yes" }, "2": { exit: "no" } },
      exits: { yes: "bye", no: "hello", no_input: "bye" },
    },
    bye: { kind: "play", text: "Bye" },
  },
  recordings: { "hello.text": "greeting" },
  layout: { hello: { x: 0, y: 0 }, ask: { x: 300, y: 0 } },
});
