import {
  agentQuestions,
  diffPacts,
  draftForAgent,
  formatPact,
  type LoadedPact,
  loadPact,
} from '@plumbline/core';

import type { PactFiles } from '../../../data/pacts.ts';
import type { Question } from './questions.ts';
import { studyPact } from './study-pact.ts';

const MOST_KEPT = 8;
const kept = new Map<string, LoadedPact>();

/** Answers a question about pacts with what core says, in whatever thread this is called. */
export function answerQuestion({ name, asked }: Question): unknown {
  switch (name) {
    case 'study':
      return studyPact(asked);
    case 'compare': {
      const after = loaded(asked.after);
      const before = asked.before === null ? null : loaded(asked.before);
      return before === null || after === null ? null : diffPacts(before, after).changes;
    }
    case 'format':
      return formatPact(asked.text, asked.name);
    case 'draft':
      return draftForAgent(asked);
    case 'answers': {
      const pact = asked.pact === null ? null : (loaded(asked.pact)?.pact ?? null);
      return agentQuestions({ ...asked.facts, pact });
    }
  }
}

/** The pact of sources, compiled once while few are looked at; null where it has errors. */
function loaded({ entry, files }: PactFiles): LoadedPact | null {
  const key = JSON.stringify([entry, files]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const read = loadPact(entry, (path) => files[path]);
  if (!read.ok) return null;
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, read.value);
  return read.value;
}
