import type { FoundPlace } from './worker/find-places.ts';
import type { Trail, TrailPlace } from './worker/origin-trail.ts';

/** How an entry stands on the way of a value: where it was asked for, stands, or passed by. */
export type PathMark =
  | { readonly kind: 'start' | 'way' }
  | { readonly kind: 'place'; readonly trust: FoundPlace['trust'] };

/** Returns every entry on the way of a value, by its index. */
export function pathMarks(of: number | null, trail: Trail | null): ReadonlyMap<number, PathMark> {
  const marks = new Map<number, PathMark>();
  if (of === null || trail === null) return marks;
  for (const place of trail.places) markBehind(place, marks);
  // Where the value itself stands says more than that something passed by.
  for (const { index, trust } of trail.places) marks.set(index, { kind: 'place', trust });
  marks.set(of, { kind: 'start' });
  return marks;
}

function markBehind({ index, call }: TrailPlace, marks: Map<number, PathMark>): void {
  marks.set(index, { kind: 'way' });
  if (call === null) return;
  marks.set(call.index, { kind: 'way' });
  for (const { places } of call.args) for (const place of places) markBehind(place, marks);
}

/** What the whole way comes to, in a sentence, and how far that is trusted. */
export type OriginSummary = { readonly trust: string; readonly text: string };

const STRONGEST = ['principal', 'session', 'trusted', 'untrusted'] as const;

/** Returns who said a value, as far as anybody did: the most trusted of them first. */
export function originSummary({ places, unseen }: Pick<Trail, 'places' | 'unseen'>): OriginSummary {
  if (places.length === 0 && unseen > 0) {
    const closed = unseen === 1 ? 'one entry is' : `${unseen} entries are`;
    const text = `Not known: it stands in nothing that is open, and ${closed} closed before it.`;
    return { trust: 'unknown', text };
  }
  if (places.length === 0) {
    return {
      trust: 'agent',
      text:
        'Nobody said it: it stands in nothing that the session saw before, so the agent made it ' +
        'up.',
    };
  }
  const best = STRONGEST.find((trust) => places.some((place) => place.trust === trust));
  const place = places.find(({ trust }) => trust === best) ?? places[0];
  const others = places.filter(({ trust }) => trust === 'untrusted').length;
  const also =
    best !== 'untrusted' && others > 0 ? ' It stands in content that is not trusted as well.' : '';
  return { trust: best ?? 'agent', text: `${sayingOf(place)}${also}` };
}

function sayingOf(place: TrailPlace | undefined): string {
  if (place === undefined) return '';
  const { index, trust, call } = place;
  const where = `entry ${index}`;
  const answered = call === null ? '' : ` in what \`${call.tool}\` answered`;
  switch (trust) {
    case 'principal':
      return `The principal said it, in ${where}.`;
    case 'session':
      return `Whoever opened the session attested it, in ${where}.`;
    case 'trusted':
      return `It came${answered}, ${where}, from a source that the pact trusts.`;
    case 'untrusted':
      return call === null
        ? `A stranger said it, in ${where}: nobody who is trusted did.`
        : `A stranger wrote it: it came${answered}, ${where}, and nobody who is trusted said it.`;
  }
}
