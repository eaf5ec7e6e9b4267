import { constants, hash, verify, X509Certificate } from 'node:crypto';
import { equalBytes } from '@plumbline/ledger';
import { Constructed, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { SignedData, type SignerInfo, TimeStampResp, TSTInfo } from 'pkijs';

/** What a time-stamp proves: that the text existed at that moment, ms UTC, and who says so. */
export type ProvenTime = { readonly at: number; readonly by: string };

/** What came of a time-stamp; the message says what is wrong with it. */
export type CheckedTimestamp =
  | { readonly ok: true; readonly value: ProvenTime }
  | { readonly ok: false; readonly message: string };

const OID = {
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  pss: '1.2.840.113549.1.1.10',
} as const;

const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const GRANTED: ReadonlySet<number> = new Set([0, 1]);
const MOST_BYTES = 1024 * 1024;
const MOST_LINKS = 8;

/** Returns the certificates of a PEM file. Throws when one of them is none. */
export function certificatesIn(pem: string): readonly X509Certificate[] {
  const texts = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return texts.map((text) => new X509Certificate(text));
}

/**
 * Holds the answer of a time-stamping authority to the text it shall have dated and to the
 * certificates that are trusted: its status, its imprint, its signature, and a chain from who
 * signed, who may stamp time and do nothing else, to one that is trusted. Every certificate must
 * have been valid at the moment that is stated.
 *
 * Source: RFC 3161, section 2.4.2; RFC 5652, section 5; RFC 5816.
 */
export function checkTimestamp(
  answer: Uint8Array,
  { text, trusted }: { readonly text: Uint8Array; readonly trusted: readonly X509Certificate[] },
): CheckedTimestamp {
  if (answer.length > MOST_BYTES) return refuse(`is longer than ${MOST_BYTES} bytes`);
  try {
    return check(tokenOf(answer), { text, trusted });
  } catch (error) {
    if (error instanceof Refused) return refuse(error.message);
    return refuse(`is no time-stamp: ${error instanceof Error ? error.message : String(error)}`);
  }
}

class Refused extends Error {}

type Token = {
  readonly signed: SignedData;
  readonly content: Uint8Array;
  readonly info: TSTInfo;
  readonly certificates: readonly X509Certificate[];
};

function tokenOf(answer: Uint8Array): Token {
  const { status, timeStampToken } = TimeStampResp.fromBER(Uint8Array.from(answer).buffer);
  const code: number = status.status;
  if (!GRANTED.has(code)) throw new Refused(`was refused by the authority with status ${code}`);
  if (timeStampToken?.contentType !== OID.signedData) throw new Refused('holds no signed token');
  const signed = new SignedData({ schema: timeStampToken.content });
  const content = signed.encapContentInfo.eContent?.getValue();
  if (content === undefined || signed.encapContentInfo.eContentType !== OID.tstInfo) {
    throw new Refused('signs something other than a time');
  }
  const certificates = certificatesOf(timeStampToken.content);
  const bytes = new Uint8Array(content);
  return { signed, content: bytes, info: TSTInfo.fromBER(content), certificates };
}

/** Takes the certificates as they stand in the token: printed again, they might be others. */
function certificatesOf(content: unknown): readonly X509Certificate[] {
  if (!(content instanceof Sequence)) return [];
  const set = content.valueBlock.value.find(({ idBlock }) => {
    return idBlock.tagClass === 3 && idBlock.tagNumber === 0;
  });
  if (!(set instanceof Constructed)) return [];
  return set.valueBlock.value.map((each) => new X509Certificate(each.valueBeforeDecodeView));
}

function check(
  { signed, content, info, certificates }: Token,
  { text, trusted }: { readonly text: Uint8Array; readonly trusted: readonly X509Certificate[] },
): CheckedTimestamp {
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  const name = HASHES[hashAlgorithm.algorithmId];
  if (name === undefined) throw new Refused(`dates by a hash this does not know`);
  if (!equalBytes(new Uint8Array(hashedMessage.getValue()), hash(name, text, 'buffer'))) {
    throw new Refused('dates another text than that of the checkpoint');
  }
  const [signer, ...others] = signed.signerInfos;
  if (signer === undefined || others.length > 0) throw new Refused('has not exactly one signature');
  const attributes = attributesOf(signer);
  const known = [...certificates, ...trusted];
  const certificate = known.find((each) => isNamed(each, attributes));
  if (certificate === undefined) {
    throw new Refused('does not hold the certificate of who signed, and --tsa does not either');
  }
  checkSignature(signer, { attributes, content, certificate });
  checkMayStamp(certificate);
  const at = info.genTime.getTime();
  checkChain(certificate, { known, trusted, at });
  return { ok: true, value: { at, by: certificate.subject.replaceAll('\n', ', ') } };
}

type Attributes = ReadonlyMap<string, unknown>;

function attributesOf({ signedAttrs }: SignerInfo): Attributes {
  const attributes = new Map<string, unknown>();
  for (const { type, values } of signedAttrs?.attributes ?? []) {
    if (attributes.has(type) || values.length !== 1) throw new Refused('has an attribute twice');
    attributes.set(type, values[0]);
  }
  return attributes;
}

/** Whether the signature names this certificate, by its hash, as the one it was made with. */
function isNamed(certificate: X509Certificate, attributes: Attributes): boolean {
  const byAnyHash = firstIdOf(attributes.get(OID.signingCertificateV2));
  if (byAnyHash !== undefined) {
    const [head, next] = byAnyHash.valueBlock.value;
    const algorithm = head instanceof Sequence ? head.valueBlock.value[0] : undefined;
    const name = algorithm instanceof ObjectIdentifier ? HASHES[algorithm.getValue()] : 'sha256';
    const named = head instanceof Sequence ? next : head;
    return name !== undefined && isHashOf(certificate, name, named);
  }
  const bySha1 = firstIdOf(attributes.get(OID.signingCertificate));
  return bySha1 !== undefined && isHashOf(certificate, 'sha1', bySha1.valueBlock.value[0]);
}

function firstIdOf(attribute: unknown): Sequence | undefined {
  const list = attribute instanceof Sequence ? attribute.valueBlock.value[0] : undefined;
  const first = list instanceof Sequence ? list.valueBlock.value[0] : undefined;
  return first instanceof Sequence ? first : undefined;
}

function isHashOf(certificate: X509Certificate, name: string, named: unknown): boolean {
  if (!(named instanceof OctetString)) return false;
  return equalBytes(new Uint8Array(named.getValue()), hash(name, certificate.raw, 'buffer'));
}

function checkSignature(
  { signedAttrs, digestAlgorithm, signatureAlgorithm, signature }: SignerInfo,
  given: {
    readonly attributes: Attributes;
    readonly content: Uint8Array;
    readonly certificate: X509Certificate;
  },
): void {
  const { attributes, content, certificate } = given;
  const name = HASHES[digestAlgorithm.algorithmId];
  if (name === undefined || signedAttrs === undefined) {
    throw new Refused('is signed in a way this does not know');
  }
  const type = attributes.get(OID.contentType);
  const digest = attributes.get(OID.messageDigest);
  const isOfContent =
    type instanceof ObjectIdentifier &&
    type.getValue() === OID.tstInfo &&
    digest instanceof OctetString &&
    equalBytes(new Uint8Array(digest.getValue()), hash(name, content, 'buffer'));
  if (!isOfContent) throw new Refused('bears a signature over another time');
  const key = certificate.publicKey;
  const isPss = signatureAlgorithm.algorithmId === OID.pss;
  const padding = isPss ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
  const signedBytes = new Uint8Array(signedAttrs.encodedValue);
  const isEdwards = key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448';
  const signatureBytes = new Uint8Array(signature.getValue());
  if (!verify(isEdwards ? null : name, signedBytes, { key, ...padding }, signatureBytes)) {
    throw new Refused('bears a signature that does not verify');
  }
}

/** Who stamps time does nothing else with that key, and issues no certificates. */
function checkMayStamp(certificate: X509Certificate): void {
  // Node calls the extended key usage `keyUsage`.
  const usage: readonly string[] | undefined = certificate.keyUsage;
  if (usage?.length !== 1 || usage[0] !== OID.timeStamping || certificate.ca) {
    throw new Refused(`is signed by \`${certificate.subject}\`, which is not for time-stamping`);
  }
}

function checkChain(
  leaf: X509Certificate,
  given: {
    readonly known: readonly X509Certificate[];
    readonly trusted: readonly X509Certificate[];
    readonly at: number;
  },
): void {
  const { known, trusted, at } = given;
  let certificate = leaf;
  for (let links = 0; links <= MOST_LINKS; links += 1) {
    checkDates(certificate, at);
    const own = certificate;
    if (trusted.some(({ fingerprint256 }) => fingerprint256 === own.fingerprint256)) return;
    // Whoever trusts a certificate has decided what it may do; others must be of an authority.
    const issuer =
      trusted.find((each) => isIssuedBy(own, each)) ??
      known.find((each) => each.ca && isIssuedBy(own, each));
    if (issuer === undefined || issuer.fingerprint256 === own.fingerprint256) break;
    certificate = issuer;
  }
  throw new Refused('is signed by an authority that the certificate of --tsa does not vouch for');
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function checkDates({ subject, validFrom, validTo }: X509Certificate, at: number): void {
  if (at >= Date.parse(validFrom) && at <= Date.parse(validTo)) return;
  const moment = new Date(at).toISOString();
  throw new Refused(`is of ${moment}, when the certificate of \`${subject}\` was not valid`);
}

function refuse(message: string): CheckedTimestamp {
  return { ok: false, message };
}
