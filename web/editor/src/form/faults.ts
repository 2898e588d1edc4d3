// Which findings belong to which field of a form: a field's own, those of its parts where no part is drawn for them.

import type { Issue, Problem } from "../api/types";
import type { Path } from "../model/graph";

export interface Fault {
  field: string;
  sentence: string;
  bad: boolean;
}

export interface Faults {
  at: (path: Path) => Fault[];
  whole: Fault[];
}

export function faultsOf(node: string | null, issues: Issue[], problems: Problem[]): Faults {
  const own: Fault[] = [
    ...problems
      .filter((one) => one.node === node)
      .map((one) => ({ field: one.field ?? "", sentence: one.sentence, bad: true })),
    ...issues
      .filter((one) => one.node === node)
      .map((one) => ({ field: one.field ?? "", sentence: one.sentence, bad: one.severity === "error" })),
  ];
  return {
    whole: own.filter((one) => one.field === ""),
    // A field shows what is said of it and, at the top, what is said of anything deeper: the parts may be folded away.
    at: (path) => {
      const name = path.join(".");
      const seen = new Set<string>();
      return own.filter((one) => {
        const fits = one.field === name || (path.length === 1 && one.field.startsWith(`${name}.`));
        if (!fits || seen.has(one.sentence)) return false;
        seen.add(one.sentence);
        return true;
      });
    },
  };
}
