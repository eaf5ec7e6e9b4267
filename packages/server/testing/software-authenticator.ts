import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

import { isJsonObject, type Json, type JsonObject } from '@plumbline/core';

/** How an authenticator misbehaves; what is left out is as it should be. */
export type Quirks = {
  readonly origin?: string;
  readonly rpId?: string;
  /** Whether it says that it asked for a PIN or a finger. */
  readonly isVerified?: boolean;
  readonly counter?: number;
  readonly challenge?: string;
  readonly type?: string;
  /** Whom a passkey says it was made for. */
  readonly handle?: string;
};

/** An authenticator and the browser in front of it, in software. */
export type SoftwareAuthenticator = {
  /** What `navigator.credentials.create` returns. */
  readonly create: (options: Json, quirks?: Quirks) => JsonObject;
  /** What `navigator.credentials.get` returns. */
  readonly get: (options: Json, quirks?: Quirks) => JsonObject;
};

const PRESENT = 0x01;
const VERIFIED = 0x04;
const ATTESTED = 0x40;

/** Returns an authenticator with one ES256 key, whose counter goes up with each use. */
export function softwareAuthenticator(site: {
  readonly rpId: string;
  readonly origin: string;
}): SoftwareAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(32);
  let counter = 0;
  const headOf = (quirks: Quirks, flags: number): Buffer => {
    counter = quirks.counter ?? counter + 1;
    const head = Buffer.alloc(37);
    sha256(Buffer.from(quirks.rpId ?? site.rpId)).copy(head);
    const verified = quirks.isVerified === false ? 0 : VERIFIED;
    head.writeUInt8(flags | PRESENT | verified, 32);
    head.writeUInt32BE(counter, 33);
    return head;
  };
  const clientOf = (type: string, options: Json, quirks: Quirks): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: quirks.type ?? type,
        challenge: quirks.challenge ?? challengeIn(options),
        origin: quirks.origin ?? site.origin,
        crossOrigin: false,
      }),
    );
  return {
    create: (options, quirks = {}) => {
      const client = clientOf('webauthn.create', options, quirks);
      const authData = Buffer.concat([
        headOf(quirks, ATTESTED),
        Buffer.alloc(16),
        Buffer.from([id.length >> 8, id.length & 0xff]),
        id,
        coseOf(publicKey),
      ]);
      const attestation = cborMap([
        [cborText('fmt'), cborText('none')],
        [cborText('attStmt'), cborMap([])],
        [cborText('authData'), cborBytes(authData)],
      ]);
      return credential(id, {
        clientDataJSON: text64(client),
        attestationObject: text64(attestation),
        transports: ['internal'],
      });
    },
    get: (options, quirks = {}) => {
      const client = clientOf('webauthn.get', options, quirks);
      const authData = headOf(quirks, 0);
      const signed = Buffer.concat([authData, sha256(client)]);
      return credential(id, {
        clientDataJSON: text64(client),
        authenticatorData: text64(authData),
        signature: text64(sign('sha256', signed, privateKey)),
        ...(quirks.handle === undefined ? {} : { userHandle: text64(Buffer.from(quirks.handle)) }),
      });
    },
  };
}

function credential(id: Buffer, response: JsonObject): JsonObject {
  const named = text64(id);
  return { id: named, rawId: named, type: 'public-key', clientExtensionResults: {}, response };
}

/** Returns the challenge in the options of either call. */
export function challengeIn(options: Json): string {
  const challenge = isJsonObject(options) ? options['challenge'] : undefined;
  return typeof challenge === 'string' ? challenge : '';
}

// A COSE key of type EC2 for ES256. Source: RFC 9053, section 7.1.
function coseOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return cborMap([
    [cborInt(1), cborInt(2)],
    [cborInt(3), cborInt(-7)],
    [cborInt(-1), cborInt(1)],
    [cborInt(-2), cborBytes(Buffer.from(x, 'base64url'))],
    [cborInt(-3), cborBytes(Buffer.from(y, 'base64url'))],
  ]);
}

function cborHead(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size]);
  if (size < 256) return Buffer.from([(major << 5) | 24, size]);
  return Buffer.from([(major << 5) | 25, size >> 8, size & 0xff]);
}

function cborInt(value: number): Buffer {
  return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
}

function cborBytes(bytes: Buffer): Buffer {
  return Buffer.concat([cborHead(2, bytes.length), bytes]);
}

function cborText(text: string): Buffer {
  return Buffer.concat([cborHead(3, Buffer.byteLength(text)), Buffer.from(text)]);
}

function cborMap(members: readonly (readonly [Buffer, Buffer])[]): Buffer {
  return Buffer.concat([cborHead(5, members.length), ...members.flat()]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function text64(bytes: Buffer): string {
  return bytes.toString('base64url');
}
