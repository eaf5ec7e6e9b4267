import { isIP } from 'node:net';
import { Transform } from 'node:stream';

import { plainHost } from '../../egress/allow-list.ts';
import { nameIn } from './hello-name.ts';

const MOST = 65_536;

/** Why a gate let nothing through: the first bytes are for somebody else. */
export class OtherName extends Error {}

/** Why a gate let nothing through: whom each request is for would not be seen. */
export class UnseenName extends Error {}

/**
 * Returns what lets bytes through to a host once their first ones are seen not to be for another:
 * a server that answers for many names would pass a connection on to one that was not judged.
 * It ends with `OtherName` or `UnseenName` before anything of them has left.
 */
export function nameGate(host: string): Transform {
  let held = Buffer.alloc(0);
  // An address was listed as such, and stands for whatever answers there.
  let isOpen = isIP(host) !== 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (isOpen) return done(null, chunk);
      held = Buffer.concat([held, chunk]);
      const told = nameIn(held);
      if (told.kind === 'more' && held.length < MOST) return done();
      if (told.kind === 'named' && plainHost(told.name) !== host) return done(new OtherName());
      if (told.kind === 'many') return done(new UnseenName());
      isOpen = true;
      done(null, held);
      held = Buffer.alloc(0);
    },
    // What ends before it says whom it is for says it to nobody.
    flush(done) {
      done();
    },
  });
}
