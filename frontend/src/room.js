// The interview room. Without this script all of it works by plain forms.
import { countDown } from "./room/clock.js";
import { Code } from "./room/code.js";
import { keepPractice } from "./room/practice.js";
import { Talk } from "./room/talk.js";

const form = document.getElementById("answer");
const opening = document.querySelector("[data-countdown]");
const practice = document.querySelector("[data-practice]");

if (opening) {
  opening.hidden = false;
  countDown(Number(opening.dataset.countdown), (text) => (opening.querySelector("[role=timer]").textContent = text), () => location.reload());
}
if (practice) {
  keepPractice(practice);
  if (practice.classList.contains("code")) new Code(practice).start();
}
if (form) {
  const code = new Code(form.elements.text);
  code.start();
  new Talk(form, code).start();
}
