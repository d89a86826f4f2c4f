// A certificate authority and a server certificate (RFC 5280), made anew at each start. It must not know what is served.
// Written by hand: `selfsigned` 5.5 writes no key identifiers, and Python 3.13 (`az`) refuses a certificate without them; the library
// below it would cost every demo 150 ms of CPU and the types of a browser.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import * as der from './der.ts';

export interface Certificate {
  /** PEM of the authority, for clients to trust. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const day = 86_400_000;
const ecdsaWithSha256 = der.sequence(der.identifier('1.2.840.10045.4.3.2'));

export function makeCertificate(days = 30): Certificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = { authority: nameOf('Simulated Azure CA'), server: nameOf('localhost') };
  const now = Date.now();
  const validity = der.sequence(der.time(new Date(now - day)), der.time(new Date(now + days * day)));
  const issued = (subject: Buffer, keys: Keys, extensions: readonly Buffer[]): string => {
    const body = der.sequence(
      der.explicit(0, der.integer(Buffer.from([2]))),
      der.integer(serial()),
      ecdsaWithSha256,
      names.authority,
      validity,
      subject,
      keys.publicKey.export({ type: 'spki', format: 'der' }),
      der.explicit(3, der.sequence(...extensions, ownKey(keys), issuersKey(authority))),
    );
    return pem(der.sequence(body, ecdsaWithSha256, der.bits(sign('sha256', body, authority.privateKey))));
  };
  return {
    ca: issued(names.authority, authority, [
      extension('2.5.29.19', der.sequence(der.boolean(true)), true),
      // Signs certificates and lists of revoked ones.
      extension('2.5.29.15', der.bits(Buffer.from([0b0000_0110]), 1), true),
    ]),
    cert: issued(names.server, server, [
      extension('2.5.29.19', der.sequence(), true),
      // Signs what it says in a handshake.
      extension('2.5.29.15', der.bits(Buffer.from([0b1000_0000]), 7), true),
      extension('2.5.29.37', der.sequence(der.identifier('1.3.6.1.5.5.7.3.1')), false),
      extension('2.5.29.17', alternativeNames(), false),
    ]),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const nameOf = (name: string): Buffer => der.sequence(der.set(der.sequence(der.identifier('2.5.4.3'), der.text(name))));

const extension = (id: string, value: Buffer, critical: boolean): Buffer =>
  der.sequence(der.identifier(id), ...(critical ? [der.boolean(true)] : []), der.octets(value));

/** The server by its name and both addresses of loopback. */
function alternativeNames(): Buffer {
  const v6 = Buffer.alloc(16);
  v6[15] = 1;
  return der.sequence(
    der.implicit(2, Buffer.from('localhost', 'latin1')),
    der.implicit(7, Buffer.from([127, 0, 0, 1])),
    der.implicit(7, v6),
  );
}

/** Strict clients find the issuer by these. */
const ownKey = (keys: Keys): Buffer => extension('2.5.29.14', der.octets(digest(keys)), false);
const issuersKey = (keys: Keys): Buffer => extension('2.5.29.35', der.sequence(der.implicit(0, digest(keys))), false);
const digest = ({ publicKey }: Keys): Buffer =>
  createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();

/** Positive, and never seen before. */
function serial(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;
