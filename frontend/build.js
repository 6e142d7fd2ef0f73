// Bundles the pages' script and style into static files, each with a gzipped twin, which the server prefers.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import postcss from "postcss";

const here = new URL(".", import.meta.url);
const target = new URL("../parley/web/static/parley/built/", here);
const browsers = ["chrome111", "firefox115", "safari16.4"];

const loaded = new Set(["highlight.js"]); // modules that another script asks for when it needs them

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

// The pages of people who log in stand on Tabler; what candidates load has to be small, and stands alone.
async function style(name) {
  const own = await readFile(new URL(`src/${name}`, here), "utf8");
  const tabler = name === "app.css" ? await tablerStyle() : "";
  const bundle = await esbuild.build({
    stdin: { contents: `${tabler}\n${own}`, loader: "css", resolveDir: new URL("src/", here).pathname },
    bundle: true,
    minify: true,
    write: false,
    target: browsers,
  });
  return bundle.outputFiles[0].text.replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
}

async function tablerStyle() {
  const tabler = await readFile(new URL("node_modules/@tabler/core/dist/css/tabler.min.css", here), "utf8");
  const { css } = await postcss([darkBySystem]).process(tabler, { from: undefined, map: false });
  return css;
}

async function script(name) {
  const bundle = await esbuild.build({
    entryPoints: [new URL(`src/${name}`, here).pathname],
    bundle: true,
    minify: true,
    write: false,
    format: loaded.has(name) ? "esm" : "iife",
    target: browsers,
  });
  return bundle.outputFiles[0].text;
}

// Each file of src/ is a bundle of its own; what several of them import is in its folders.
const entries = (await readdir(new URL("src/", here), { withFileTypes: true })).filter((each) => each.isFile());
await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const { name } of entries) {
  const content = name.endsWith(".css") ? await style(name) : await script(name);
  await writeFile(new URL(name, target), content);
  await writeFile(new URL(`${name}.gz`, target), gzipSync(content, { level: 9 }));
}
