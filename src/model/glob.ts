// Patterns in which `*` stands for any text. Upper and lower case are the same. Pure.
import { fold } from './resource-id.ts';

/** Does the pattern stand for the whole text? Takes time in proportion to the text, whatever the pattern. */
export function matchesGlob(pattern: string, text: string): boolean {
  const parts = fold(pattern.trim()).split('*');
  const whole = fold(text);
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (parts.length === 1) return whole === first;
  if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false;
  let from = first.length;
  return parts.slice(1, -1).every((part) => {
    const at = whole.indexOf(part, from);
    from = at + part.length;
    return at >= 0 && from <= whole.length - last.length;
  });
}

export const matchesAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => matchesGlob(pattern, text));
