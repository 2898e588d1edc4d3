// An icon out of the sprite that is built beside the script.

import { memo } from "react";

const SPRITE = import.meta.env.DEV ? "/icons.svg" : new URL("./icons.svg", import.meta.url).pathname;

export const Icon = memo(function Icon({ name, className = "" }: { name: string; className?: string }) {
  return (
    <svg className={`icon ${className}`} width="20" height="20" aria-hidden="true">
      <use href={`${SPRITE}#tabler-${name}`} />
    </svg>
  );
});
