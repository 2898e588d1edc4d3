// The calls of /api/v1 that the editor makes, one function each.

import type { Doc } from "../model/document";
import { address, blob, call } from "./client";
import type * as Api from "./types";

export const nodeKinds = () => call<Api.NodeKinds>("GET", "/node-kinds");
export const scenario = (id: number) => call<Api.Scenario>("GET", `/scenarios/${id}`);

export interface NewScenario {
  name: string;
  title: string;
  document: Doc;
}
export const makeScenario = (wanted: NewScenario) => call<{ id: number }>("POST", "/scenarios", wanted);

export const saveDraft = (id: number, revision: number, document: Doc) =>
  call<Api.Saved>("PUT", `/scenarios/${id}/draft`, { revision, document });
export const check = (document: Doc) => call<Api.Review>("POST", "/scenarios/check", { document });
export const publish = (id: number, revision: number, note: string) =>
  call<{ number: number; new: boolean }>("POST", `/scenarios/${id}/publish`, { revision, note });
export const version = (id: number, number: number) =>
  call<{ number: number; document: Doc }>("GET", `/scenarios/${id}/versions/${number}`);
export const diff = (id: number, from: number | "draft", to: number | "draft") =>
  call<{ lines: { node: string | null; sentence: string }[] }>(
    "GET",
    `/scenarios/${id}/diff?from=${from}&to=${to}`,
  ).then((r) => r.lines);
export const exportAddress = (id: number, which: number | "draft", format: "yaml" | "json") =>
  address(`/scenarios/${id}/export?version=${which}&format=${format}`);
export const readFile = (text: string) =>
  call<{ document: Doc | null; problems: Api.Problem[] }>("POST", "/scenarios/import", { text });
export const explore = (document: Doc) => call<Api.Explored>("POST", "/scenarios/explore", { document });

// contact: values by column; contact_id: a person of a list instead.
export interface SimulationStart {
  document: Doc;
  scenario: number;
  contact?: { [column: string]: string };
  contact_id?: number;
}
export const simulate = (wanted: SimulationStart) => call<Api.Simulation>("POST", "/simulations", wanted);
export const simulationEvent = (id: string, event: Api.SimulationEvent) =>
  call<{ state: Api.SimulationState }>("POST", `/simulations/${id}/events`, { event });
export const keepGolden = (id: string, name: string) =>
  call<unknown>("POST", `/simulations/${id}/golden`, { name });
export const goldens = (id: number) =>
  call<{ runs: Api.Golden[] }>("GET", `/scenarios/${id}/golden`).then((r) => r.runs);
export const forgetGolden = (id: number, golden: number) =>
  call<unknown>("DELETE", `/scenarios/${id}/golden/${golden}`);
export const lists = () => call<{ lists: Api.ContactList[] }>("GET", "/lists").then((r) => r.lists);
export const people = (list: number) =>
  call<{ contacts: Api.Person[] }>("GET", `/lists/${list}/contacts?limit=100`).then((r) => r.contacts);

export const speech = (wanted: {
  text: string;
  language: string;
  voice?: string;
  values?: { [name: string]: string };
}) => blob("POST", "/speech", wanted);
export const voices = () => call<{ voices: Api.Voice[] }>("GET", "/voices").then((r) => r.voices);
export const prompts = (language: string, q: string) =>
  call<{ prompts: Api.Prompt[] }>("GET", `/prompts?language=${language}&q=${encodeURIComponent(q)}`).then(
    (r) => r.prompts,
  );
export const promptAudio = (key: string, language: string) => address(`/prompts/${key}/${language}/audio`);
export function uploadPrompt(file: Blob, name: string, key: string, language: string) {
  const form = new FormData();
  form.append("file", file, name);
  form.append("key", key);
  form.append("language", language);
  return call<Api.Uploaded>("POST", "/prompts/upload", form);
}
export const testCallOptions = (id: number) => call<Api.TestCallOptions>("GET", `/scenarios/${id}/test-call`);
export const testCall = (id: number, wanted: Api.TestCallWanted) =>
  call<{ order: number }>("POST", `/scenarios/${id}/test-call`, wanted);
export const testCallState = (id: number, order: number) =>
  call<Api.TestCallState>("GET", `/scenarios/${id}/test-call/${order}`);
export const cancelTestCall = (id: number, order: number) =>
  call<Api.TestCallState>("POST", `/scenarios/${id}/test-call/${order}/cancel`);
// confirmed_at: null where an administrator has yet to allow it.
export const addPhone = (number: string, name: string) =>
  call<{ number: string; confirmed_at: string | null }>("POST", "/phones/add", { number, name });
