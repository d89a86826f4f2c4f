// The code of an approval: shown once, on the terminal of the person who confirmed the plan, and kept as a hash that is bound to the
// plan's digest. Who reads the file learns no code from it.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export interface KeptCode {
  readonly salt: string;
  readonly hash: string;
}

// No letter or digit that looks like another one; 32 of them, so that each takes five bits.
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const length = 10;

const hashOf = async (code: string, digest: string, salt: string): Promise<Buffer> => {
  const derive = promisify<string, string, number, { N: number; maxmem: number }, Buffer>(scrypt);
  return derive(code, `${digest}:${salt}`, 32, { N: 2 ** 15, maxmem: 2 ** 26 });
};

/** A new code for a plan, as it is shown: `ABCDE-FGHJK`. */
export async function newCode(digest: string): Promise<{ readonly code: string; readonly kept: KeptCode }> {
  const letters = Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join('');
  const salt = randomBytes(16).toString('hex');
  const hash = (await hashOf(letters, digest, salt)).toString('hex');
  return { code: `${letters.slice(0, length / 2)}-${letters.slice(length / 2)}`, kept: { salt, hash } };
}

/** Is it the code of this plan? Case, spaces and dashes do not count. */
export async function codeFits(given: string, digest: string, { salt, hash }: KeptCode): Promise<boolean> {
  const letters = given
    .slice(0, 100)
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '');
  const wanted = Buffer.from(hash, 'hex');
  const found = await hashOf(letters, digest, salt);
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}
