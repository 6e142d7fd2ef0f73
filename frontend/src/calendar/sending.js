// Forms and pages of Parley fetched by script: the same addresses that a browser without scripts asks.

export async function send(url, values) {
  if (!values.has("csrfmiddlewaretoken")) values.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  return read(url, { method: "POST", body: values });
}

export async function read(url, options = {}) {
  let answer;
  try {
    answer = await fetch(url, { headers: { Accept: "text/html" }, ...options });
  } catch {
    return failed("Parley cannot be reached just now. Nothing was changed: try again in a moment.");
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (new URL(answer.url).pathname.startsWith("/login/")) {
    location.reload(); // logged out meanwhile: come back here after the login
    return failed("You are logged out.");
  }
  const body = page.querySelector("[data-panel]");
  const messages = [...page.querySelectorAll("#messages .alert")];
  if (!body && !messages.length && answer.status >= 400) {
    const what = answer.status === 404 ? "This is not there any more: somebody may have removed it." : "That did not work. Load the page again, and repeat it.";
    return failed(what);
  }
  const ok = answer.status < 400 && !messages.some((each) => each.classList.contains("alert-danger"));
  return { ok, url: answer.url, title: page.title, body, messages };
}

// Puts the messages of an answer into a region that is read out.
export function say(region, { messages }) {
  region.replaceChildren(...messages.map((each) => document.adoptNode(each)));
}

function failed(text) {
  const message = document.createElement("div");
  message.className = "alert alert-danger";
  message.textContent = text;
  return { ok: false, url: "", title: "", body: null, messages: [message] };
}
