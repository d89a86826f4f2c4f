// Parses an operator's theme from the JSON of a file, or returns a sentence that names the invalid member. The file is
// untrusted; nothing is opened here.
import {
  colourNames,
  isRole,
  type Role,
  resolveTheme,
  roles,
  type Style,
  type Theme,
  type ThemeFile,
} from './theme.ts';

/** An error of a theme file that names the member. Foreign text in it is shortened, not yet made safe. */
export class BadTheme extends Error {}

const members = ['name', 'title', 'ground', 'like', 'roles'];
const switches = ['bold', 'dim', 'inverse', 'underline'] as const;
const styleMembers: readonly string[] = ['color', 'background', ...switches];
const named = new Set<string>([...colourNames, ...colourNames.map((name) => `${name}Bright`), 'gray', 'grey']);
const hex = /^#[0-9a-f]{6}$/i;

export const isColour = (text: string): boolean => hex.test(text) || named.has(text);
export const isThemeName = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,39}$/i.test(text);

/**
 * A theme from the content of its file. `name` is the file's name. `like` in the file names one of `others`, whose looks
 * apply to roles that the file omits. Throws {@link BadTheme}.
 */
export function readTheme(
  content: unknown,
  { name, file, others }: { readonly name: string; readonly file: string; readonly others: readonly Theme[] },
): Theme {
  const theme = objectAt(content, 'the file');
  for (const key of Object.keys(theme)) {
    if (!members.includes(key)) throw new BadTheme(`${short(key)} is not a theme property; expected: ${list(members)}`);
  }
  if (theme.name !== undefined && theme.name !== name) {
    throw new BadTheme(`name is ${short(theme.name)}, expected the file name: ${name}`);
  }
  const title = theme.title ?? 'Custom theme';
  if (typeof title !== 'string') throw new BadTheme(`title is ${short(title)}, expected a text`);
  const base = theme.like === undefined ? undefined : others.find((other) => other.name === theme.like);
  if (theme.like !== undefined && base === undefined) {
    throw new BadTheme(`like is ${short(theme.like)}; expected: ${list(others.map((other) => other.name))}`);
  }
  const ground = theme.ground === undefined ? (base?.ground ?? null) : theme.ground;
  if (ground !== null && !(typeof ground === 'string' && hex.test(ground))) {
    throw new BadTheme(`ground is ${short(ground)}, expected the background colour as #rrggbb, or null`);
  }
  const own: ThemeFile = { name, title, ground, roles: rolesOf(theme.roles ?? {}) };
  return resolved(own, base, file);
}

const resolved = (own: ThemeFile, like: Theme | undefined, file: string): Theme =>
  resolveTheme(own, { file, ...(like === undefined ? {} : { like }) });

function rolesOf(content: unknown): ThemeFile['roles'] {
  const found: Partial<Record<Role, Style>> = {};
  for (const [role, look] of Object.entries(objectAt(content, 'roles'))) {
    if (!isRole(role)) throw new BadTheme(`roles.${short(role)} is not a role; expected: ${list(roles)}`);
    found[role] =
      typeof look === 'string' ? { color: colourAt(look, `roles.${role}`) } : styleAt(look, `roles.${role}`);
  }
  return found;
}

function styleAt(content: unknown, where: string): Style {
  const style = objectAt(content, where);
  for (const key of Object.keys(style)) {
    if (!styleMembers.includes(key)) {
      throw new BadTheme(`${where}.${short(key)} is not a style property; expected: ${list(styleMembers)}`);
    }
  }
  for (const key of switches) {
    const value = style[key];
    if (value !== undefined && typeof value !== 'boolean') {
      throw new BadTheme(`${where}.${key} is ${short(value)}, expected true or false`);
    }
  }
  const { color, background, ...rest } = style;
  return {
    ...(rest as Style),
    ...(color === undefined ? {} : { color: colourAt(color, `${where}.color`) }),
    ...(background === undefined ? {} : { background: colourAt(background, `${where}.background`) }),
  };
}

function colourAt(content: unknown, where: string): string {
  if (typeof content === 'string' && isColour(content)) return content;
  throw new BadTheme(`${where} is ${short(content)}, expected #rrggbb or a terminal colour such as redBright`);
}

function objectAt(content: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return content as Readonly<Record<string, unknown>>;
  }
  throw new BadTheme(`${where} is ${short(content)}, expected an object`);
}

const list = (words: readonly string[]) => words.join(', ');

function short(content: unknown): string {
  if (content === null) return 'null';
  if (typeof content === 'object') return Array.isArray(content) ? 'a list' : 'an object';
  const text = String(content);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
