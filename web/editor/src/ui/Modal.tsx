// A dialog over the page: the browser's own, which keeps the focus inside and closes by Escape.

import { type ReactNode, useEffect, useRef } from "react";
import { t } from "../texts";
import { Icon } from "./Icon";

interface Props {
  title: string;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  onClose: () => void;
}

export function Modal({ title, children, footer, wide, onClose }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = box.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      className={`oe-modal ${wide ? "oe-modal-wide" : ""}`}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => event.target === box.current && onClose()}
    >
      <div className="oe-modal-box">
        <header className="oe-modal-head">
          <h2>{title}</h2>
          <button type="button" className="oe-icon-button" aria-label={t("close")} onClick={onClose}>
            <Icon name="x" />
          </button>
        </header>
        <div className="oe-modal-body">{children}</div>
        {footer && <footer className="oe-modal-foot">{footer}</footer>}
      </div>
    </dialog>
  );
}
