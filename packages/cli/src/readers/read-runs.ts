import type { JsonObject } from '@plumbline/core';

import { Stop } from '../stop.ts';
import { agentdojoRun } from './agentdojo.ts';
import { objectOf } from './labels.ts';
import { openLog, parseLine, readLines, type Line } from './lines.ts';
import { openaiRun } from './openai.ts';
import { looksLikeSpans, SpanCollector } from './otel.ts';
import { FORMATS, type Format, type Run } from './run.ts';

/** How to read: `format` null detects it per file; `onBytes` is told the bytes read of the file. */
export type ReadOptions = {
  readonly format: Format | null;
  readonly onBytes?: (count: number) => void;
};

/**
 * Yields the runs of one file, plain or gzip, in batches.
 *
 * Errors: `Stop` with `file:line` for anything that is not a record of the format, and for a file
 * without a run.
 */
export async function* readRuns(
  path: string,
  { format, onBytes }: ReadOptions,
): AsyncGenerator<readonly Run[]> {
  const reader = new RunReader(path, format);
  for await (const lines of readLines(openLog(path), onBytes)) {
    if (lines.length > 0) yield reader.read(lines);
  }
  yield reader.finish();
}

/** Turns the lines of one file into runs; the first record says the format where none is given. */
export class RunReader {
  readonly #path: string;
  #format: Format | null;
  readonly #spans: SpanCollector;
  #hasRecord = false;

  constructor(path: string, format: Format | null) {
    this.#path = path;
    this.#format = format;
    this.#spans = new SpanCollector(path);
  }

  /** The format, or null before the first record. */
  get format(): Format | null {
    return this.#format;
  }

  /** Returns the runs that end in these lines; those of spans come at the end of the file. */
  read(lines: readonly Line[]): readonly Run[] {
    this.#hasRecord = true;
    const runs: Run[] = [];
    for (const line of lines) {
      const run = this.#record(line);
      if (run !== null) runs.push(run);
    }
    return runs;
  }

  /** Returns the runs known only now. Errors: `Stop` for a file without a run. */
  finish(): readonly Run[] {
    if (!this.#hasRecord) throw new Stop('the file holds no record', this.#path);
    if (this.#format !== 'otel') return [];
    const runs = this.#spans.runs();
    if (runs.length === 0) {
      const sought = 'gen_ai.input.messages, gen_ai.output.messages, gen_ai.tool.name';
      const next = 'does the exporter capture content?';
      throw new Stop(`no span or event tells a message or a call (${sought}), ${next}`, this.#path);
    }
    return runs;
  }

  #record(line: Line): Run | null {
    const place = { file: this.#path, line: line.number };
    const parsed = parseLine(line, this.#path);
    const record = objectOf(parsed, `${this.#path}:${line.number}`);
    this.#format ??= detectFormat(record, `${this.#path}:${line.number}`);
    switch (this.#format) {
      case 'agentdojo':
        return agentdojoRun(record, place);
      case 'openai':
        return openaiRun(record, place);
      case 'otel':
        this.#spans.add(record, line.number);
        return null;
    }
  }
}

/**
 * Returns the format of a file from its first record.
 *
 * Errors: `Stop` at `place` when it is none of them.
 */
export function detectFormat(record: JsonObject, place: string): Format {
  if (looksLikeSpans(record)) return 'otel';
  const { messages, suite, input, request } = record;
  if (Array.isArray(messages) && typeof suite === 'string' && 'user_task' in record) {
    return hasChatCalls(messages) ? 'openai' : 'agentdojo';
  }
  if (Array.isArray(messages) || input !== undefined || request !== undefined) return 'openai';
  const choices = FORMATS.join(', ');
  throw new Stop(`the format of this record is not known, give --format (${choices})`, place);
}

/** Chat Completions keep a call's name and arguments one level deeper than AgentDojo. */
function hasChatCalls(messages: readonly unknown[]): boolean {
  return messages.some((message) => {
    const calls: unknown = Object(message).tool_calls;
    return Array.isArray(calls) && calls.some((call) => typeof call?.function === 'object');
  });
}
