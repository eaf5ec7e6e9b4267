import { type PageWorker, startPageWorker } from '../../../ui/page-worker.ts';
import type { QuestionName, Questions } from './questions.ts';

let worker: Promise<PageWorker> | null = null;

/** Asks the worker about pacts: what compiles and compares them never keeps the page waiting. */
export async function askWorker<Name extends QuestionName>(
  name: Name,
  asked: Questions[Name]['asked'],
): Promise<Questions[Name]['answer']> {
  const started = await (worker ??= startWorker());
  // The worker answers by the table of `Questions`; messages are untyped.
  return started.ask({ name, asked }) as Promise<Questions[Name]['answer']>;
}

async function startWorker(): Promise<PageWorker> {
  const { default: place } = await import('./pact-worker.ts?worker&url');
  return startPageWorker('pacts', place, () => {
    worker = null;
  });
}
