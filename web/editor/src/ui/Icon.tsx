// An icon out of the sprite that the pages use too.

import { memo } from "react";

// The page gives the sprite's address, with its version in it.
const SPRITE = document.querySelector<HTMLElement>("[data-icons]")?.dataset.icons ?? "/icons.svg";

export const Icon = memo(function Icon({ name, className = "" }: { name: string; className?: string }) {
  return (
    <svg className={`icon ${className}`} width="20" height="20" aria-hidden="true">
      <use href={`${SPRITE}#tabler-${name}`} />
    </svg>
  );
});
