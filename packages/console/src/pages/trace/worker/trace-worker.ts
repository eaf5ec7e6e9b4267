import { type CompiledPact, formatDiagnostic, loadPact, rulesAbout } from '@plumbline/core';

import type { PactSources } from '../../../data/pacts.ts';
import type { WorkerReply } from '../../../ui/page-worker.ts';
import { compareDecision } from './compare-decision.ts';
import { explainDecision } from './explain-decision.ts';
import { originTrail } from './origin-trail.ts';
import type { Question, ToWorker } from './questions.ts';
import { replaySession } from './replay.ts';
import { readRows, type SessionRecord } from './session-record.ts';

const MOST_PACTS = 32;
const pacts = new Map<string, CompiledPact>();
let record: SessionRecord = { agent: '', session: '', rows: [] };

globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if ('record' in data) record = data.record;
  else say(answerTo(data));
});

function answerTo(question: Question): WorkerReply {
  const { id } = question;
  try {
    return { id, ok: true, answer: answerOf(question) };
  } catch (error) {
    return { id, ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

function answerOf({ name, asked }: Question): unknown {
  switch (name) {
    case 'rules':
      return rulesAbout(compiled(asked.pact), asked.tool);
    case 'explain':
      return explainDecision(compiled(asked.pact), readRows(record), asked.index);
    case 'trail':
      return originTrail(compiled(asked.pact), readRows(record), asked);
    case 'compare': {
      const [own, other] = [asked.own, asked.other].map(compiledOrNone);
      return compareDecision(record, asked.index, { own: own ?? null, other: other ?? null });
    }
    case 'replay': {
      const own = new Map(asked.own.map((pact) => [pact.digest, compiled(pact)]));
      const other = asked.other === null ? null : compiled(asked.other);
      return replaySession(record, { own: (digest) => own.get(digest) ?? null, other });
    }
  }
}

function compiledOrNone(sources: PactSources | null): CompiledPact | null {
  return sources === null ? null : compiled(sources);
}

function compiled(sources: PactSources): CompiledPact {
  const known = pacts.get(sources.digest);
  if (known !== undefined) return known;
  const loaded = loadPact(sources.entry, (path) => sources.files[path]);
  if (!loaded.ok) {
    const first = loaded.error[0];
    const why = first === undefined ? 'it has errors' : formatDiagnostic(first);
    throw new Error(`the pact cannot be compiled: ${why}`);
  }
  if (pacts.size >= MOST_PACTS) pacts.clear();
  pacts.set(sources.digest, loaded.value.pact);
  return loaded.value.pact;
}

function say(message: WorkerReply): void {
  // A worker has one to talk to: nothing is transferred, and there is no origin to name.
  globalThis.postMessage(message, {});
}
