// Whom the call is made to: values of one's own for the columns, or a person of a list.

import { useEffect, useState } from "react";
import * as api from "../api/calls";
import type { ContactList, Person } from "../api/types";
import { firstText } from "../model/document";
import { useEditor } from "../store/editor";
import { t } from "../texts";
import type { Contact } from "./contact";

interface Props {
  contact: Contact;
  person: number | null;
  onChange: (next: Contact) => void;
  onPerson: (id: number | null) => void;
}

export function ContactForm({ contact, person, onChange, onPerson }: Props) {
  const [lists, setLists] = useState<ContactList[] | null>(null);
  const [listed, setListed] = useState(false);
  const choose = (one: boolean) => {
    setListed(one);
    onPerson(null);
    // Where one may not see lists there are none to choose from.
    if (one && !lists) api.lists().then(setLists, () => setLists([]));
  };
  return (
    <fieldset className="oe-contact">
      <legend>{t("sim.person")}</legend>
      <div className="oe-chips">
        {[false, true].map((one) => (
          <button
            type="button"
            key={String(one)}
            className={`oe-chip ${one === listed ? "is-on" : ""}`}
            aria-pressed={one === listed}
            onClick={() => choose(one)}
          >
            {one ? t("sim.from_list") : t("sim.own")}
          </button>
        ))}
      </div>
      {listed && lists?.length === 0 && <p className="oe-quiet">{t("sim.no_lists")}</p>}
      {listed ? (
        lists?.length ? (
          <FromList lists={lists} person={person} onPerson={onPerson} />
        ) : null
      ) : (
        <Own contact={contact} onChange={onChange} />
      )}
    </fieldset>
  );
}

function Own({ contact, onChange }: { contact: Contact; onChange: (next: Contact) => void }) {
  const doc = useEditor((state) => state.doc);
  const columns = Object.entries(doc.columns ?? {});
  if (!columns.length) return <p className="oe-quiet">{t("sim.no_columns")}</p>;
  return columns.map(([name, column]) => (
    <div className="oe-contact-line" key={name}>
      <label htmlFor={`contact-${name}`}>{firstText(column.title, doc.languages) || name}</label>
      <input
        id={`contact-${name}`}
        className="form-control form-control-sm"
        value={contact[name] ?? ""}
        onChange={(event) => onChange({ ...contact, [name]: event.target.value })}
      />
    </div>
  ));
}

function FromList({
  lists,
  person,
  onPerson,
}: {
  lists: ContactList[];
  person: number | null;
  onPerson: (id: number | null) => void;
}) {
  const [list, setList] = useState(lists[0]?.id);
  const [people, setPeople] = useState<Person[]>([]);
  useEffect(() => {
    if (list === undefined) return;
    let here = true;
    api.people(list).then(
      (found) => here && setPeople(found),
      () => here && setPeople([]),
    );
    return () => {
      here = false;
    };
  }, [list]);
  return (
    <>
      <div className="oe-contact-line">
        <label htmlFor="contact-list">{t("sim.list")}</label>
        <select
          id="contact-list"
          className="form-select form-select-sm"
          value={list}
          onChange={(event) => setList(Number(event.target.value))}
        >
          {lists.map((one) => (
            <option key={one.id} value={one.id}>
              {one.name}
            </option>
          ))}
        </select>
      </div>
      <div className="oe-contact-line">
        <label htmlFor="contact-person">{t("sim.people")}</label>
        <select
          id="contact-person"
          className="form-select form-select-sm"
          value={person ?? ""}
          onChange={(event) => onPerson(event.target.value ? Number(event.target.value) : null)}
        >
          <option value="">—</option>
          {people.map((one) => (
            <option key={one.id} value={one.id}>
              {Object.values(one.fields).filter(Boolean).slice(0, 3).join(" · ") || one.phones[0]}
            </option>
          ))}
        </select>
      </div>
    </>
  );
}
