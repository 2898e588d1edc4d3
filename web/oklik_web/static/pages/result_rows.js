// Calls and contacts of a campaign page by page; a call opens with the way that it went and its recording.
import { api, fault, h } from "./api.js";

const LIMIT = 25;
const FILTERS = ["node", "at", "exit", "question", "answer"];

export class Rows {
  constructor(root, { say, language, zone, base, query, keep, told, asked }) {
    Object.assign(this, { root, say, language, zone, base, query, keep, told, questions: asked });
    this.fresh();
    this.next = null;
    this.asked = 0;
    this.pick = document.getElementById("outcome");
    this.number = document.getElementById("number");
    this.pick.addEventListener("change", () => this.changed());
    this.number.addEventListener("change", () => this.changed());
    this.number.addEventListener("search", () => this.changed());
    root.querySelector("[data-more] button").addEventListener("click", () => this.load(false));
    const dialog = document.getElementById("call");
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside it
    dialog.addEventListener("close", () => dialog.querySelector("[data-call]").replaceChildren()); // silences what plays
    for (const tab of root.querySelectorAll("[data-rows]")) tab.addEventListener("click", () => this.turn(tab.dataset.rows));
    for (const head of root.querySelectorAll("th[data-sort]")) head.querySelector("button").addEventListener("click", () => this.sortBy(head));
  }

  fresh() {
    Object.assign(this, { kind: "calls", sort: "time", order: "desc", contacts_order: "asc", label: "" });
    for (const name of FILTERS) this[name] = "";
  }

  // What of it stands in the address.
  wanted() {
    const told = { outcome: this.pick.value, number: this.number.value.trim() };
    for (const name of [...FILTERS, "label"]) told[name] = this[name];
    if (this.kind !== "calls") told.rows = this.kind;
    if (this.sort !== "time") told.sort = this.sort;
    if (this.order !== "desc") told.order = this.order;
    if (this.contacts_order !== "asc") told.contacts_order = this.contacts_order;
    return told;
  }

  restore(fields) {
    this.fresh();
    for (const name of [...FILTERS, "label"]) this[name] = (fields.get(name) ?? "").slice(0, 300);
    this.kind = fields.get("rows") === "contacts" ? "contacts" : "calls";
    this.sort = fields.get("sort") === "talk" ? "talk" : "time";
    this.order = fields.get("order") === "asc" ? "asc" : "desc";
    this.contacts_order = fields.get("contacts_order") === "desc" ? "desc" : "asc";
    this.pick.value = fields.get("outcome") ?? "";
    if (this.pick.selectedIndex < 0) this.pick.value = "";
    this.number.value = (fields.get("number") ?? "").slice(0, 40);
  }

  changed() {
    this.keep();
    this.load();
  }

  turn(kind) {
    this.kind = kind;
    if (kind === "calls" && this.pick.value === "none") this.pick.value = "";
    this.changed();
  }

  sortBy(head) {
    const by = head.dataset.sort;
    if (by === "row") this.contacts_order = this.contacts_order === "asc" ? "desc" : "asc";
    else if (this.sort === by) this.order = this.order === "desc" ? "asc" : "desc";
    else Object.assign(this, { sort: by, order: "desc" });
    this.changed();
  }

  outcome(code) {
    this.pick.value = code;
    this.reveal();
  }

  // Only calls that were at a step, left it by an exit, or gave an answer.
  only(choice) {
    for (const name of [...FILTERS, "label"]) this[name] = choice[name] ?? "";
    this.kind = "calls";
    this.reveal();
  }

  reveal() {
    this.changed();
    document.getElementById("rows").scrollIntoView({ block: "start", behavior: "smooth" });
  }

  // -- what is shown -------------------------------------------------------------------------------------------

  names() {
    const chips = this.root.querySelector("[data-chips]"), parts = [];
    if (this.node) {
      const step = this.told(this.node);
      parts.push(this.exit ? this.say("at_left", { step, exit: this.label || this.exit }) : this.say(`at_${this.at === "hung_up" ? "hung_up" : "entered"}`, { step }));
    }
    if (this.question) parts.push(this.say("with_answer", { answer: this.label || this.answer }));
    chips.hidden = !parts.length;
    chips.replaceChildren(...parts.map((text) => {
      const off = h("button", { type: "button", "aria-label": `${this.say("take_off")}: ${text}`, title: this.say("take_off") }, "×");
      off.addEventListener("click", () => {
        for (const name of [...FILTERS, "label"]) this[name] = "";
        this.changed();
      });
      return h("span", { class: "of-chip" }, h("span", { class: "ok-wrap" }, text), off);
    }));
  }

  heads() {
    for (const tab of this.root.querySelectorAll("[data-rows]")) {
      const here = tab.dataset.rows === this.kind;
      tab.classList.toggle("active", here);
      tab.setAttribute("aria-pressed", String(here));
    }
    for (const one of this.root.querySelectorAll("[data-table]")) one.hidden = one.dataset.table !== this.kind;
    this.number.hidden = this.kind !== "calls";
    this.pick.querySelector("[data-contacts-only]").hidden = this.kind !== "contacts";
    for (const head of this.root.querySelectorAll("th[data-sort]")) {
      const by = head.dataset.sort, order = by === "row" ? this.contacts_order : this.order;
      if (by === "row" || by === this.sort) head.setAttribute("aria-sort", order === "asc" ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    this.names();
  }

  parameters() {
    const more = { limit: String(LIMIT) };
    if (this.pick.value) more.outcome = this.pick.value === "none" ? "" : this.pick.value;
    for (const name of FILTERS) if (this[name]) more[name] = this[name];
    if (this.kind === "contacts") return { ...more, order: this.contacts_order };
    if (this.number.value.trim()) more.number = this.number.value.trim();
    return { ...more, sort: this.sort, order: this.order };
  }

  async load(fresh = true) {
    const mine = ++this.asked, kind = this.kind;
    if (fresh) {
      this.next = null;
      this.heads();
    }
    try {
      const more = this.parameters();
      if (this.next) more.after = this.next;
      const page = await api("GET", `${this.base}/${kind === "calls" ? "attempts" : "contacts"}?${this.query(more)}`);
      if (mine !== this.asked) return;
      const where = this.root.querySelector(kind === "calls" ? "[data-calls]" : "[data-contacts]");
      if (fresh) where.replaceChildren();
      const found = kind === "calls" ? page.attempts.map((one) => this.call(one)) : page.contacts.map((one) => this.contact(one));
      where.append(...found);
      this.next = page.next;
      const looked = this.root.querySelector("[data-looked]");
      looked.hidden = !(this.next && found.length < LIMIT);
      looked.textContent = this.say(kind === "calls" ? "looked" : "looked_contacts");
      this.root.querySelector("[data-more]").hidden = this.next === null;
      if (!where.children.length && !this.next) {
        const text = kind === "calls" ? this.say("no_calls") : this.say("no_contacts");
        where.append(h("tr", {}, h("td", { colspan: "7", class: "text-center py-5" }, h("div", { class: "fw-medium" }, text), h("div", { class: "text-secondary small" }, this.say("no_calls_hint")))));
      }
    } catch (error) {
      if (mine === this.asked) fault(error, this.say("lost"));
    }
  }

  // In the order in which the questions are asked.
  answers(given) {
    const order = new Map(this.questions().map((name, at) => [name, at]));
    const names = Object.keys(given).sort((a, b) => (order.get(a) ?? 99) - (order.get(b) ?? 99));
    return names.map((name) => given[name]).join(" · ");
  }

  moment(at) {
    return new Date(at).toLocaleString(this.language, { timeZone: this.zone, dateStyle: "short", timeStyle: "medium" });
  }

  call(one) {
    const open = h("button", { type: "button", class: "of-open text-nowrap" }, this.moment(one.at));
    const row = h("tr", { class: "of-row" },
      h("td", {}, open, one.direction === "in" ? h("div", { class: "text-secondary small" }, this.say("in")) : null),
      h("td", { class: "text-nowrap ok-number text-start" }, one.number),
      h("td", {}, one.outcome_title ?? "…"),
      h("td", { class: "number" }, one.talk_s === null || !one.answered ? "—" : Math.round(one.talk_s).toLocaleString(this.language)),
      h("td", { class: "text-secondary ok-wrap" }, this.answers(one.answers)),
      h("td", { class: "text-secondary" }, one.recorded ? this.icon("microphone", this.say("recordings")) : ""));
    row.addEventListener("click", () => this.open(one));
    return row;
  }

  contact(one) {
    const cells = Object.values(one.fields).filter((cell) => cell && cell !== one.number).slice(0, 3).join(" · ");
    return h("tr", {},
      h("td", { class: "number text-secondary" }, one.row.toLocaleString(this.language)),
      h("td", { class: "text-nowrap" }, h("a", { href: `/contacts/${one.contact}`, class: "ok-number" }, one.number || "—")),
      h("td", { class: "ok-wrap" }, cells),
      h("td", {}, one.outcome_title, one.why ? h("div", { class: "text-secondary small ok-wrap" }, one.why) : null),
      h("td", { class: "number" }, one.attempts.toLocaleString(this.language)),
      h("td", { class: "text-nowrap" }, one.last_at ? this.moment(one.last_at) : "—"),
      h("td", { class: "text-secondary ok-wrap" }, this.answers(one.answers)));
  }

  icon(name, title) {
    const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg"), use = document.createElementNS(space, "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", title);
    use.setAttribute("href", `${this.root.dataset.icons}#tabler-${name}`);
    svg.append(use);
    return svg;
  }

  // -- one call --------------------------------------------------------------------------------------------------

  async open(one) {
    const place = this.root.querySelector("[data-call]");
    place.replaceChildren(h("p", { class: "text-secondary" }, this.say("loading")));
    document.getElementById("call").showModal();
    try {
      const found = await api("GET", `/api/v1/campaigns/${one.campaign}/attempts/${one.uuid}`);
      place.replaceChildren(...this.told_call(found));
    } catch (error) {
      place.replaceChildren(h("p", { class: "text-danger" }, error.message || this.say("lost")));
    }
  }

  told_call(found) {
    const number = (value) => value.toLocaleString(this.language, { maximumFractionDigits: 1 });
    const facts = [this.moment(found.at)];
    if (found.direction === "in") facts.push(this.say("in"));
    if (found.answered && found.talk_s !== null) facts.push(this.say("talked", { n: number(found.talk_s) }));
    else if (found.ring_s !== null) facts.push(this.say("rang", { n: number(found.ring_s) }));
    const parts = [
      h("div", { class: "fs-3 fw-medium" }, found.outcome_title ?? "…"),
      h("div", { class: "ok-number text-start" }, found.number),
      h("div", { class: "text-secondary small" }, facts.join(" · ")),
      h("p", { class: "mt-2" }, h("a", { href: `/contacts/${found.contact}` }, this.say("card"))),
    ];
    if (found.cause_title) parts.push(h("div", { class: "alert alert-info" }, h("div", {}, h("div", { class: "fw-medium" }, found.cause_title), h("div", { class: "small" }, found.cause_advice))));
    if (found.answers.length)
      parts.push(h("h3", { class: "h4 mt-3" }, this.say("answer")), h("dl", {}, ...found.answers.flatMap((one) => [
        h("dt", { class: "fw-normal text-secondary small ok-wrap" }, one.title),
        h("dd", { class: "ok-wrap" }, one.label || one.value, one.voice && this.root.dataset.sounds ? this.sound(`/api/v1/answers/audio?call=${found.uuid}&question=${encodeURIComponent(one.question)}`, one.title) : ""),
      ])));
    const sounds = found.recordings.map((one) =>
      ["raw", "ready"].includes(one.state) && this.root.dataset.sounds
        ? this.sound(`/api/v1/recordings/${one.id}/audio`, this.say("recordings"))
        : h("div", { class: "text-secondary small" }, ["raw", "ready"].includes(one.state) ? "" : this.say("recording_gone")));
    if (sounds.length) parts.push(h("h3", { class: "h4 mt-3" }, this.say("recordings")), ...sounds);
    parts.push(h("h3", { class: "h4 mt-3" }, this.say("way")));
    if (!found.way.length) return [...parts, h("p", { class: "text-secondary" }, this.say("no_way"))];
    const gone = found.outcome !== null && found.second !== null;
    const over = gone && found.prompt_s !== null && found.second >= found.prompt_s;
    parts.push(h("ol", { class: "of-way" }, ...found.way.map((one, at) => {
      const last = gone && at === found.way.length - 1;
      const second = number(Math.floor(found.second ?? 0)), of = number(found.prompt_s ?? 0);
      return h("li", last ? { class: "of-end" } : {},
        h("div", { class: "d-flex justify-content-between gap-2" }, h("span", { class: "fw-medium ok-wrap" }, one.title), h("span", { class: "text-secondary small text-nowrap" }, this.clock(one.at_s))),
        ...one.notes.map((note) => h("div", { class: "small ok-wrap" }, note)),
        one.exit ? h("div", { class: "text-secondary small ok-wrap" }, this.say("exit", { exit: one.exit_title })) : null,
        last ? h("div", { class: "small of-gone" }, over ? this.say("left_after", { of }) : this.say("left_at", { second, of })) : null);
    })));
    return parts;
  }

  clock(seconds) {
    const whole = Math.floor(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  }

  sound(address, title) {
    return h("audio", { class: "ok-audio w-100", controls: "", preload: "none", src: address, "aria-label": title });
  }
}
