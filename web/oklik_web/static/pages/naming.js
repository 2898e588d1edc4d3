// Proposes a short Latin name while the title of a new scenario is being typed, until somebody writes one.
const LATIN = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "y", к: "k", л: "l", м: "m",
  н: "n", о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "h", ц: "ts", ч: "ch", ш: "sh", щ: "sch", ъ: "",
  ы: "y", ь: "", э: "e", ю: "yu", я: "ya",
};
const title = document.querySelector("#title");
const name = document.querySelector("#name");

function proposed(text) {
  const latin = [...text.toLowerCase()].map((char) => LATIN[char] ?? char).join("");
  return latin.replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(0, 40);
}

let own = name.value !== "";
name.addEventListener("input", () => {
  own = name.value !== "";
});
title.addEventListener("input", () => {
  if (!own) name.value = proposed(title.value);
});
