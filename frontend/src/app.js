// htmx reads its settings from the page's <meta name="htmx-config">. Everything works without it, too.
import "htmx.org";

// What htmx exchanges takes the focus with it: give it to the message that says what has become of it.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig?.verb !== "post") return;
  const message = document.querySelector("#messages [data-focus]");
  if (message) message.focus();
});
