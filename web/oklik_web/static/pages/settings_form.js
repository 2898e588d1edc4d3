// The form of a campaign's settings: filled from JSON, read back as JSON, and what of it differs from a preset.
import { api, words } from "./api.js";

const MINUTE = 60;
const number = (text) => (text === "" ? null : Number(text));
const minutes = (settings, outcome) => {
  const wait = settings.retry?.waits?.[outcome];
  return wait ? wait.after_s[0] / MINUTE : "";
};

export function fill(place, settings) {
  const form = place.closest("form");
  const field = (name) => form.elements.namedItem(name);
  place.kept = settings; // what has no field here stays as it is
  const purpose = settings.purpose ?? "";
  for (const one of place.querySelectorAll('[name="purpose"]')) one.checked = one.value === purpose;
  for (const one of place.querySelectorAll('[name="trunk"]')) one.checked = (settings.trunks ?? []).includes(one.value);
  const every = place.querySelector('[name="every_trunk"]');
  if (every) every.checked = settings.every_trunk ?? false;
  field("hours_from").value = settings.hours?.from ?? "";
  field("hours_to").value = settings.hours?.to === "24:00" ? "23:59" : (settings.hours?.to ?? "");
  const days = settings.hours?.weekdays?.length ? settings.hours.weekdays : [1, 2, 3, 4, 5, 6, 7];
  for (const one of place.querySelectorAll('[name="weekday"]')) one.checked = days.includes(Number(one.value));
  field("max_attempts").value = settings.retry?.max_attempts ?? 4;
  field("no_answer").value = minutes(settings, "no_answer");
  field("busy").value = minutes(settings, "busy");
  for (const name of ["minutes_day", "money_day", "zone", "base_zone"]) field(name).value = settings[name] ?? "";
  field("weight").value = settings.weight ?? 1;
  field("pilot").value = settings.pilot ?? 50;
  field("record").value = settings.record ?? "off";
  field("on_beep").value = settings.machines?.on_beep ?? "ignore";
  law(place);
}

export function read(place) {
  const form = place.closest("form");
  const value = (name) => form.elements.namedItem(name).value.trim();
  const kept = place.kept ?? {};
  const checked = (name) => [...place.querySelectorAll(`[name="${name}"]:checked`)].map((one) => one.value);
  const waits = { ...kept.retry?.waits };
  for (const [name, outcome] of [["no_answer", "no_answer"], ["busy", "busy"]]) {
    const wait = number(value(name));
    if (wait === null) delete waits[outcome];
    else if (waits[outcome]?.after_s[0] !== wait * MINUTE) waits[outcome] = { after_s: [wait * MINUTE], most: 10 };
  }
  const days = checked("weekday").map(Number);
  const from = value("hours_from"), to = value("hours_to");
  const hours = from || to || days.length < 7
    ? { ...kept.hours, from: from || "00:00", to: !to || to === "23:59" ? "24:00" : to, weekdays: days.length < 7 ? days : [] }
    : null;
  return {
    ...kept,
    purpose: checked("purpose")[0] || null,
    trunks: checked("trunk"),
    every_trunk: checked("every_trunk").length > 0,
    hours,
    retry: { ...kept.retry, max_attempts: number(value("max_attempts")) ?? 4, waits },
    minutes_day: number(value("minutes_day")),
    money_day: value("money_day") || null,
    weight: number(value("weight")) ?? 1,
    pilot: number(value("pilot")) ?? 50,
    record: value("record"),
    machines: { ...kept.machines, on_beep: value("on_beep") },
    zone: value("zone") || null,
    base_zone: value("base_zone") || null,
  };
}

export function differences(settings, preset) {
  const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => !same(value, preset[name])));
}

// What the law says about calls of this kind.
async function law(place) {
  const hint = place.querySelector("[data-law]");
  const purpose = place.querySelector('[name="purpose"]:checked')?.value;
  if (!purpose) {
    hint.textContent = "";
    return;
  }
  const asked = { debt: "debt", advertising: "sells", survey: "asks", appointment: "booked" }[purpose];
  const told = words(hint);
  try {
    const found = await api("GET", `/api/v1/presets/purpose${asked ? `?${asked}=true` : ""}`);
    const more = found.consent ? [told.consent] : [];
    hint.textContent = `${told.law}: ${[found.title, ...more].join(", ")}. ${told.abroad}`;
  } catch {
    hint.textContent = "";
  }
}

export function settingsOf(form) {
  const place = form.querySelector(".ok-settings");
  fill(place, JSON.parse(place.dataset.settings));
  place.addEventListener("change", (event) => {
    if (event.target.name === "purpose") law(place);
  });
  return place;
}
