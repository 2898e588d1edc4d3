// What the inputs of a form need to know of where they stand.

import { createContext, useContext } from "react";
import type { ExitsRule } from "../api/types";
import type { Json } from "../model/document";
import type { Path } from "../model/graph";
import type { Known } from "../model/names";
import type { Schema } from "../model/schema";

export interface FormContext {
  root: Schema;
  languages: string[];
  known: Known[];
  nodes: string[];
  // The step whose fields these are; null for those of the scenario.
  node: string | null;
  rule: ExitsRule | null;
  // What is wrong with a field or with a part of it.
  wrong: (path: Path) => { sentence: string; bad: boolean }[];
  newExit: (key: string) => string;
  exitTarget: (exit: string) => string;
  setExitTarget: (exit: string, target: string) => void;
}

const Context = createContext<FormContext | null>(null);
export const FormProvider = Context.Provider;

export function useForm(): FormContext {
  const found = useContext(Context);
  if (!found) throw new Error("a field outside of a form");
  return found;
}

export interface InputProps {
  id: string;
  schema: Schema;
  value: Json | undefined;
  path: Path;
  required: boolean;
  onChange: (next: Json | undefined) => void;
}
