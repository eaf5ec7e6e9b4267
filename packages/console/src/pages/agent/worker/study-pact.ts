import {
  type CaseReport,
  type CompiledPact,
  type Diagnostic,
  explainPact,
  loadPact,
  runCases,
  type Section,
} from '@plumbline/core';

import type { PactFiles } from '../../../data/pacts.ts';

/** A tool as the pact has it: what it does, and whether it may be used. */
export type StudiedTool = {
  readonly name: string;
  readonly effect: 'read' | 'write' | 'send' | null;
  readonly reversible: 'yes' | 'partly' | 'no';
  readonly use: 'allowed' | 'a person is asked' | 'not allowed';
};

/** What is found by reading a pact: what is wrong with it, and what it means where it loads. */
export type Study = {
  readonly diagnostics: readonly Diagnostic[];
  /** The files it is made of, and those it names and has not. */
  readonly used: readonly string[];
  readonly missing: readonly string[];
  readonly pact: StudiedPact | null;
};

/** What a pact means that loads. */
export type StudiedPact = {
  readonly agent: string;
  readonly digest: string;
  readonly sections: readonly Section[];
  readonly tools: readonly StudiedTool[];
  readonly isStaged: boolean;
  /** Every case beside it, decided; and the rules no case covers. */
  readonly cases: CaseReport;
};

/** Reads a pact as `plumb pact check` and `plumb pact explain` do. */
export function studyPact({ entry, files }: PactFiles): Study {
  const asked = new Set<string>();
  const loaded = loadPact(entry, (path) => {
    asked.add(path);
    return files[path];
  });
  const used = [...asked].filter((path) => files[path] !== undefined);
  const missing = [...asked].filter((path) => files[path] === undefined);
  if (!loaded.ok) return { diagnostics: loaded.error, used, missing, pact: null };
  const { pact, warnings } = loaded.value;
  return {
    diagnostics: warnings,
    used,
    missing,
    pact: {
      agent: pact.agent,
      digest: pact.digest,
      sections: explainPact(loaded.value),
      tools: toolsOf(pact),
      isStaged: pact.staging !== null,
      cases: runCases(loaded.value),
    },
  };
}

function toolsOf(pact: CompiledPact): readonly StudiedTool[] {
  return [...pact.tools.values()].map(({ name, effect, reversible }) => ({
    name,
    effect,
    reversible,
    use: useOf(pact, name),
  }));
}

function useOf({ layers }: CompiledPact, tool: string): StudiedTool['use'] {
  if (!layers.every((layer) => layer.rulesFor(tool).allow.length > 0)) return 'not allowed';
  const isAsked = layers.some((layer) => layer.rulesFor(tool).stepUp.length > 0);
  return isAsked ? 'a person is asked' : 'allowed';
}
