// What is practised stays here: in this tab's own storage, until it is closed.
const KEY = "parley-practice";

export function keepPractice(field) {
  try {
    field.value ||= sessionStorage.getItem(KEY) ?? "";
    field.addEventListener("input", () => sessionStorage.setItem(KEY, field.value));
  } catch {
    // A browser that keeps nothing: it is practice.
  }
}
