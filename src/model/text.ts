// Foreign text (names, tags, error bodies, files) made safe to show: no escape sequence or control character of it
// reaches a terminal, and its length is bounded.

// CSI, OSC (ended by BEL or ST), DCS/PM/APC strings, two-character escapes.
const escapes =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?|\x9b[0-?]*[ -/]*[@-~]/g;
// Controls, format characters, line separators, bidirectional controls, and whatever is drawn as nothing (default-ignorable, the
// blank of Braille, lone surrogates, noncharacters): each can disguise what a line says.
const hidden =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]/gu;
const pictureBefore = /\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?$/u;
const pictureAfter = /^\p{Extended_Pictographic}/u;

/** The text with every hidden character replaced by what `instead` gives for it. Joiners inside an emoji are part of it and stay. */
export const replaceHidden = (text: string, instead: (character: string) => string): string =>
  text.replace(hidden, (character, at: number) => {
    const before = text.slice(Math.max(0, at - 6), at);
    if (character === '\ufe0f' && pictureBefore.test(before)) return character;
    const joins = character === '\u200d' && pictureBefore.test(before) && pictureAfter.test(text.slice(at + 1, at + 3));
    return joins ? character : instead(character);
  });

/** Texts that need no cleaning, as nearly all. */
const harmless = /^[\x20-\x7e]*$/;

/** Foreign text on one line, at most `max` characters. */
export function clean(text: unknown, max = 2000): string {
  const whole = String(text);
  const flat = harmless.test(whole)
    ? whole
    : replaceHidden(whole.replace(escapes, '').replace(/[\r\n\t]+/g, ' '), () => '');
  return flat.length > max ? `${flat.slice(0, max - 1)}…` : flat;
}

/** With a capital letter at its beginning. */
export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The text without these characters at its end. A pattern would look for the end at each of them. */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
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
