// The field for code: Tab indents, and a sheet behind it shows the same text in colours. To forms, drafts and screen
// readers the field stays what it is; only its letters are see-through as long as the sheet shows them.
const INDENT = "    ";
const KEY = "parley-code-language";
const PLAIN = "plain";

export class Code {
  constructor(field) {
    this.field = field;
    this.choice = document.getElementById("code-language");
    this.sheet = Object.assign(document.createElement("pre"), { className: "sheet", hidden: true });
    this.sheet.setAttribute("aria-hidden", "true");
    this.text = this.sheet.appendChild(document.createElement("code"));
  }

  start() {
    this.field.before(this.sheet);
    this.choice.value = kept() ?? PLAIN;
    if (!this.choice.value) this.choice.value = PLAIN;
    this.choice.addEventListener("change", () => {
      keep(this.choice.value);
      this.show();
    });
    this.field.addEventListener("input", () => this.paint());
    this.field.addEventListener("scroll", () => this.move());
    indentByKeys(this.field);
    this.as(this.field.classList.contains("code"));
  }

  // What the open question asks for: code or words.
  as(isCode) {
    this.field.classList.toggle("code", isCode);
    this.field.spellcheck = !isCode;
    for (const name of ["code-help", "code-tools"]) document.getElementById(name).hidden = !isCode;
    this.show();
  }

  async show() {
    try {
      if (this.isColoured()) this.highlight ??= (await import(this.field.dataset.highlight)).highlight;
    } catch {
      // Not there, or no connection: the field does without.
    }
    this.paint();
  }

  isColoured() {
    return this.field.classList.contains("code") && this.choice.value !== PLAIN;
  }

  paint() {
    const isPainted = this.isColoured() && Boolean(this.highlight);
    this.field.classList.toggle("painted", isPainted);
    this.sheet.hidden = !isPainted;
    if (!isPainted) return;
    this.text.innerHTML = this.highlight(this.field.value, this.choice.value);
    this.move();
  }

  move() {
    this.text.style.translate = `${-this.field.scrollLeft}px ${-this.field.scrollTop}px`;
  }
}

function kept() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null; // a browser that keeps nothing
  }
}

function keep(language) {
  try {
    sessionStorage.setItem(KEY, language);
  } catch {
    // It is asked for once more on the next page.
  }
}

// Tab indents; after Escape it goes on to the next field, as everywhere. Enter begins a line where the last one began.
function indentByKeys(field) {
  let isLeaving = false;
  field.addEventListener("keydown", (event) => {
    if (!field.classList.contains("code") || event.isComposing || field.readOnly) return;
    if (event.key === "Escape") isLeaving = true;
    else if (event.key === "Tab" && !event.shiftKey && !isLeaving) {
      event.preventDefault();
      indent(field);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      write(field, `\n${beginning(field)}`);
    }
    if (!["Escape", "Tab", "Shift"].includes(event.key)) isLeaving = false;
  });
  field.addEventListener("focus", () => (isLeaving = false));
}

// One step, or where lines are selected, all of them by one.
function indent(field) {
  const { value, selectionStart, selectionEnd } = field;
  const chosen = value.slice(selectionStart, selectionEnd);
  if (!chosen.includes("\n")) return write(field, INDENT);
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const lines = value.slice(start, selectionEnd).replace(/^(?=.)/gm, INDENT);
  field.setSelectionRange(start, selectionEnd);
  write(field, lines);
  field.setSelectionRange(start, start + lines.length);
}

// The blanks with which the line begins that is written in.
function beginning(field) {
  const before = field.value.slice(0, field.selectionStart);
  return before.slice(before.lastIndexOf("\n") + 1).match(/^[ \t]*/)[0];
}

// In place of what is selected; by the browser's own command, so that it can be undone like what is typed.
function write(field, text) {
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
