import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { loadPact, PactTrial } from '@plumbline/core';

import { Tally } from './tally.ts';
import type { FromTrial, ToTrial, TrialEntry, TrialJob } from './trial-messages.ts';

function start(own: MessagePort): void {
  // The compiler cannot see that `run-trial.ts` starts this thread, and with what.
  const { entry, files, fromAt, untilAt } = workerData as TrialJob;
  const loaded = loadPact(entry, (path) => files[path]);
  if (!loaded.ok) throw new Error('bug: a candidate that was compiled before it was tried');
  const trial = new PactTrial(loaded.value.pact);
  const tally = new Tally();
  const take = ({ index, entry: told, secret }: TrialEntry): void => {
    if (told.at > untilAt) return;
    const tried = trial.take(told, secret);
    if (told.kind === 'approval') tally.answer(secret);
    if (told.at < fromAt) return;
    if (told.kind === 'conflict') tally.conflicts += 1;
    if (tried !== null) tally.take({ ...tried, index });
    else if (told.kind === 'decided') tally.notOpened += 1;
  };
  own.on('message', (message: ToTrial) => {
    if (message.kind === 'entries') {
      for (const each of message.entries) take(each);
      say(own, { kind: 'took' });
      return;
    }
    say(own, { kind: 'trial', trial: tally.trial() });
    own.close();
  });
}

function say(own: MessagePort, message: FromTrial): void {
  own.postMessage(message, []);
}

// Last, because what it starts needs everything above.
if (parentPort !== null) start(parentPort);
