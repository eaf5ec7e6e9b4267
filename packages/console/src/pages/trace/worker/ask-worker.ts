import { type PageWorker, startPageWorker } from '../../../ui/page-worker.ts';
import type { QuestionName, Questions } from './questions.ts';
import type { SessionRecord } from './session-record.ts';
// oxlint-disable-next-line import/default -- the bundler makes the address of the worker's script
import workerPlace from './trace-worker.ts?worker&url';

let worker: PageWorker | null = null;
let known: SessionRecord | null = null;

/**
 * Asks the worker about a session. What takes long (compiling pacts, deciding again, looking for a
 * value in everything that was read) is done there, so that the page never waits.
 */
export function askWorker<Name extends QuestionName>(
  record: SessionRecord,
  name: Name,
  asked: Questions[Name]['asked'],
): Promise<Questions[Name]['answer']> {
  worker ??= startPageWorker('trace', workerPlace, forget);
  if (known !== record) worker.tell({ record });
  known = record;
  // The worker answers by the table of `Questions`; messages are untyped.
  return worker.ask({ name, asked }) as Promise<Questions[Name]['answer']>;
}

function forget(): void {
  worker = null;
  known = null;
}
