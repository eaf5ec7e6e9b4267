import type { QuestionName, Questions, Reply } from './questions.ts';

type Waiting = {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
};

const waiting = new Map<number, Waiting>();
let worker: Promise<Worker> | null = null;
let lastId = 0;

/** Asks the worker about pacts: what compiles and compares them never keeps the page waiting. */
export async function askWorker<Name extends QuestionName>(
  name: Name,
  asked: Questions[Name]['asked'],
): Promise<Questions[Name]['answer']> {
  const started = await (worker ??= startWorker());
  lastId += 1;
  const id = lastId;
  const answered = new Promise<unknown>((resolve, reject) => {
    waiting.set(id, { resolve, reject });
  });
  started.postMessage({ id, name, asked }, []);
  // The worker answers by the table of `Questions`; messages are untyped.
  return answered as Promise<Questions[Name]['answer']>;
}

async function startWorker(): Promise<Worker> {
  const { default: place } = await import('./pact-worker.ts?worker&url');
  const started = new Worker(trustedPlace(place), { type: 'module', name: 'pacts' });
  started.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
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
  });
  return started;
}

/** Where trusted types are enforced, the address of a script is vouched for: the bundle's own. */
function trustedPlace(place: string): string {
  const trustedTypes: unknown = Reflect.get(globalThis, 'trustedTypes');
  if (!isTrustedTypes(trustedTypes)) return place;
  policy ??= trustedTypes.createPolicy('plumbline-pacts', {
    createScriptURL: (text) => {
      if (text !== place) throw new TypeError('no script of this page');
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
