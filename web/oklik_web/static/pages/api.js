// Requests to the API from a page: the session's cookie, the CSRF token, errors in the server's own words.
const token = () => document.querySelector('meta[name="csrf-token"]').content;

export class Refused extends Error {
  constructor(problem, status) {
    super(problem.detail ?? "");
    this.problem = problem;
    this.status = status;
  }
}

export async function api(method, path, body) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (method !== "GET") headers["X-CSRF-Token"] = token();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told, answer.status);
  return told;
}

// Shows why something was refused, or that nobody answered.
export function fault(error, lost) {
  const place = document.getElementById("fault");
  place.textContent = error === null ? "" : error.message && error instanceof Refused ? error.message : lost;
  place.hidden = error === null;
  if (error !== null) place.scrollIntoView({ block: "nearest" });
}

// An element with attributes and children; texts stay texts.
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((one) => one !== null));
  return made;
}

export const words = (element) => JSON.parse(element.dataset.words);
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
