// The operator's settings and their legal values. Storage is elsewhere.
import { profileAliases, profileChoices } from './assumption.ts';
import { isArray, isObject, type Json, parseJson } from './json.ts';

export interface SettingEntry {
  readonly name: string;
  readonly kind: 'boolean' | 'choice' | 'text' | 'url' | 'keys';
  readonly choices: readonly string[];
  /** Older spellings of the choices, accepted and not shown. */
  readonly accepts?: readonly string[];
  readonly says: string;
}

const entry = (
  name: string,
  kind: SettingEntry['kind'],
  says: string,
  choices: readonly string[] = [],
): SettingEntry => ({
  name,
  kind,
  choices,
  says,
});

export const settingEntries: readonly SettingEntry[] = [
  entry('theme', 'text', 'color theme; see `bastide theme`'),
  {
    ...entry('profile', 'choice', 'the set of rules to check', profileChoices),
    accepts: Object.keys(profileAliases),
  },
  entry('failOn', 'choice', 'lowest severity of a failing finding that gives exit status 1', [
    'critical',
    'high',
    'medium',
    'low',
    'never',
  ]),
  entry('accessible', 'boolean', 'line-by-line questions and answers, for screen readers', ['true', 'false']),
  entry('ascii', 'boolean', 'use ASCII characters only', ['true', 'false']),
  entry('mouse', 'boolean', 'use the mouse on the screen: the wheel scrolls, a click selects', ['true', 'false']),
  entry('links', 'choice', 'show addresses on the screen as terminal links; auto: where that is safe', [
    'auto',
    'on',
    'off',
  ]),
  {
    ...entry('screen', 'choice', 'first screen', [
      'overview',
      'problems',
      'findings',
      'resources',
      'map',
      'history',
      'log',
      'assumptions',
      'fleet',
    ]),
    // What version 0.1 called it.
    accepts: ['intents'],
  },
  entry('rescan', 'choice', 'time between automatic scans on the screen', ['off', '1m', '5m', '15m', '30m', '1h']),
  entry('tour', 'boolean', 'offer the tour at the next start of the screen; it is offered once', ['true', 'false']),
  entry('keys', 'keys', 'key bindings: `config set keys.NAME "x ctrl-x"`; press ? on the screen for the names'),
  entry('address', 'text', 'your public IP address, offered wherever one is asked for; kept when you give one'),
  entry('lookupUrl', 'url', 'URL that returns your public IP address; used only for `--ip mine`'),
];

export const settingEntry = (name: string): SettingEntry | undefined =>
  settingEntries.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());

/** The value that a text represents, or why it is invalid. */
export function readSetting(
  setting: SettingEntry,
  text: string,
): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string } {
  if (setting.kind === 'keys') return readKeys(setting, text);
  const value: Json = setting.kind === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text;
  const reason = invalidReason(setting, value);
  return reason === undefined ? { ok: true, value } : { ok: false, reason };
}

function readKeys(setting: SettingEntry, text: string): ReturnType<typeof readSetting> {
  try {
    const value = parseJson(text);
    const reason = invalidReason(setting, value);
    return reason === undefined ? { ok: true, value } : { ok: false, reason };
  } catch {
    return { ok: false, reason: 'set keys one by one as keys.NAME, or as JSON: {"fix":["x"]}' };
  }
}

/** Why a value of a file or a command line is not allowed; undefined when it is. */
export function invalidReason(setting: SettingEntry, value: Json): string | undefined {
  if (setting.kind === 'boolean')
    return typeof value === 'boolean' ? undefined : `${setting.name} must be true or false`;
  if (setting.kind === 'keys') {
    const isText = (one: Json) => typeof one === 'string' && one.length <= 200;
    const good =
      isObject(value) && Object.values(value).every((one) => (isArray(one) ? one.every(isText) : isText(one)));
    return good ? undefined : 'keys must be an object of names, each with a key or a list of keys';
  }
  if (typeof value !== 'string' || value === '') return `${setting.name} must be a string`;
  if (setting.kind === 'choice' && ![...setting.choices, ...(setting.accepts ?? [])].includes(value)) {
    return `${setting.name} takes ${setting.choices.join(', ')}`;
  }
  if (setting.kind === 'url' && !/^https:\/\/[^\s/?#@]+([/?][^\s]*)?$/.test(value)) {
    return `${setting.name} must be a URL that begins with https://`;
  }
  return undefined;
}
