// A candidate's booking page in a company's own site: <script src="https://…/embed.js" data-link="…" async></script>
// docs/embedding.md says what it takes, and which events it tells.
const own = document.currentScript;
const home = new URL(own.src).origin;
const HIGHEST = 20_000; // pixels
const SILENCE = 5_000; // milliseconds after which a page that has loaded and says nothing is taken for refused

// The page's address, of a link or of its secret alone; null for what leads elsewhere.
function addressOf(link) {
  const found = /(?:^|\/interview\/)([\w-]{43})\/?$/.exec(link);
  const url = new URL(`/interview/${found?.[1]}/`, home);
  if (!found || (link.includes("/") && !link.startsWith(`${home}/`))) return null;
  const zone = own.dataset.timezone ?? "auto";
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) url.searchParams.set("timezone", zone === "auto" ? here : zone);
  return url.href;
}

function framed(address) {
  const frame = document.createElement("iframe");
  frame.src = address;
  frame.title = own.dataset.title || "Choose a time for your interview";
  frame.style.cssText = `display: block; width: 100%; height: ${least}px; border: 0;`;
  return frame;
}

function place(frame) {
  const target = own.dataset.target ? document.querySelector(own.dataset.target) : null;
  if (target) target.append(frame);
  else if (own.isConnected && document.body.contains(own)) own.after(frame);
  else document.body.append(frame);
}

function tell(frame, what, detail = {}) {
  frame.dispatchEvent(new CustomEvent(`parley:${what}`, { bubbles: true, detail }));
}

// What has happened between two pages of the frame.
function happened(before, now) {
  if (before === null) return "ready";
  if (now.state === "booked") return before.state !== "booked" ? "booked" : before.start !== now.start ? "moved" : null;
  return before.state === "booked" ? "cancelled" : null;
}

function listen(frame) {
  let last = null;
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin !== home || source !== frame.contentWindow || data?.parley !== 1) return;
    if (data.type === "height" && Number.isFinite(data.height)) {
      frame.style.height = `${Math.min(Math.max(data.height, least), HIGHEST)}px`;
    }
    if (data.type === "state") {
      const now = { state: data.state, start: data.start, end: data.end };
      const what = happened(last, now);
      // The page that follows a form begins at its top.
      if (last && frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ block: "start" });
      last = now;
      if (what) tell(frame, what, now);
    }
  });
  frame.addEventListener("load", () => {
    setTimeout(() => {
      if (last) return;
      console.warn(`Parley: the booking page does not answer. Is ${location.origin} listed in its settings?`);
      tell(frame, "refused");
    }, SILENCE);
  });
}

function embed() {
  const address = addressOf(own.dataset.link ?? "");
  if (!address) {
    console.error(`Parley: data-link must be the personal link of a candidate, from ${home}.`);
    return;
  }
  const frame = framed(address);
  listen(frame);
  place(frame);
}

const least = Number(own.dataset.minHeight) || 320; // pixels
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", embed);
else embed();
