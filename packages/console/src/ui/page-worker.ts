/**
 * One of the questions a worker takes, on its way to it. `Questions` says by name what is asked
 * and what is answered.
 */
export type WorkerQuestion<
  Questions extends Readonly<Record<keyof Questions, { readonly asked: unknown }>>,
> = {
  readonly [Name in keyof Questions]: {
    readonly id: number;
    readonly name: Name;
    readonly asked: Questions[Name]['asked'];
  };
}[keyof Questions];

/** What a worker answers to one question, or why it could not. */
export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly answer: unknown }
  | { readonly id: number; readonly ok: false; readonly why: string };

/** A worker of a page: each question is answered once, in whatever order. */
export type PageWorker = {
  /** Sends something that is not answered. */
  readonly tell: (message: unknown) => void;
  /** Asks; rejects with what the worker says went wrong, or because it failed. */
  readonly ask: (question: object) => Promise<unknown>;
};

type Waiting = {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
};

/**
 * Starts a worker from a script of the bundle.
 *
 * failed: called once where the worker failed, after all who wait were told; it answers no more.
 */
export function startPageWorker(name: string, place: string, failed: () => void): PageWorker {
  const waiting = new Map<number, Waiting>();
  const worker = new Worker(trustedPlace(place), { type: 'module', name });
  let lastId = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<WorkerReply>) => {
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.ok) asker?.resolve(data.answer);
    else asker?.reject(new Error(data.why));
  });
  worker.addEventListener('error', () => {
    for (const { reject } of waiting.values()) reject(new Error('the worker of this page failed'));
    waiting.clear();
    worker.terminate();
    failed();
  });
  return {
    tell: (message) => worker.postMessage(message, []),
    ask: (question) => {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        worker.postMessage({ ...question, id }, []);
      });
    },
  };
}

const places = new Set<string>();

/** Where trusted types are enforced, the address of a script is vouched for: the bundle's own. */
function trustedPlace(place: string): string {
  const trustedTypes: unknown = Reflect.get(globalThis, 'trustedTypes');
  if (!isTrustedTypes(trustedTypes)) return place;
  places.add(place);
  policy ??= trustedTypes.createPolicy('plumbline-worker', {
    createScriptURL: (text) => {
      if (!places.has(text)) throw new TypeError('no script of this page');
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
