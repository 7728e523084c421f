import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { benchFlood, formatFlood, relateFlood } from "./flood.ts";
import { benchGroup, formatGroup, relateGroup } from "./group.ts";
import { benchHistory, formatHistory, relateHistory } from "./history.ts";
import { benchInbox, formatInbox, relateInbox } from "./inbox.ts";
import { benchList, formatList, relateList } from "./list.ts";
import { benchOutbox, formatOutbox, relateOutbox } from "./outbox.ts";
import { benchSearch, formatSearch, relateSearch } from "./search.ts";
import { formatLines, relate } from "./report.ts";
import { benchSend } from "./send.ts";
import { describeMachine } from "./table.ts";
import { benchStorm, formatStorm, relateStorm } from "./storm.ts";
import { benchThroughput, formatThroughput, relateThroughput } from "./throughput.ts";

const usage = `npm run bench -- NAME [options]

  send    from A's request until all three live sessions of B have the message, committed;
          beside a bare relay (floor) and a relay with one commit per batch (prototype)
  group   one message to all members of a large group, each with a session; beside a relay that serialises its frame
          once (floor) and the prototype
  throughput  as many messages as go through, each sent when the one before is acknowledged; beside the prototype
  inbox   signed deliveries from other servers until they are answered, committed, and on the screens of their
          reader; beside request, digest, signature and JSON (floor), and Fedify's inbox with nothing behind it
  outbox  one post to people on many servers, some of them dead, until each live one has it;
          beside sign and POST (floor), and the same without dead ones
  flood   signed deliveries, and people who write here, with and without ten invalid requests for each delivery;
          then what each kind of invalid request costs
  search  words that are rare, medium, common and everywhere, until the newest twenty messages are there;
          beside the bare question to the index; and sends with and without indexing meanwhile
  history the list, and pages of a conversation: newest, deep, around a position, around a date; beside the bare rows
  storm   all lose their sockets at once and come back to what was sent meanwhile; beside bare sockets
  list    what a client asks when it opens and when it resumes, by somebody with ten conversations and somebody with
          ten thousand, among many more of others, or older than all of theirs

  --seconds N      of each run (5)
  --rounds N       interleaved (5)
  --rate N,N       messages per second (50,200; flood and search 20, group 5)
  --lines N        conversations that share the rate (send 10, throughput 32, inbox and flood 64, search 100,
                   history 60 beside the long one, storm 20); list: of one person (10000)
  --abreast N      throughput: messages under way at a time (64); storm: clients that come back at a time (128)
  --members N      group: beside the one who writes (1000)
  --clients N      storm: who lose their sockets (2000)
  --messages N     storm: sent while they are away (200)
  --hosts N        inbox, flood: servers that the senders are spread over (16); outbox: servers that it goes to (1000)
  --dead N         outbox: how many of them are dead (a fifth)
  --idle N,N       send: idle sessions beside them; the floor and the prototype have the first number (1000,10000)
  --rows N,N       search: messages in all (200000); history: messages in one conversation (100000,1000000);
                   list: conversations of others (50000)
  --against DIR    another checkout with the same schema and its dependencies, as one more contender
  --json FILE      also write everything there
`;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string" },
    rounds: { type: "string" },
    rate: { type: "string" },
    lines: { type: "string" },
    abreast: { type: "string" },
    members: { type: "string" },
    clients: { type: "string" },
    messages: { type: "string" },
    hosts: { type: "string" },
    dead: { type: "string" },
    idle: { type: "string" },
    against: { type: "string" },
    rows: { type: "string" },
    json: { type: "string" },
  },
});

function numbers(name: Exclude<keyof typeof values, "against" | "json">, ...usual: number[]): number[] {
  const given = values[name]?.split(",").map(Number) ?? usual;
  if (given.some((value) => !Number.isInteger(value) || value < 0))
    throw new Error(`--${name} wants whole numbers, not ${values[name]}`);
  return given;
}

function common() {
  const one = (name: "seconds" | "rounds") => numbers(name, 5)[0] ?? 0;
  return {
    seconds: one("seconds"),
    rounds: one("rounds"),
    rates: numbers("rate", 50, 200),
    against: values.against,
  };
}

/** What a bench answers: what it ran with, its figures in relation, and every round behind them. */
interface Report {
  readonly options: object;
  readonly lines: readonly object[];
  readonly series: readonly object[];
  readonly table: string;
}

const benches: Readonly<Record<string, () => Promise<Report>>> = {
  send: async () => {
    const options = { ...common(), lines: numbers("lines", 10)[0] ?? 0, idle: numbers("idle", 1000, 10_000) };
    const series = await benchSend({ ...options, say });
    const lines = relate(series);
    return { options, series, lines, table: formatLines(lines) };
  },
  group: async () => {
    const options = { ...common(), rates: numbers("rate", 5), members: numbers("members", 1000)[0] ?? 0 };
    const series = await benchGroup({ ...options, say });
    const lines = relateGroup(series);
    return { options, series, lines, table: formatGroup(lines) };
  },
  throughput: async () => {
    const [lines, abreast] = [numbers("lines", 32)[0] ?? 0, numbers("abreast", 64)[0] ?? 0];
    const options = { ...common(), lines, abreast };
    const series = await benchThroughput({ ...options, say });
    const related = relateThroughput(series);
    return { options, series, lines: related, table: formatThroughput(related) };
  },
  inbox: async () => {
    const [authors, hosts] = [numbers("lines", 64)[0] ?? 0, numbers("hosts", 16)[0] ?? 0];
    const options = { ...common(), lines: authors, hosts };
    const series = await benchInbox({ ...options, say });
    const lines = relateInbox(series);
    return { options, series, lines, table: formatInbox(lines) };
  },
  flood: async () => {
    const [authors, hosts] = [numbers("lines", 64)[0] ?? 0, numbers("hosts", 16)[0] ?? 0];
    const options = { ...common(), rates: numbers("rate", 20), lines: authors, hosts, samples: 200 };
    const { series, costs } = await benchFlood({ ...options, say });
    const lines = relateFlood(series);
    return { options, series: [...series, ...costs], lines, table: formatFlood(lines, costs) };
  },
  search: async () => {
    const [rows, lines] = [numbers("rows", 200_000)[0] ?? 0, numbers("lines", 100)[0] ?? 0];
    const options = { ...common(), rows, lines, rate: numbers("rate", 20)[0] ?? 0, asked: 100 };
    const series = await benchSearch({ ...options, say });
    const related = relateSearch(series);
    return { options, series, lines: related, table: formatSearch(related) };
  },
  history: async () => {
    const rows = numbers("rows", 100_000, 1_000_000);
    const options = { rounds: common().rounds, rows, lines: numbers("lines", 60)[0] ?? 0, asked: 100 };
    const series = await benchHistory({ ...options, say });
    const lines = relateHistory(series);
    return { options, series, lines, table: formatHistory(lines) };
  },
  storm: async () => {
    const one = (name: "clients" | "lines" | "messages" | "abreast", usual: number) =>
      numbers(name, usual)[0] ?? 0;
    const options = {
      rounds: common().rounds,
      clients: one("clients", 2_000),
      lines: one("lines", 20),
      messages: one("messages", 200),
      abreast: one("abreast", 128),
    };
    const series = await benchStorm({ ...options, say });
    const lines = relateStorm(series);
    return { options, series, lines, table: formatStorm(lines) };
  },
  list: async () => {
    const [lines, rows] = [numbers("lines", 10_000)[0] ?? 0, numbers("rows", 50_000)[0] ?? 0];
    const options = { rounds: common().rounds, lines, rows, asked: 50 };
    const series = await benchList({ ...options, say });
    const related = relateList(series);
    return { options, series, lines: related, table: formatList(related) };
  },
  outbox: async () => {
    const hosts = numbers("hosts", 1000)[0] ?? 0;
    const dead = numbers("dead", Math.floor(hosts / 5))[0] ?? 0;
    const options = { rounds: common().rounds, hosts, dead, against: values.against };
    const series = await benchOutbox({ ...options, say });
    const lines = relateOutbox(series);
    return { options, series, lines, table: formatOutbox(lines) };
  },
};

const [name = ""] = positionals;
const bench = positionals.length === 1 ? benches[name] : undefined;
if (bench === undefined) {
  process.stdout.write(usage);
  process.exitCode = 1;
} else {
  const { table, ...figures } = await bench();
  process.stdout.write(`${table}\n`);
  const report = { bench: name, at: new Date().toISOString(), machine: describeMachine(), ...figures };
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
