// Compiles uswds.scss and site.scss into the one style sheet of the pages, shared/web/assets/site.css. With --stdout it
// writes there instead, for the test that compares.
//
// Of the design system it keeps the classes of `parts` and leaves out the rest of a component's variants, fonts,
// pictures and comments. Its colours, which are fixed in it, become our custom properties: so a deployment can have its
// own, and dark mode needs no second set of rules.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import postcss from "postcss";
import * as sass from "sass";

const here = new URL(".", import.meta.url);

// The classes of the design system that pages may use. shared/web/README.md says what for.
const parts = new Set(
  `usa-skipnav usa-intro usa-button usa-button--outline usa-form-group usa-form-group--error usa-label usa-hint
  usa-error-message usa-fieldset usa-legend usa-input usa-input--error usa-input--md usa-input--lg usa-select usa-textarea
  usa-alert usa-alert--info usa-alert--warning usa-alert--error usa-alert--success usa-alert__body usa-alert__heading
  usa-alert__text usa-summary-box usa-summary-box__body usa-summary-box__heading usa-summary-box__text`.split(/\s+/),
);

// Where a colour stands for two things, the property decides. Visited links look like others: on a shared phone they
// would tell.
const names = {
  "#005ea2": "--action", "#1a4480": "--press", "#162e51": "--press", "#54278f": "--action", "#1b1b1b": "--ink",
  "#3d4551": "--ink", "#565c65": "--soft", "#71767a": "--soft", "#454545": "--soft", "#757575": "--soft",
  "#dfe1e2": "--line", "#a9aeb1": "--line", "#c9c9c9": "--line", "#919191": "--line", "#f0f0f0": "--tint",
  "#2491ff": "--focus", "#b50909": "--bad", "#d54309": "--bad", "#f4e3db": "--bad-tint",
  "#e7f6f8": "--note", "#00bde3": "--note-line", "#28a0cb": "--note-line", "#99deea": "--note-line", "#faf3d1": "--warn", "#ffbe2e": "--warn-line",
  "#ecf3ec": "--good", "#00a91c": "--good-line",
};
const named = (value, property) =>
  value
    .replace(/#[0-9a-f]{6}\b/gi, (hex) => {
      const name = property.startsWith("border") && hex === "#565c65" ? "--field" : names[hex.toLowerCase()];
      if (!name) { console.error(`no custom property stands for ${hex} (${property})`); process.exit(1); }
      return `var(${name})`;
    })
    .replace(/\bwhite\b/g, property === "color" ? "var(--on-action)" : "var(--paper)");

// States that no page sets, controls that are never disabled (a disabled button explains nothing), icons and the room that
// is left for them, and a select's own arrow, which stays the browser's.
const never = /disabled(?!\])|aria-disabled|usa-focus|usa-hover|usa-active|:visited|usa-prose|--unstyled|usa-link|::before|:required|body > \*|^\.usa-select[:[ ]/;

const wanted = (selector) =>
  !never.test(selector) && (selector.match(/\.(usa-[\w-]+)/g) ?? []).every((name) => parts.has(name.slice(1)));

// trim leaves of the design system what pages use, in our colours.
function trim(root) {
  root.walkComments((comment) => comment.remove());
  root.walkAtRules(/font-face|supports/, (rule) => rule.remove());
  root.walkRules((rule) => {
    const selectors = rule.selectors.filter((selector) => selector.includes(".usa-") && wanted(selector));
    if (selectors.length === 0) rule.remove();
    else rule.selectors = selectors;
  });
  root.walkDecls((declaration) => {
    // Pictures would be one more request each, and the font is the body's.
    if (/url\(/.test(declaration.value) || declaration.prop === "font-family") declaration.remove();
    else declaration.value = named(declaration.value, declaration.prop);
  });
  root.walkRules((rule) => { if (rule.nodes.length === 0) rule.remove(); });
  root.walkAtRules((rule) => { if (rule.nodes?.length === 0) rule.remove(); });
}

const options = {
  loadPaths: [fileURLToPath(new URL("node_modules/@uswds/uswds/packages", here))],
  logger: sass.Logger.silent, // the design system's own deprecations
};
const compile = (file) => sass.compile(fileURLToPath(new URL(file, here)), options).css;

const system = postcss.parse(compile("uswds.scss"));
trim(system);
const css = sass.compileString(`${system}\n${compile("site.scss")}`, { syntax: "css", style: "compressed", charset: false }).css + "\n";
if (process.argv.includes("--stdout")) process.stdout.write(css);
else writeFileSync(new URL("../../shared/web/assets/site.css", here), css);
