/** How one of B's sessions learned of a message. */
export interface Arrival {
  readonly session: number;
  readonly key: string;
  /** The message's number within its conversation. */
  readonly position: number;
}

/** A's way to B: one conversation, with live sessions of B at its end. */
export interface Line {
  /** Makes one message ready, before the clock runs; what is returned sends it and settles when it is acknowledged. */
  prepare(key: string, text: string): () => Promise<void>;
}

/** A message as the server has kept it. */
export interface StoredRow {
  readonly key: string;
  readonly position: number;
  /** Null where only the keys are kept. */
  readonly text: string | null;
}

/** CPU seconds since the start of the processes. */
export interface CpuTimes {
  readonly server: number;
  readonly postgres: number;
}

/** Something that carries messages from A to B, in processes of its own. */
export interface Contender {
  readonly name: string;
  readonly lines: readonly Line[];
  /** Live sessions of B on each line; none where nothing is pushed. */
  readonly sessions: number;
  /** Called with every arrival on every line; one listener at a time. */
  hear(listener: (line: number, arrival: Arrival) => void): void;
  /** The messages of one line beyond a number, in their order; null where none are kept. */
  stored(line: number, after: number): Promise<readonly StoredRow[] | null>;
  /** Rows of each table, where they are counted. */
  countRows?(): Promise<ReadonlyMap<string, number>>;
  /** Null where the system does not tell. */
  cpu(): Promise<CpuTimes | null>;
  close(): Promise<void>;
}

/** Live sessions of B on each line, where there are any. */
export const SESSIONS = 3;

/** What to start, apart from who it is. */
export interface Scale {
  /** Conversations, each with its own A and B. */
  readonly lines: number;
  /** Sessions that only listen. */
  readonly idle: number;
  /** Live sessions of B on each line (3); `each`: B is as many people, in one group with A. */
  readonly sessions?: number;
  readonly each?: boolean;
  /** Connections over which all A send, where they send over HTTP: a browser opens 6. */
  readonly connections?: number;
}
