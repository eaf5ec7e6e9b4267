import ipaddr from 'ipaddr.js';

/** Where an IPv4 address stands in the sixteen bytes of an IPv6 address of a prefix. */
type Spelling = {
  readonly prefix: readonly [base: ipaddr.IPv6, bits: number];
  readonly places: readonly (readonly [number, number, number, number])[];
  /** Whether its bits are turned round. */
  readonly isInverted?: boolean;
};

const LAST = [12, 13, 14, 15] as const;

function under(text: string): readonly [ipaddr.IPv6, number] {
  const [base, bits] = ipaddr.IPv6.parseCIDR(text);
  return [base, bits];
}

// Where a reading is one of several, each of them counts.
const SPELLINGS: readonly Spelling[] = [
  // IPv4-compatible, RFC 4291; mapped addresses are read as IPv4 before.
  { prefix: under('::/96'), places: [LAST] },
  // IPv4-translated, RFC 2765.
  { prefix: under('::ffff:0:0:0/96'), places: [LAST] },
  // NAT64, RFC 6052, and its local prefix, RFC 8215, which may be cut at any of these lengths.
  { prefix: under('64:ff9b::/96'), places: [LAST] },
  {
    prefix: under('64:ff9b:1::/48'),
    places: [[6, 7, 9, 10], [7, 9, 10, 11], [9, 10, 11, 12], LAST],
  },
  // 6to4, RFC 3056.
  { prefix: under('2002::/16'), places: [[2, 3, 4, 5]] },
  // Teredo, RFC 4380: its server, and its client.
  { prefix: under('2001::/32'), places: [[4, 5, 6, 7]] },
  { prefix: under('2001::/32'), places: [LAST], isInverted: true },
];

/** An interface of ISATAP, RFC 5214, whatever its network is. */
const ISATAP: readonly string[] = ['00005efe', '02005efe'];

/**
 * Returns every IPv4 address that an IPv6 address spells: whoever connects to it may end there,
 * by a translator or tunnel on the way. None of `0.0.0.0/8`, which leads nowhere.
 */
export function embeddedIn(address: ipaddr.IPv6): readonly ipaddr.IPv4[] {
  const bytes = address.toByteArray();
  const found = SPELLINGS.flatMap(({ prefix: [base, bits], places, isInverted = false }) => {
    if (!address.match(base, bits)) return [];
    return places.map((place) => place.map((at) => (bytes[at] ?? 0) ^ (isInverted ? 0xff : 0)));
  });
  const middle = Buffer.from(bytes.slice(8, 12)).toString('hex');
  if (ISATAP.includes(middle)) found.push(bytes.slice(12));
  return found.filter(([first]) => first !== 0).map((quad) => new ipaddr.IPv4(quad));
}
