// Swagger UI over the API's document, with the sections' names in the language of the page.
const place = document.getElementById("api");
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const root = document.documentElement;
root.classList.toggle("dark-mode", root.dataset.bsTheme === "dark");

const answer = await fetch(place.dataset.document, { headers: { Accept: "application/json" } });
const spec = await answer.json();
const sections = JSON.parse(place.dataset.sections);
for (const tag of spec.tags) tag.description = sections[tag.name] ?? "";
place.replaceChildren();

window.SwaggerUIBundle({
  domNode: place,
  spec,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: false,
  validatorUrl: null,
  // Changes by the session of who is signed in must show that they come from a page of ours.
  requestInterceptor: (request) => {
    request.headers["X-CSRF-Token"] = csrf;
    return request;
  },
});
