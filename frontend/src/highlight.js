// What colours code, loaded when a question asks for some: Prism's grammars, as prism-code-editor keeps them.
import { highlightText, languages } from "prism-code-editor/prism";
import "prism-code-editor/prism/languages/bash";
import "prism-code-editor/prism/languages/c";
import "prism-code-editor/prism/languages/cpp";
import "prism-code-editor/prism/languages/csharp";
import "prism-code-editor/prism/languages/go";
import "prism-code-editor/prism/languages/java";
import "prism-code-editor/prism/languages/javascript";
import "prism-code-editor/prism/languages/kotlin";
import "prism-code-editor/prism/languages/php";
import "prism-code-editor/prism/languages/python";
import "prism-code-editor/prism/languages/ruby";
import "prism-code-editor/prism/languages/rust";
import "prism-code-editor/prism/languages/sql";
import "prism-code-editor/prism/languages/swift";
import "prism-code-editor/prism/languages/typescript";

// HTML in which every letter of the text is escaped, and tokens are spans with classes.
export function highlight(text, language) {
  return highlightText(text, languages[language] ?? {});
}
