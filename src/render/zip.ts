// A ZIP archive of texts, stored as they are (APPNOTE 6.3.3). Pure: the same bytes for the same texts.
import { inPieces } from './json.ts';

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

/** The state of a CRC-32 after more bytes; it begins with, and is told against, 32 ones. */
function crcAfter(before: number, bytes: Uint8Array): number {
  let crc = before;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return crc;
}

/** Numbers of two or four bytes, the lowest first. */
const packed = (...fields: readonly (readonly [size: 2 | 4, value: number])[]): Uint8Array =>
  Uint8Array.from(
    fields.flatMap(([size, value]) => Array.from({ length: size }, (_, at) => (value >>> (8 * at)) & 0xff)),
  );

const version = 20;
/** Names are UTF-8. */
const flags = 0x0800;
/** 1 January 1980, the earliest date that there is. */
const date = 0x0021;

/**
 * `files`: by path what makes a text, in pieces. Each is made twice: its length and its checksum come before it, and a long one is
 * never in memory as a whole.
 */
export function* zipOf(files: Readonly<Record<string, () => Iterable<string>>>): Generator<Uint8Array, void> {
  const encoder = new TextEncoder();
  function* bytesOf(text: () => Iterable<string>) {
    for (const piece of inPieces(text())) yield encoder.encode(piece);
  }
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = encoder.encode(path);
    let [length, crc] = [0, 0xffffffff];
    for (const bytes of bytesOf(text)) {
      length += bytes.length;
      crc = crcAfter(crc, bytes);
    }
    const common = [
      [2, version],
      [2, flags],
      [2, 0],
      [2, 0],
      [2, date],
      [4, (crc ^ 0xffffffff) >>> 0],
      [4, length],
      [4, length],
      [2, name.length],
      [2, 0],
    ] as const;
    const local = packed([4, 0x04034b50], ...common);
    yield local;
    yield name;
    yield* bytesOf(text);
    directory.push(packed([4, 0x02014b50], [2, version], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]), name);
    offset += local.length + name.length + length;
  }
  yield* directory;
  const count = Object.keys(files).length;
  const length = directory.reduce((sum, one) => sum + one.length, 0);
  yield packed([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, length], [4, offset], [2, 0]);
}
