import type { LookupFunction } from 'node:net';

import type { Egress } from '../../egress/egress.ts';

/**
 * Returns the look-up of a client that opens its own connections: they go to the very address that
 * was checked, as every other way out of the daemon.
 */
export function checkedLookup(egress: Pick<Egress, 'addressOf'>): LookupFunction {
  return (name, { all }, done) => {
    void answer(egress, name, (fault, found) => {
      if (all === true && fault === null) done(null, [found]);
      else done(fault, found.address, found.family);
    });
  };
}

type Found = { readonly address: string; readonly family: number };

async function answer(
  egress: Pick<Egress, 'addressOf'>,
  name: string,
  done: (fault: Error | null, found: Found) => void,
): Promise<void> {
  const checked = await egress.addressOf(name);
  if (!checked.ok) {
    const fault = Object.assign(new Error(checked.message), { code: 'REFUSED_ADDRESS' });
    done(fault, { address: '', family: 0 });
    return;
  }
  const { address } = checked;
  done(null, { address, family: address.includes(':') ? 6 : 4 });
}
