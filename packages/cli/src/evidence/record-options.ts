import type { Command } from 'commander';

/** The options of every command that reads a record. */
export type RecordOptions = {
  readonly rootKey?: string;
  readonly openings?: string;
  readonly json?: boolean;
};

/** Adds what every command that reads a record takes. */
export function addRecordOptions(command: Command): Command {
  return command
    .option('--root-key <file>', 'opens what is sealed (default: that of the daemon)')
    .option('--openings <file>', 'openings, lines of an index and 128 hex digits')
    .option('--json', 'print one JSON object');
}
