/** What the first bytes through a tunnel say of whom they are for. */
export type ToldName =
  /** They name a host: TLS by its server name, plain HTTP by its `Host`. */
  | { readonly kind: 'named'; readonly name: string }
  /** They are for nobody in particular, or of a protocol that is not known. */
  | { readonly kind: 'none' }
  /** Each request names a host of its own, in a form that is not read here. */
  | { readonly kind: 'many' }
  /** There is more to come before it can be said. */
  | { readonly kind: 'more' };

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
/** A greeting may stand in several records; what is longer than this is none. */
const MOST = 65_536;
const NONE: ToldName = { kind: 'none' };
const MORE: ToldName = { kind: 'more' };
const MANY: ToldName = { kind: 'many' };

/**
 * Reads whom the first bytes of a connection are for, as far as they have come.
 *
 * Source: RFC 8446, sections 4.1.2 and 5.1; RFC 6066, section 3; RFC 9112, section 3.2; RFC 9113,
 * section 3.4.
 */
export function nameIn(bytes: Buffer): ToldName {
  if (bytes.length === 0) return MORE;
  if (bytes[0] === HANDSHAKE) return nameInTls(bytes);
  // Servers pass over empty lines before a request. Source: RFC 9112, section 2.2.
  const text = bytes
    .subarray(0, MOST)
    .toString('latin1')
    .replace(/^[\r\n]+/, '');
  if (text === '') return bytes.length < MOST ? MORE : NONE;
  return METHOD.test(text.slice(0, 16)) ? nameInHttp(text, bytes.length >= MOST) : NONE;
}

/** A word of RFC 9110, section 5.6.2: servers take methods nobody has heard of. */
const METHOD = /^[!#$%&'*+.^_`|~\w-]{1,16}(?: |$)/;
/** As servers take it that are not strict. */
/** HTTP/2 with prior knowledge, or what comes after it; and the way there from HTTP/1.1. */
const LATER = /\sHTTP\/[2-9]/i;
const UPGRADE = /^upgrade[ \t]*:/im;
const REQUEST = /^\S+[ \t]+(?<target>\S+)[ \t]+HTTP\/1\.\d[ \t]*$/i;

function nameInHttp(text: string, isLong: boolean): ToldName {
  // Other protocols begin with words as well, and wait for an answer to their first line.
  const first = /^(?<line>[^\n]*?)\r?\n/.exec(text)?.groups?.['line'];
  if (first !== undefined && LATER.test(first)) return MANY;
  const target = REQUEST.exec(first ?? '')?.groups?.['target'];
  if (first !== undefined && target === undefined) return NONE;
  const end = /\r?\n\r?\n/.exec(text)?.index;
  // Whoever reads so much of a request may find a host that was not looked at.
  if (end === undefined) return isLong ? { kind: 'named', name: '' } : MORE;
  const head = text.slice(0, end);
  if (UPGRADE.test(head) && /\bh2c\b/i.test(head)) return MANY;
  const lines = head.split(/\r?\n/);
  const told = lines.flatMap(
    (line) => /^host[ \t]*:[ \t]*(?<host>.*?)[ \t]*$/i.exec(line)?.groups?.['host'] ?? [],
  );
  const inTarget = /^[a-z]+:\/\/(?<host>[^/?#]*)/i.exec(target ?? '')?.groups?.['host'];
  const hosts = inTarget === undefined ? told : [...told, inTarget];
  const [name = '', ...others] = hosts.map((host) => host.replace(/:\d{1,5}$/, '').toLowerCase());
  // Two of them are read differently by different readers.
  if (told.length > 1 || others.some((other) => other !== name)) {
    return { kind: 'named', name: hosts.join(' ') };
  }
  return name === '' ? NONE : { kind: 'named', name };
}

function nameInTls(bytes: Buffer): ToldName {
  const told = handshakeIn(bytes);
  if (told === null) return NONE;
  if (told.length < 4) return MORE;
  const length = told.readUIntBE(1, 3);
  if (told[0] !== CLIENT_HELLO || length > MOST) return NONE;
  if (told.length < 4 + length) return MORE;
  const fields = new Fields(told.subarray(4, 4 + length));
  // The version and 32 bytes of random, then session, ciphers and compressions.
  fields.skip(34);
  fields.take(1);
  fields.take(2);
  fields.take(1);
  const extensions = new Fields(fields.take(2));
  while (extensions.left >= 4) {
    const type = extensions.number(2);
    const content = extensions.take(2);
    if (type === SERVER_NAME) return nameInList(content);
  }
  return NONE;
}

function nameInList(content: Buffer): ToldName {
  const list = new Fields(new Fields(content).take(2));
  const type = list.number(1);
  const name = list.take(2).toString('latin1');
  return type === 0 && name !== '' ? { kind: 'named', name } : NONE;
}

/** Returns what its records hold together; null where one of them is something else. */
function handshakeIn(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length;) {
    if (bytes[at] !== HANDSHAKE) return parts.length === 0 ? null : Buffer.concat(parts);
    const length = bytes.readUInt16BE(at + 3);
    parts.push(bytes.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return Buffer.concat(parts);
}

/** Reads numbers and what they are the lengths of; beyond the end there are zeros and nothing. */
class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return Math.max(0, this.#bytes.length - this.#at);
  }

  skip(count: number): void {
    this.#at += count;
  }

  number(size: 1 | 2): number {
    const value = this.left < size ? 0 : this.#bytes.readUIntBE(this.#at, size);
    this.#at += size;
    return value;
  }

  take(size: 1 | 2): Buffer {
    const length = this.number(size);
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }
}
