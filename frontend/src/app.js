// htmx reads its settings from the page's <meta name="htmx-config">. Everything works without it, too.
import "htmx.org";

// A new company is most probably where its first user sits; a zone that was chosen before stays.
const zone = document.querySelector("select[data-guess-zone]");
if (zone && zone.value === "UTC") {
  const found = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...zone.options].some((option) => option.value === found)) zone.value = found;
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard; // only where the page is served securely
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = "Copied";
  });
}

// A colour can be picked beside the field that is sent, which takes it as written, too.
const accent = document.getElementById("id_accent");
if (accent) {
  const picker = Object.assign(document.createElement("input"), { type: "color" });
  const shown = () => {
    const digits = accent.value.trim().replace(/^#/, "").replace(/^(.)(.)(.)$/, "$1$1$2$2$3$3");
    return /^[0-9a-f]{6}$/i.test(digits) ? `#${digits}` : "#0b5cad";
  };
  picker.setAttribute("aria-label", "Pick the accent colour");
  picker.value = shown();
  const pair = Object.assign(document.createElement("div"), { className: "paired" });
  accent.replaceWith(pair);
  pair.append(accent, picker);
  picker.addEventListener("input", () => (accent.value = picker.value)); // and the form hears of it, too
  accent.addEventListener("input", () => (picker.value = shown()));
}

// What htmx exchanges takes the focus with it: give it to the message that says what has become of it.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig?.verb !== "post") return;
  const message = document.querySelector("#messages [data-focus]");
  if (message) message.focus();
});

// A form that htmx sends and that fails would otherwise leave the page as if nothing had been pressed.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, ({ detail }) => {
    if (detail.requestConfig?.verb !== "post") return;
    const said = Object.assign(document.createElement("div"), { className: "alert alert-danger", tabIndex: -1 });
    said.textContent = detail.xhr?.status
      ? "This was not done: you have logged in or out since, or what it is about has changed. Load the page again."
      : "Parley cannot be reached, so this was probably not done. Load the page again when you are online.";
    document.getElementById("messages").replaceChildren(said);
    said.focus();
  });
}
