import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Models } from '../models.ts';
import {
  type ModelsAnswer,
  type ModelsCall,
  type NumberedCall,
  unpackEntries,
} from './models-calls.ts';
import { type ModelsOptions, openModels } from './models.ts';
import { StoreError } from './sqlite-error.ts';

/** Does what a call asks and returns what it is answered with. */
async function answer(models: Models, call: ModelsCall): Promise<unknown> {
  switch (call.kind) {
    case 'fold':
      return models.fold(call.from, unpackEntries(call.entries));
    case 'sessions':
      return models.sessions(call.filter);
    case 'decisions':
      return models.decisions(call.filter);
    case 'events':
      return models.events(call.filter);
    case 'grants':
      return models.grants(call.filter);
    case 'grantCounts':
      return models.grantCounts(call.filter);
    case 'nameLike':
      return models.nameLike(call.wanted);
    case 'roomOpenings':
      return models.roomOpenings(call.of);
    case 'activity':
      return models.activity(call.sinceAt);
    case 'decision':
      return models.decision(call.decision);
    case 'whereDecided':
      return models.whereDecided(call.decisions);
    default:
      return models[call.kind]();
  }
}

async function settle(number: number, work: () => Promise<unknown>): Promise<ModelsAnswer> {
  try {
    return { number, ok: true, value: await work() };
  } catch (error) {
    const fault = error instanceof StoreError ? error.fault : null;
    const message = error instanceof Error ? error.message : String(error);
    return { number, ok: false, fault, message };
  }
}

const port = parentPort;
if (port !== null) await start(port);

async function start(own: MessagePort): Promise<void> {
  // The compiler cannot see that `models-worker.ts` starts this thread, and with what.
  const options = workerData as ModelsOptions;
  let models: Models | undefined;
  const opened = await settle(0, async () => {
    models = openModels(options);
  });
  own.postMessage(opened, []);
  if (models === undefined) own.close();
  else serve(models, own);
}

function serve(models: Models, own: MessagePort): void {
  const reply = async ({ number, call }: NumberedCall): Promise<void> => {
    own.postMessage(await settle(number, () => answer(models, call)), []);
    if (call.kind === 'close') own.close();
  };
  own.on('message', (order: NumberedCall) => void reply(order));
}
