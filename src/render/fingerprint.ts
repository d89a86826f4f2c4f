// A short name for a long text, the same in every run and on every machine. No secret depends on it. Pure.

const prime = 0x100_0000_01b3n;
const basis = 0xcbf2_9ce4_8422_2325n;

/** 64-bit FNV-1a over UTF-16, as 16 hexadecimal digits. */
export function fingerprint(text: string): string {
  let hash = basis;
  for (let at = 0; at < text.length; at += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * prime);
  }
  return hash.toString(16).padStart(16, '0');
}
