// Several chosen steps: what can be done with all of them.

import * as actions from "../canvas/actions";
import { t } from "../texts";
import { Icon } from "../ui/Icon";

export function Many({ names }: { names: string[] }) {
  return (
    <div className="oe-hint">
      <Icon name="select-all" />
      <p>{t("many.chosen", { n: names.length })}</p>
      <div className="oe-many">
        <button type="button" className="btn" onClick={() => void actions.copyByButton()}>
          <Icon name="clipboard" /> {t("many.copy")}
        </button>
        <button type="button" className="btn" onClick={actions.duplicate}>
          <Icon name="copy" /> {t("step.duplicate")}
        </button>
        <button type="button" className="btn btn-outline-danger" onClick={() => actions.remove(names)}>
          <Icon name="trash" /> {t("step.remove")}
        </button>
      </div>
    </div>
  );
}
