// A standing campaign is switched off and on.
import { api, fault } from "./api.js";

const button = document.getElementById("switch");
button?.addEventListener("click", async () => {
  fault(null);
  try {
    await api("POST", button.dataset.address);
    location.reload();
  } catch (error) {
    fault(error, button.dataset.lost);
  }
});
