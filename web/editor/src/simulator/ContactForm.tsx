// Whom the call is made to: a value for each column that the scenario uses.

import { firstText } from "../model/document";
import { useEditor } from "../store/editor";
import { t } from "../texts";
import type { Contact } from "./contact";

export function ContactForm({ contact, onChange }: { contact: Contact; onChange: (next: Contact) => void }) {
  const doc = useEditor((state) => state.doc);
  const columns = Object.entries(doc.columns ?? {});
  if (!columns.length) return <p className="ok-quiet">{t("sim.no_columns")}</p>;
  return (
    <fieldset className="ok-contact">
      <legend>{t("sim.person")}</legend>
      {columns.map(([name, column]) => (
        <div className="ok-contact-line" key={name}>
          <label htmlFor={`contact-${name}`}>{firstText(column?.title, doc.languages) || name}</label>
          <input
            id={`contact-${name}`}
            className="form-control form-control-sm"
            value={contact[name] ?? ""}
            onChange={(event) => onChange({ ...contact, [name]: event.target.value })}
          />
        </div>
      ))}
    </fieldset>
  );
}
