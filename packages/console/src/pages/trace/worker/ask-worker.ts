import type { FromWorker, QuestionName, Questions, ToWorker } from './questions.ts';
import type { SessionRecord } from './session-record.ts';
// oxlint-disable-next-line import/default -- the bundler makes the address of the worker's script
import workerPlace from './trace-worker.ts?worker&url';

type Waiting = {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
};

const waiting = new Map<number, Waiting>();
let worker: Worker | null = null;
let known: SessionRecord | null = null;
let lastId = 0;

/**
 * Asks the worker about a session. What takes long (compiling pacts, deciding again, looking for a
 * value in everything that was read) is done there, so that the page never waits.
 */
export function askWorker<Name extends QuestionName>(
  record: SessionRecord,
  name: Name,
  asked: Questions[Name]['asked'],
): Promise<Questions[Name]['answer']> {
  const started = (worker ??= startWorker());
  if (known !== record) tell(started, { record });
  known = record;
  lastId += 1;
  const id = lastId;
  const answered = new Promise<unknown>((resolve, reject) => {
    waiting.set(id, { resolve, reject });
  });
  // A question's name and what it asks belong together, which the union cannot say of a generic.
  tell(started, { id, name, asked } as ToWorker);
  // The worker answers by the table of `Questions`; messages are untyped.
  return answered as Promise<Questions[Name]['answer']>;
}

function tell(to: Worker, message: ToWorker): void {
  to.postMessage(message, []);
}

function startWorker(): Worker {
  const started = new Worker(trustedPlace(workerPlace), { type: 'module', name: 'trace' });
  started.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.ok) asker?.resolve(data.answer);
    else asker?.reject(new Error(data.why));
  });
  started.addEventListener('error', () => {
    for (const { reject } of waiting.values()) reject(new Error('the worker of this page failed'));
    waiting.clear();
    started.terminate();
    worker = null;
    known = null;
  });
  return started;
}

/** Where trusted types are enforced, the address of a script is vouched for: the bundle's own. */
function trustedPlace(place: string): string {
  const trustedTypes: unknown = Reflect.get(globalThis, 'trustedTypes');
  if (!isTrustedTypes(trustedTypes)) return place;
  policy ??= trustedTypes.createPolicy('plumbline-worker', {
    createScriptURL: (text) => {
      if (text !== workerPlace) throw new TypeError('no script of this page');
      return text;
    },
  });
  return policy.createScriptURL(place);
}

type Policy = { readonly createScriptURL: (text: string) => string };
type TrustedTypes = { readonly createPolicy: (name: string, rules: Policy) => Policy };

let policy: Policy | null = null;

function isTrustedTypes(value: unknown): value is TrustedTypes {
  return typeof Reflect.get(Object(value), 'createPolicy') === 'function';
}
