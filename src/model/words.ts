// Words with roles: styled text before a host renders it. Knows no colour and no terminal.

/** A word with a role, which hosts style. Roles are those of a theme. */
export interface Word {
  readonly text: string;
  readonly role?: string;
  /** An internal link target of the word, where a host supports links. */
  readonly href?: string;
}
export type Line = readonly Word[];

/** A line of words: plain strings, or `[text, role]`. Empty parts are left out. */
export const line = (...parts: readonly (string | readonly [text: string, role: string])[]): Line =>
  parts.flatMap((part) => {
    if (typeof part === 'string') return part === '' ? [] : [{ text: part }];
    return part[0] === '' ? [] : [{ text: part[0], role: part[1] }];
  });

export const plainText = (words: Line): string => words.map((word) => word.text).join('');
