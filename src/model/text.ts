// Foreign text (names, tags, error bodies, files) made safe to show: no escape sequence or control character of it
// reaches a terminal, and its length is bounded.

// CSI, OSC (ended by BEL or ST), DCS/PM/APC strings, two-character escapes; then the remaining control characters,
// bidirectional overrides and zero-width characters, which can disguise what a line says.
const escapes =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?|\x9b[0-?]*[ -/]*[@-~]/g;
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Texts that need no cleaning, as nearly all. */
const harmless = /^[\x20-\x7e]*$/;

/** Foreign text on one line, at most `max` characters. */
export function clean(text: unknown, max = 2000): string {
  const whole = String(text);
  const flat = harmless.test(whole)
    ? whole
    : whole
        .replace(escapes, '')
        .replace(/[\r\n\t]+/g, ' ')
        .replace(controls, '');
  return flat.length > max ? `${flat.slice(0, max - 1)}…` : flat;
}

/** `1 rule`, `2 rules`; `more` where the plural has no s. */
export const counted = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`;

/** Foreign text that may keep its line breaks. */
export const cleanLines = (text: unknown, max = 100_000): string =>
  String(text)
    .slice(0, max)
    .split(/\r?\n/)
    .map((line) => clean(line, 10_000))
    .join('\n');

/** `2026-11-27 14:50 UTC`, from ISO 8601. */
export const utcMinute = (at: string): string => `${clean(at.slice(0, 16).replace('T', ' '))} UTC`;
