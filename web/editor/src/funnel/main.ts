// The entry for the page of results: the drawing is loaded when it is shown.  As of the editor, no part asks for this.

import type { Page, Scene } from "./scene";

export const show = async (place: HTMLElement, page: Page): Promise<(scene: Scene) => void> =>
  (await import("./drawing")).draw(place, page);
