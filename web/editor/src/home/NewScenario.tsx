// What a new scenario is called; its short name is made of the title unless one is given.

import { useState } from "react";
import * as api from "../api/calls";
import { language } from "../api/client";
import type { Template } from "../api/types";
import { freeName } from "../model/document";
import { t } from "../texts";
import { Failure } from "../ui/Failure";
import { Modal } from "../ui/Modal";
import { useTask } from "../ui/useTask";
import { latin } from "./latin";

interface Props {
  template: Template | null;
  taken: string[];
  home: string;
  onClose: () => void;
}

export function NewScenario({ template, taken, home, onClose }: Props) {
  const [title, setTitle] = useState(template?.title ?? "");
  const [own, setOwn] = useState<string | null>(null);
  const spoken = template?.languages ?? ["ru", "en"];
  const [code, setCode] = useState(spoken.includes(language()) ? language() : spoken[0]!);
  const { run, busy, error } = useTask();
  const name = own ?? freeName(template?.code ?? latin(title), (one) => taken.includes(one));
  const make = () =>
    run(async () => {
      const made = await api.makeScenario({
        name,
        title: title.trim(),
        template: template?.code,
        language: code,
      });
      location.assign(`${home}/${made.id}`);
    });
  return (
    <Modal title={template ? t("home.new_from", { title: template.title }) : t("home.new")} onClose={onClose}>
      <Failure error={error} />
      <form
        className="ok-new"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label className="ok-label" htmlFor="ok-new-title">
          {t("home.its_title")}
        </label>
        <input
          id="ok-new-title"
          className="form-control"
          autoFocus
          maxLength={200}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <label className="ok-label" htmlFor="ok-new-name">
          {t("home.name")}
        </label>
        <input
          id="ok-new-name"
          className="form-control"
          maxLength={40}
          value={name}
          spellCheck={false}
          onChange={(event) => setOwn(event.target.value)}
        />
        <label className="ok-label" htmlFor="ok-new-language">
          {t("home.language")}
        </label>
        <select
          id="ok-new-language"
          className="form-select"
          value={code}
          onChange={(event) => setCode(event.target.value as typeof code)}
        >
          {spoken.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <div className="ok-modal-foot">
          <button type="button" className="btn" onClick={onClose}>
            {t("cancel")}
          </button>
          <button type="submit" className="btn btn-primary" disabled={busy || !title.trim()}>
            {t("home.make")}
          </button>
        </div>
      </form>
    </Modal>
  );
}
