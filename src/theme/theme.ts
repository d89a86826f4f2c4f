// Themes: a look for each role of a word, and the completion of a theme that omits roles. Colours are in themes/*.json only.

/** Every role. Views and commands name roles, never colours. */
export const roles = [
  'text',
  'dim',
  'heading',
  'border',
  'focus',
  'selected',
  'accent',
  'key',
  'letter',
  'link',
  'ok',
  'warn',
  'bad',
  'critical',
  'high',
  'medium',
  'low',
  'info',
  'unknown',
  'added',
  'removed',
  'badge',
] as const;
export type Role = (typeof roles)[number];

/** The look of one role. `color` and `background` are `#rrggbb` or one of the sixteen names of a terminal. */
export interface Style {
  readonly color?: string;
  readonly background?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly inverse?: boolean;
  readonly underline?: boolean;
}

/** The names of a terminal's own colours, in the order of their codes (ECMA-48, SGR 30-37, then 90-97 as `...Bright`). */
export const colourNames = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** A theme as in a file: a role is a colour or a style, and may be missing. */
export interface ThemeFile {
  readonly name: string;
  readonly title: string;
  /** The terminal's background it was made for, `#rrggbb`; null where it does not matter. It is never painted. */
  readonly ground: string | null;
  readonly roles: Readonly<Partial<Record<Role, string | Style>>>;
}

export interface Theme {
  readonly name: string;
  readonly title: string;
  readonly ground: string | null;
  readonly styles: Readonly<Record<Role, Style>>;
  /** Path of the operator's file; null for built-in themes. */
  readonly file: string | null;
}

/** An invalid theme file of the operator. `name` is '' for an error of the whole folder. */
export interface BrokenTheme {
  readonly name: string;
  readonly file: string;
  readonly why: string;
}

/** The role that replaces a missing one. Every chain ends at `text`, and a missing `text` is the terminal's default look. */
export const instead: Readonly<Record<Role, Role | null>> = {
  text: null,
  dim: 'text',
  heading: 'text',
  border: 'dim',
  focus: 'accent',
  selected: 'text',
  accent: 'heading',
  key: 'accent',
  letter: 'key',
  link: 'accent',
  ok: 'text',
  warn: 'text',
  bad: 'text',
  critical: 'bad',
  high: 'bad',
  medium: 'warn',
  low: 'text',
  info: 'dim',
  unknown: 'warn',
  added: 'ok',
  removed: 'bad',
  badge: 'warn',
};

export const isRole = (word: string): word is Role => (roles as readonly string[]).includes(word);

/**
 * A complete theme. A missing role takes the look that `like` gives it, where there is one, and else the look of the role
 * that replaces it. The selected row is inverse and the letter of a heading underlined by default.
 */
export function resolveTheme(theme: ThemeFile, from: { readonly like?: Theme; readonly file?: string } = {}): Theme {
  const lookOf = (role: Role): Style => {
    const own = theme.roles[role];
    if (own !== undefined) return typeof own === 'string' ? { color: own } : own;
    if (from.like !== undefined) return from.like.styles[role];
    const other = instead[role];
    const stand = other === null ? {} : lookOf(other);
    return role === 'letter' ? { ...stand, underline: true } : stand;
  };
  const styles = Object.fromEntries(roles.map((role) => [role, lookOf(role)])) as Record<Role, Style>;
  const says = theme.roles.selected !== undefined || from.like !== undefined;
  const { name, title, ground } = theme;
  return {
    ...{ name, title, ground },
    styles: says ? styles : { ...styles, selected: { inverse: true } },
    file: from.file ?? null,
  };
}
