// Where nobody has chosen a time zone yet, the page is loaded once more in that of this device.
export function guessZone() {
  const shown = document.querySelector("meta[name=parley-zone]");
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!shown || !own || own === shown.content) return;
  const address = new URL(location.href);
  address.searchParams.set("timezone", own);
  location.replace(address);
}
