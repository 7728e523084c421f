// Writes .oxlintrc.json from the table of layers: npm run lint:config
import { readFileSync, writeFileSync } from "node:fs";
import { layers, packages, withoutNode, type LayerName, type Place } from "./layers.ts";

const path = new URL("../.oxlintrc.json", import.meta.url);
const names = Object.keys(layers) as LayerName[];
const any = (words: readonly string[]): string => `(${words.join("|")})`;
const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

interface Refused {
  readonly regex: string;
  readonly message: string;
}

const sideways: Refused = {
  regex: String.raw`(^|/)\.\./(src/)?${any(names)}/`,
  message: "Cross a layer with #layer/file.ts, not with ../",
};
/** The same for a file so many folders below src: exact, where a layer has folders with the names of layers. */
const sidewaysFrom = (depth: number): Refused => ({
  ...sideways,
  regex: String.raw`^(\./)?(\.\./){${depth}}((\.\./)+src/)?${any(names)}/`,
});
const upToRoots: Refused = {
  regex: String.raw`^#[^/]+$|(^|/)\.\./(main|app|config)\.ts$`,
  message: "The roots import the layers, never the reverse.",
};

/** The names of all packages that package.json asks for. */
export function dependencies(): string[] {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as Record<
    "dependencies" | "devDependencies",
    Record<string, string>
  >;
  return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
}

function foreignPackages(place: Place): Refused[] {
  const known = new Set([...Object.keys(packages), ...dependencies()]);
  const foreign = [...known].filter((name) => !(packages[name] ?? []).includes(place)).toSorted();
  const modules = foreign.map((name) => literal(name).replace(/^node:/, "(node:)?"));
  const refused = [
    { regex: `^${any(modules)}(/|$)`, message: "This package belongs to another layer (scripts/layers.ts)." },
  ];
  if ((withoutNode as readonly string[]).includes(place))
    refused.push({ regex: "^node:", message: "There is no Node in this layer." });
  return refused;
}

function foreignLayers(layer: LayerName): Refused[] {
  const may: readonly string[] = layers[layer].may;
  const foreign = names.filter((name) => name !== layer && !may.includes(name));
  const itself = { regex: `^#${layer}/`, message: "Inside a layer import by ./file.ts." };
  const message = `src/${layer} may import only: ${may.join(", ") || "nothing"}.`;
  return [itself, { regex: `^#${any(foreign)}/`, message }];
}

const imports = (patterns: readonly Refused[]) => ({ "no-restricted-imports": ["error", { patterns }] });

const layerRules = names.map((layer) => ({
  files: [`src/${layer}/**`],
  rules: imports([...foreignLayers(layer), upToRoots, sideways, ...foreignPackages(layer)]),
}));
const webRules = [1, 2, 3, 4].map((depth) => ({
  files: [`src/web${"/*".repeat(depth)}`],
  rules: imports([...foreignLayers("web"), upToRoots, sidewaysFrom(depth), ...foreignPackages("web")]),
}));

const sizes = (lines: number) => ({
  "max-lines": ["error", { max: lines, skipBlankLines: true, skipComments: true }],
});

const outward = ["fetch", "WebSocket", "EventSource", "XMLHttpRequest"].map((name) => ({
  name,
  message: "Every request to another server goes through src/lib/egress.ts.",
}));
const outwardProperty = { object: "globalThis", property: "fetch", message: outward[0]?.message };
const missing = [{ name: "Temporal", message: "Node 24 has no Temporal: its types are ahead of it." }];

const everywhere = {
  "import/no-cycle": "error",
  "import/no-default-export": "error",
  "typescript/no-explicit-any": "error",
  "typescript/ban-ts-comment": "error",
  "typescript/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
  "typescript/no-floating-promises": "error",
  "typescript/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
  "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
  "typescript/only-throw-error": "error",
  "typescript/restrict-template-expressions": "off",
  // Our objects are closures: their functions have no `this` to lose.
  "typescript/unbound-method": "off",
  "node/no-process-env": "error",
  "unicorn/prefer-node-protocol": "error",
  "unicorn/filename-case": ["error", { case: "kebabCase" }],
  // A copy is often made on purpose: the loop changes what it walks over.
  "unicorn/no-useless-spread": "off",
  "vitest/require-mock-type-parameters": "off",
  // Vitest shows the second argument when the expectation fails; helpers expect too.
  "vitest/valid-expect": ["error", { maxArgs: 2 }],
  "vitest/no-standalone-expect": "off",
  "vitest/expect-expect": "off",
  "vitest/no-focused-tests": "error",
  "vitest/no-disabled-tests": "error",
  eqeqeq: ["error", "always", { null: "ignore" }],
  "no-empty": "error",
  "no-var": "error",
  "prefer-const": "error",
  "max-params": ["error", { max: 3 }],
  "max-depth": ["error", { max: 3 }],
  ...sizes(300),
  "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
};

const overrides = [
  {
    files: ["src/**"],
    rules: {
      "no-console": "error",
      "no-restricted-globals": ["error", ...outward, ...missing],
      "no-restricted-properties": ["error", outwardProperty],
    },
  },
  ...layerRules,
  ...webRules,
  {
    files: ["src/lib/egress*.ts"],
    rules: imports([...foreignLayers("lib"), upToRoots, ...foreignPackages("egress")]),
  },
  { files: ["src/*.ts"], rules: imports(foreignPackages("roots")) },
  { files: ["src/config.ts"], rules: { "node/no-process-env": "off" } },
  { files: ["src/cli.ts", "src/cli/**"], rules: { "no-console": "off" } },
  {
    files: ["src/web/**"],
    rules: { "no-restricted-globals": ["error", ...missing], "no-restricted-properties": "off" },
  },
  { files: ["*.config.ts"], rules: { "import/no-default-export": "off" } },
  { files: ["*.config.ts", "scripts/**", "test/**", "bench/**"], rules: { "node/no-process-env": "off" } },
  {
    files: ["**/*.test.ts", "**/*.test.tsx", "test/**"],
    rules: {
      ...imports([sideways]),
      ...sizes(500),
      "max-lines-per-function": "off",
      "no-console": "off",
      "typescript/no-base-to-string": "off",
      "no-restricted-globals": "off",
      "no-restricted-properties": "off",
      "node/no-process-env": "off",
    },
  },
];

/** The text of .oxlintrc.json that the table of layers asks for. */
export function lintConfig(): string {
  const config = {
    $schema: "./node_modules/oxlint/configuration_schema.json",
    plugins: ["eslint", "typescript", "import", "unicorn", "oxc", "promise", "node", "vitest"],
    options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
    categories: { correctness: "error" },
    ignorePatterns: ["dist/**", "migrations/**", "data/**", "test/fixtures/**"],
    rules: everywhere,
    overrides,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

if (import.meta.main) writeFileSync(path, lintConfig());
