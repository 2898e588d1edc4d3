// A standing campaign is switched off and on, and given a list that is here already.
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

const give = document.getElementById("give");
give?.addEventListener("submit", async (event) => {
  event.preventDefault();
  fault(null);
  const asked = give.querySelector("button");
  if (!window.confirm(asked.dataset.confirm)) return;
  asked.disabled = true;
  try {
    const came = await api("POST", give.dataset.address, { list: Number(give.querySelector("select").value) });
    if (came.campaign && !came.before) location.assign(`/campaigns/${came.campaign}`);
    else if (came.before) give.querySelector('[role="status"]').textContent = give.dataset.before;
    else location.reload();
  } catch (error) {
    fault(error, give.dataset.lost);
  }
  asked.disabled = false;
});
