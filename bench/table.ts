import { cpus, totalmem } from "node:os";
import type { Spread } from "./stats.ts";

/** A column of a table of figures. */
export type Column<Line> = readonly [title: string, cell: (line: Line) => string];

/** Figures as a table (Markdown). */
export function formatTable<Line>(columns: readonly Column<Line>[], lines: readonly Line[]): string {
  const rows = [
    columns.map(([title]) => title),
    ...lines.map((line) => columns.map(([, cell]) => cell(line))),
  ];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const format = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [format(rows[0] ?? []), rule, ...rows.slice(1).map(format)].join("\n");
}

/** The median with the least and the most; a dash for what was not measured. */
export function formatSpread({ median, least, most }: Spread): string {
  return Number.isNaN(median) ? "-" : `${median.toFixed(2)} (${least.toFixed(2)}-${most.toFixed(2)})`;
}

/** What the figures were measured on, in general terms. */
export function describeMachine() {
  return {
    cpus: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}
