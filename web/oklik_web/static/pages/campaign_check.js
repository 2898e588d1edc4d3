// A launch check is asked of the API; the result is polled by htmx.
import { api, fault } from "./api.js";

const button = document.getElementById("again");
button?.addEventListener("click", async () => {
  fault(null);
  button.disabled = true;
  try {
    await api("POST", `/api/v1/campaigns/${button.dataset.id}/preflight`, {});
    location.reload();
  } catch (error) {
    fault(error, button.dataset.lost);
    button.disabled = false;
  }
});
