// Bundles the pages' script and style into static files, each with a gzipped twin, which the server prefers.
import { readFile, writeFile, mkdir } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import postcss from "postcss";

const here = new URL(".", import.meta.url);
const target = new URL("../parley/web/static/parley/built/", here);
const browsers = ["chrome111", "firefox115", "safari16.4"];

// Tabler turns dark by an attribute that a script would have to set. The system's own setting needs none.
const darkBySystem = {
  postcssPlugin: "dark-by-system",
  OnceExit(root) {
    const dark = "[data-bs-theme=dark]";
    const rules = [];
    root.walkRules((rule) => {
      if (rule.selectors.some((each) => each.startsWith(dark))) rules.push(rule);
    });
    for (const rule of rules) {
      const selectors = rule.selectors.filter((each) => each.startsWith(dark)).map((each) => each.replace(dark, ":root"));
      const media = postcss.atRule({ name: "media", params: "(prefers-color-scheme: dark)" });
      media.append(rule.clone({ selectors }));
      rule.after(media);
    }
  },
};

async function styles() {
  const tabler = await readFile(new URL("node_modules/@tabler/core/dist/css/tabler.min.css", here), "utf8");
  const own = await readFile(new URL("src/app.css", here), "utf8");
  const { css } = await postcss([darkBySystem]).process(tabler, { from: undefined, map: false });
  const shorter = await esbuild.transform(`${css}\n${own}`, { loader: "css", minify: true, target: browsers });
  return shorter.code.replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
}

async function scripts() {
  const bundle = await esbuild.build({
    entryPoints: [new URL("src/app.js", here).pathname],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: browsers,
  });
  return bundle.outputFiles[0].text;
}

await mkdir(target, { recursive: true });
for (const [name, content] of [["app.css", await styles()], ["app.js", await scripts()]]) {
  await writeFile(new URL(name, target), content);
  await writeFile(new URL(`${name}.gz`, target), gzipSync(content, { level: 9 }));
}
