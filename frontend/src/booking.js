// The candidate's page. Everything works without it; with it, times are in the zone of this device at once, days turn
// without a new page, and times that are gone disappear by themselves.
import { guessZone } from "./booking/zone.js";
import { Offer } from "./booking/offer.js";
import { moveByArrows } from "./booking/arrows.js";

guessZone(); // before anything is drawn

document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("offer");
  if (!place) return;
  new Offer(place, document.getElementById("said")).start();
  moveByArrows(place);
});

addEventListener("popstate", () => location.reload());
