// Names of the resources that a plan creates, and lists of ids without duplicates.
import { nameStanding } from '../../model/made-ids.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';

/** Each id once, in the order and the casing first met. */
export const onceEach = (ids: readonly string[]): string[] =>
  ids.filter((id, index) => ids.findIndex((one) => sameId(one, id)) === index);

/** Parts joined by dashes as a legal name: letters, digits, dots, dashes and underscores, at most `most` characters. */
export const legalName = (parts: readonly string[], most: number): string =>
  parts
    .join('-')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, most)
    .replace(/[^A-Za-z0-9_]+$/, '');

/** The name with its number, from the second on: the number stays where a long name is cut. */
export function numberedName(parts: readonly string[], most: number, position: number): string {
  const number = position > 1 ? `-${position}` : '';
  return `${legalName(parts, most - number.length)}${number}`;
}

/**
 * Where to make something: the first of these ids that nothing is known to have, or the one whose resource `isSame`. What is not read yet is
 * taken for free until the plan is shown (src/session/extend-snapshot.ts).
 */
export function placeToMake(
  idFor: (position: number) => string,
  index: SnapshotIndex,
  isSame: (there: Resource) => boolean = () => false,
): { readonly id: string; readonly stands: boolean } {
  for (let position = 1; ; position += 1) {
    const id = idFor(position);
    if (nameStanding(id, index) !== 'taken') return { id, stands: false };
    const there = index.peek(id);
    if (there.state === 'read' && isSame(there.resource)) return { id, stands: true };
  }
}

// Azure wants a GUID as the name of some resources. Name-based UUIDs (RFC 9562, version 5) give the same name for the same
// input, so that a repeated request is for the same resource. SHA-1 only distributes names here, it protects no secret.

/** Namespace of the names that Bastide creates. */
const namespace = '5d0c6f0e-3c1b-4b52-9f0a-6f1c1d2b7a94';

/** A UUID in lower case that is always the same for this text. */
export function nameUuid(text: string): string {
  const own = namespace.replaceAll('-', '').match(/../g) ?? [];
  const bytes = [...own.map((pair) => Number.parseInt(pair, 16)), ...new TextEncoder().encode(text)];
  const hash = sha1(bytes).slice(0, 16);
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The twenty bytes of SHA-1 (FIPS 180-4). */
function sha1(message: readonly number[]): number[] {
  const padded = [...message, 0x80];
  while (padded.length % 64 !== 56) padded.push(0);
  const bits = message.length * 8;
  for (let shift = 56; shift >= 0; shift -= 8) padded.push(Math.floor(bits / 2 ** shift) & 0xff);
  let state: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let start = 0; start < padded.length; start += 64) state = block(state, padded.slice(start, start + 64));
  return state.flatMap((word) => [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff));
}

const turned = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

function block(before: readonly number[], bytes: readonly number[]): number[] {
  const words = Array.from({ length: 16 }, (_, at) =>
    [0, 1, 2, 3].reduce((word, byte) => (word << 8) | (bytes[at * 4 + byte] as number), 0),
  );
  const word = (at: number) => words[at] as number;
  for (let at = 16; at < 80; at += 1)
    words.push(turned(word(at - 3) ^ word(at - 8) ^ word(at - 14) ^ word(at - 16), 1));
  let [a, b, c, d, e] = before as [number, number, number, number, number];
  for (let at = 0; at < 80; at += 1) {
    const [mixed, constant] =
      at < 20
        ? [(b & c) | (~b & d), 0x5a827999]
        : at < 40
          ? [b ^ c ^ d, 0x6ed9eba1]
          : at < 60
            ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
            : [b ^ c ^ d, 0xca62c1d6];
    const next = (turned(a, 5) + mixed + e + constant + word(at)) | 0;
    [a, b, c, d, e] = [next, a, turned(b, 30), c, d];
  }
  return [a, b, c, d, e].map((value, at) => ((before[at] as number) + value) | 0);
}
