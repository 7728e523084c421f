// The one table of layers. The lint rules (.oxlintrc.json), the test of the house and the picture in
// docs/ARCHITECTURE.md all come from it. After a change here: npm run lint:config

interface Layer {
  /** One sentence: what lives here. docs/ARCHITECTURE.md shows it. */
  readonly holds: string;
  /** The layers whose files it may import. */
  readonly may: readonly string[];
}

/** Every folder under src, lowest first: an import may only point at a layer that its row names. */
export const layers = {
  lib: { holds: "helpers that would fit any project, and the one way out to other servers", may: [] },
  protocol: { holds: "what our server and our browser client say to each other", may: ["lib"] },
  db: { holds: "the connection, the tables, queries of one statement each", may: ["lib"] },
  domain: { holds: "every rule of the product; alone opens transactions", may: ["db", "lib"] },
  present: {
    holds: "from a row to what one viewer sees of it; pure",
    may: ["domain", "protocol", "lib"],
  },
  federation: { holds: "ActivityPub in and out; alone knows Fedify", may: ["domain", "lib"] },
  realtime: {
    holds: "WebSockets: the sessions of this process and the bus between processes",
    may: ["domain", "present", "protocol", "lib"],
  },
  routes: {
    holds: "HTTP: parse, call one function of the domain, present",
    may: ["domain", "present", "protocol", "lib"],
  },
  effects: {
    holds: "the table that says what follows each event after it is committed",
    may: ["domain", "federation", "realtime", "lib"],
  },
  jobs: { holds: "slow or timed work", may: ["domain", "present", "lib"] },
  cli: { holds: "the admin's commands", may: ["domain", "lib"] },
  web: { holds: "the browser client; no Node", may: ["protocol", "lib"] },
} as const satisfies Record<string, Layer>;

export type LayerName = keyof typeof layers;

/** Where a module may be imported: a layer, `roots` for the files directly under src, or `egress` for src/lib/egress*.ts. */
export type Place = LayerName | "roots" | "egress";

const server: readonly Place[] = [
  "lib",
  "egress",
  "db",
  "domain",
  "federation",
  "realtime",
  "routes",
  "effects",
  "jobs",
  "cli",
  "roots",
];

/** Who may import which package or Node module. A dependency without a row here may be imported by nobody under src. */
export const packages: Readonly<Record<string, readonly Place[]>> = {
  "@fedify/fedify": ["federation"],
  "@fedify/vocab": ["federation"],
  hono: ["routes", "realtime", "roots"],
  "@hono/node-server": ["routes", "realtime", "roots"],
  "hono-openapi": ["routes", "roots"],
  "swagger-ui-dist": ["routes"],
  ws: ["realtime", "roots"],
  "drizzle-orm": ["db"],
  postgres: ["db"],
  "graphile-worker": ["jobs"],
  nodemailer: ["jobs"],
  yazl: ["jobs"],
  pg: ["jobs"],
  zod: ["protocol", "federation", "realtime", "routes", "roots"],
  "@node-rs/argon2": ["lib", "domain"],
  otpauth: ["domain"],
  jose: ["domain"],
  "openid-client": ["domain"],
  "@simplewebauthn/server": ["domain"],
  bowser: ["present"],
  uuid: ["lib"],
  "sanitize-html": ["lib"],
  "ipaddr.js": ["lib", "egress"],
  "rate-limiter-flexible": ["lib"],
  canonicalize: ["federation"],
  undici: ["egress"],
  "@logtape/logtape": server,
  commander: ["cli"],
  preact: ["web"],
  "preact-iso": ["web"],
  "@preact/signals": ["web"],
  "@lingui/core": ["web"],
  "@fontsource-variable/inter": ["web"],
  idb: ["web"],
  dompurify: ["web"],
  uqr: ["web"],
  "node:http": ["egress", "roots"],
  "node:https": ["egress", "roots"],
  "node:http2": [],
  "node:tls": ["egress", "roots"],
  "node:dns": ["egress"],
  "node:dgram": [],
  "node:child_process": ["db"],
  "node:cluster": [],
  "node:vm": [],
};

/** The layers in which no module of Node exists: pure, or run in a browser. */
export const withoutNode: readonly LayerName[] = ["protocol", "present", "web"];
