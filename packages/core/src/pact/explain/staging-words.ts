import type { StagingCheck } from '../../staging/rule.ts';
import { spanText } from '../analysis/setting-values.ts';
import type { PactDocument, StagingDocument } from '../document.ts';

/** Returns what is staged, and how it comes to be live, in sentences. */
export function stagingLines({ staging }: PactDocument): readonly string[] {
  if (staging === null) return [];
  const tools = staging.tools.map(({ value }) => `\`${value}\``).join(', ');
  return [
    `${tools}: ${firstWords(staging)}.`,
    `Each step lasts ${spanText(staging.promoteAfterMs) ?? ''} at least, and until ` +
      `${checkWords(staging)}; a check that fails takes every call back to ` +
      `\`${staging.upstream}\` by itself, until a person says otherwise.`,
  ];
}

function firstWords({ begins, share, upstream }: StagingDocument): string {
  const some = share === null ? '' : `${Math.round(share * 10_000) / 100}% of sessions`;
  const rest = `all others go to the upstream \`${upstream}\``;
  if (begins === 'canary') return `at first only ${some} reach the live tool, ${rest}; then all do`;
  const then = share === null ? 'then to the live tool' : `then ${some} reach the live tool`;
  return `every call goes to the upstream \`${upstream}\` first, ${then}${
    share === null ? '' : ', then all do'
  }`;
}

function checkWords({ checks, sample }: StagingDocument): string {
  if (checks.length === 0) return 'that is over';
  return `these checks pass on the first ${sample}: ${checks.map(nameOf).join(', ')}`;
}

function nameOf({ name, below }: StagingCheck): string {
  return below === null ? name : `${name} below ${Math.round(below * 10_000) / 100}%`;
}
