import { Integer, OctetString } from 'asn1js';
import {
  ContentInfo,
  EncapsulatedContentInfo,
  PKIStatus,
  PKIStatusInfo,
  SignedData,
  TimeStampReq,
  TimeStampResp,
  TSTInfo,
} from 'pkijs';

/** What a test changes in an answer. */
export type MadeTimestamp = {
  readonly isRefused?: boolean;
  readonly digest?: Uint8Array;
  readonly nonce?: Uint8Array;
};

const TST_INFO = '1.2.840.113549.1.9.16.1.4';
const SIGNED_DATA = '1.2.840.113549.1.7.2';

/** Answers a time-stamp request without a signature, dated to the second 1,000. */
export function makeTimestamp(request: Uint8Array, changed: MadeTimestamp = {}): Uint8Array {
  const asked = TimeStampReq.fromBER(Uint8Array.from(request).buffer);
  const { messageImprint } = asked;
  if (changed.digest !== undefined) {
    const valueHex = Uint8Array.from(changed.digest).buffer;
    messageImprint.hashedMessage = new OctetString({ valueHex });
  }
  const nonce =
    changed.nonce === undefined
      ? asked.nonce
      : new Integer({ valueHex: Uint8Array.from(changed.nonce).buffer });
  const info = new TSTInfo({
    version: 1,
    policy: '1.2.3.4.1',
    messageImprint,
    serialNumber: new Integer({ value: 1 }),
    genTime: new Date(1_000_000),
    ...(nonce === undefined ? {} : { nonce }),
  });
  const eContent = new OctetString({ valueHex: info.toSchema().toBER() });
  const encapContentInfo = new EncapsulatedContentInfo({ eContentType: TST_INFO, eContent });
  const content = new SignedData({ version: 3, encapContentInfo }).toSchema(true);
  const answer = new TimeStampResp({
    status: new PKIStatusInfo({
      status: changed.isRefused === true ? PKIStatus.rejection : PKIStatus.granted,
    }),
    timeStampToken: new ContentInfo({ contentType: SIGNED_DATA, content }),
  });
  return new Uint8Array(answer.toSchema().toBER());
}
