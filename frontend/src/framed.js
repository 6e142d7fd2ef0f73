// In the booking page, where a company's site may frame it: tells that site, and no other, how high the page is and what
// is booked. embed.js listens.
const { sites, state, start = null, end = null } = document.currentScript.dataset;

if (window.parent !== window) {
  document.documentElement.dataset.framed = "";
  const listed = sites.split(" ");
  // Where the browser says who frames the page, only that site is written to: others would be noted as errors.
  const targets = location.ancestorOrigins ? listed.filter((site) => site === location.ancestorOrigins[0]) : listed;
  const tell = (message) => targets.forEach((site) => window.parent.postMessage({ parley: 1, ...message }, site));
  const height = () => Math.ceil(document.documentElement.getBoundingClientRect().height);
  tell({ type: "state", state, start, end });
  // Browsers do not heed autofocus in a frame of another site. Who is in the frame already is led on all the same.
  if (document.hasFocus()) document.querySelector("[autofocus]")?.focus();
  new ResizeObserver(() => tell({ type: "height", height: height() })).observe(document.documentElement);
}
