// The certificates that the simulator makes, as OpenSSL reads them.
import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../src/simulator/certificate.ts';
import * as der from '../../src/simulator/der.ts';

test('the authority signs itself and the server, for the names and addresses of loopback', () => {
  const made = makeCertificate(30);
  const [authority, server] = [new X509Certificate(made.ca), new X509Certificate(made.cert)];
  expect(authority.ca).toBe(true);
  expect(server.ca).toBe(false);
  for (const one of [authority, server]) {
    expect(one.verify(authority.publicKey)).toBe(true);
    expect(one.checkIssued(authority)).toBe(true);
    expect(Date.parse(one.validFrom)).toBeLessThan(Date.now());
    expect((Date.parse(one.validTo) - Date.now()) / 86_400_000).toBeCloseTo(30, 1);
  }
  expect(server.verify(server.publicKey)).toBe(false);
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.checkHost('example.com')).toBeUndefined();
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(server.checkIP('::1')).toBeDefined();
  expect(server.checkIP('127.0.0.2')).toBeUndefined();
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(authority.serialNumber).not.toBe(server.serialNumber);
});

test('lengths, identifiers and times are written as X.690 says', () => {
  expect(der.octets(Buffer.alloc(0x7f)).subarray(0, 2).toString('hex')).toBe('047f');
  expect(der.octets(Buffer.alloc(0x80)).subarray(0, 3).toString('hex')).toBe('048180');
  expect(der.octets(Buffer.alloc(0x1234)).subarray(0, 4).toString('hex')).toBe('04821234');
  expect(der.identifier('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302');
  expect(der.integer(Buffer.from([0x80])).toString('hex')).toBe('02020080');
  expect(der.time(new Date('2049-12-31T23:59:59Z')).toString('latin1')).toMatch(/491231235959Z$/);
  expect(der.time(new Date('2050-01-01T00:00:00Z')).toString('latin1')).toMatch(/20500101000000Z$/);
});
