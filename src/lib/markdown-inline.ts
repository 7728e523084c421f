import { hrefOf, withoutTail } from "./web-address.ts";

/** Whom a text names: `@bo`, or `@bo@b.example`. */
export interface Mention {
  readonly name: string;
  readonly host: string | null;
}

/** A stretch within a line. */
export type Inline =
  | { readonly kind: "text" | "code"; readonly text: string }
  | { readonly kind: "break" }
  | { readonly kind: Emphasis; readonly children: readonly Inline[] }
  | { readonly kind: "link"; readonly href: string; readonly children: readonly Inline[] }
  | ({ readonly kind: "mention" } & Mention);
type Emphasis = "emphasis" | "strong" | "strike";

/**
 * What stands next, whatever it is. A backslash is a marker before markers only: not before another one, for shares are
 * called \\server, and not in ¯\_(ツ)_/¯. A mention is none within an address of another kind, such as bo@b.example.
 */
const token = new RegExp(
  [
    String.raw`¯\\_`,
    String.raw`\\(?<escaped>[\x60*_~[\]()>@.-])`,
    String.raw`(?<ticks>\x60+)`,
    String.raw`(?<marks>\*+|_+|~+)`,
    String.raw`(?<bracket>[[\]])`,
    String.raw`(?<line>\n)`,
    String.raw`(?<![\p{L}\p{N}_@/=])@(?<name>\w(?:[\w.-]*\w)?)(?:@(?<host>(?:[\p{L}\p{N}-]+\.)*[\p{L}\p{N}-]+(?::\d{1,5})?))?(?![\w@/]|\.\w)`,
    String.raw`(?<address>\bhttps?:\/\/[^\s<>"'\x60\]]+(?:\](?!\()[^\s<>"'\x60\]]*)*)`,
    String.raw`[^\\\x60*_~[\]\n@h¯]+|[^]`,
  ].join("|"),
  "iuy",
);
/** What follows the words of a link. A bracket within an address is closed within it. */
const destination = /\((https?:\/\/(?:[^\s()<>]|\([^\s()<>]*\)){1,2048})\)/iy;

/** Reads the stretches of a paragraph. */
export function parseInline(source: string): Inline[] {
  return new InlineReader(source).read();
}

/** What stretches say, without their markers. */
export function plainInline(stretches: readonly Inline[]): string {
  return stretches.map(plainStretch).join("");
}

function plainStretch(stretch: Inline): string {
  if ("text" in stretch) return stretch.text;
  if ("children" in stretch) return plainInline(stretch.children);
  return stretch.kind === "break" ? "\n" : nameOf(stretch);
}

/** A mention as it was typed. */
export function nameOf({ name, host }: Mention): string {
  return host === null ? `@${name}` : `@${name}@${host}`;
}

class InlineReader {
  readonly #source: string;
  readonly #closingTicks: ReadonlyMap<number, number>;
  readonly #nodes: Inline[] = [];
  /**
   * The nodes which a later marker may make the beginning of an emphasis: the newest of each kind. What it would enclose
   * is forgotten, and so is what would enclose its like: so nothing is looked for twice, and no kind is within itself.
   */
  readonly #openers = new Map<string, number>();
  readonly #brackets: number[] = [];

  constructor(source: string) {
    this.#source = source;
    this.#closingTicks = findClosingTicks(source);
  }

  read(): Inline[] {
    for (let at = 0; at < this.#source.length;) {
      token.lastIndex = at;
      const [typed, groups] = parts(token.exec(this.#source));
      at += this.#take(typed, groups, at);
    }
    return merged(this.#nodes);
  }

  /** Answers how much of the source was taken. */
  #take(typed: string, groups: Groups, at: number): number {
    const { escaped, name, host = null, address } = groups;
    if (groups["ticks"] !== undefined) return this.#takeCode(typed, at);
    if (groups["marks"] !== undefined) this.#takeMarks(typed, at);
    else if (typed === "]") return 1 + this.#takeDestination(at + 1);
    else if (address !== undefined) return this.#takeAddress(address);
    else if (name !== undefined) this.#nodes.push({ kind: "mention", name, host });
    else if (typed === "\n") this.#nodes.push({ kind: "break" });
    else {
      if (typed === "[") this.#brackets.push(this.#nodes.length);
      this.#say(escaped ?? typed);
    }
    return typed.length;
  }

  #say(text: string): void {
    this.#nodes.push({ kind: "text", text });
  }

  #takeCode(ticks: string, at: number): number {
    const end = this.#closingTicks.get(at);
    if (end === undefined) {
      this.#say(ticks);
      return ticks.length;
    }
    const text = this.#source.slice(at + ticks.length, end);
    // One space on each side is there for code that begins or ends with a backtick.
    this.#nodes.push({ kind: "code", text: /^ .*[^ ].* $/s.test(text) ? text.slice(1, -1) : text });
    return end + ticks.length - at;
  }

  #takeAddress(address: string): number {
    const typed = withoutTail(address);
    const href = hrefOf(typed);
    if (href === null) this.#say(typed);
    else this.#nodes.push({ kind: "link", href, children: [{ kind: "text", text: typed }] });
    return typed.length;
  }

  #takeDestination(at: number): number {
    const opener = this.#brackets.pop();
    destination.lastIndex = at;
    const [typed = "", address = ""] = (opener !== undefined && destination.exec(this.#source)) || [];
    const href = hrefOf(address);
    const words = opener === undefined || href === null ? [] : this.#nodes.slice(opener + 1);
    if (opener === undefined || href === null || !/[\p{L}\p{N}\p{P}\p{S}]/u.test(plainInline(words))) {
      this.#say("]");
      return 0;
    }
    this.#nodes.length = opener;
    this.#nodes.push({ kind: "link", href, children: merged(words.flatMap(unlinked)) });
    this.#brackets.length = 0;
    this.#forget((_marker, index) => index > opener);
    return typed.length;
  }

  #takeMarks(marks: string, at: number): void {
    const [sign = ""] = marks;
    let left = marks.length;
    const [opens, closes] = flanks(this.#source[at - 1], this.#source[at + left], sign === "_");
    const isMarker = sign === "~" ? left === 2 : left <= 3;
    while (isMarker && closes && left > 0) {
      const used = this.#close(sign, left);
      if (used === 0) break;
      left -= used;
    }
    if (left === 0) return;
    if (isMarker && opens) this.#openers.set(sign.repeat(left), this.#nodes.length);
    this.#say(sign.repeat(left));
  }

  /** Makes what stands after the nearest opener an emphasis; answers how many of the closing signs that took. */
  #close(sign: string, left: number): number {
    let [opener, length] = [-1, 0];
    for (const size of [1, 2, 3]) {
      const index = this.#openers.get(sign.repeat(size)) ?? -1;
      if (index > opener && (size === left || size === 3 || left === 3)) [opener, length] = [index, size];
    }
    if (opener === -1) return 0;
    const used = Math.min(length, left);
    const children = merged(this.#nodes.splice(opener + 1));
    this.#nodes.pop();
    this.#forget((marker, index) => index >= opener || isAlike(marker, sign, used));
    while ((this.#brackets.at(-1) ?? -1) > opener) this.#brackets.pop();
    const rest = sign.repeat(length - used);
    if (rest !== "") {
      this.#openers.set(rest, opener);
      this.#say(rest);
    }
    this.#nodes.push(emphasis(sign, used, children));
    return used;
  }

  #forget(isOver: (marker: string, index: number) => boolean): void {
    for (const [marker, index] of this.#openers) if (isOver(marker, index)) this.#openers.delete(marker);
  }
}

type Groups = Readonly<Record<string, string | undefined>>;

function parts(match: RegExpExecArray | null): [string, Groups] {
  if (match === null) throw new Error("the last alternative takes every character");
  return [match[0], match.groups ?? {}];
}

/** For each run of backticks the next one of the same length, read from the end. */
function findClosingTicks(source: string): Map<number, number> {
  const closing = new Map<number, number>();
  const nearest = new Map<number, number>();
  for (const { 0: run, index } of [...source.matchAll(/`+/g)].toReversed()) {
    const end = nearest.get(run.length);
    if (end !== undefined) closing.set(index, end);
    nearest.set(run.length, index);
  }
  return closing;
}

const punctuation = /[\p{P}$+<=>^`|~]/u;
/** They are written without spaces, so that a word may stand right beside the closing bracket of another one. */
const unspaced = /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}]/u;

/** Whether a run of marks between two characters may open an emphasis, and whether it may close one. */
function flanks(before = "\n", after = "\n", isUnderscore: boolean): [boolean, boolean] {
  const [followsSign, precedesSign] = [punctuation.test(before), punctuation.test(after)];
  const [follows, precedes] = [before, after].map(
    (one) => /\s/u.test(one) || punctuation.test(one) || unspaced.test(one),
  );
  const isLeft = !/\s/u.test(after) && (!precedesSign || follows === true);
  const isRight = !/\s/u.test(before) && (!followsSign || precedes === true);
  if (!isUnderscore) return [isLeft, isRight];
  return [isLeft && (!isRight || followsSign), isRight && (!isLeft || precedesSign)];
}

/** One sign is an emphasis, two are a strong one, three are both: each is a bit of the length. */
function isAlike(marker: string, sign: string, used: number): boolean {
  return marker.startsWith("~") === (sign === "~") && (marker.length & used) !== 0;
}

function emphasis(sign: string, used: number, children: Inline[]): Inline {
  if (sign === "~") return { kind: "strike", children };
  const inner: Inline = { kind: used === 2 ? "strong" : "emphasis", children };
  return used === 3 ? { kind: "strong", children: [inner] } : inner;
}

/** A link holds no other one. */
function unlinked(stretch: Inline): Inline[] {
  if (stretch.kind === "mention") return [{ kind: "text", text: nameOf(stretch) }];
  if (!("children" in stretch)) return [stretch];
  const children = stretch.children.flatMap(unlinked);
  return stretch.kind === "link" ? children : [{ ...stretch, children }];
}

function merged(stretches: readonly Inline[]): Inline[] {
  const nodes: Inline[] = [];
  let words = "";
  const say = () => {
    if (words !== "") nodes.push({ kind: "text", text: words });
    words = "";
  };
  for (const stretch of stretches) {
    if (stretch.kind === "text") words += stretch.text;
    else {
      say();
      nodes.push(stretch);
    }
  }
  say();
  return nodes;
}
