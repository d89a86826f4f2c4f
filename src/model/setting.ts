// The operator's settings and their legal values. Storage is elsewhere.
import { profileChoices, profileName } from './assumption.ts';
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
  entry('theme', 'text', 'the colours: see `bastide theme`'),
  {
    ...entry('profile', 'choice', 'the set of rules to check', profileChoices.map(profileName)),
    accepts: profileChoices,
  },
  entry('failOn', 'choice', 'the severity from which an audit exits with 1', [
    'critical',
    'high',
    'medium',
    'low',
    'never',
  ]),
  entry('accessible', 'boolean', 'questions and answers line by line, for a screen reader', ['true', 'false']),
  entry('ascii', 'boolean', 'no characters beyond ASCII', ['true', 'false']),
  entry('mouse', 'boolean', 'on the screen the wheel scrolls and a click selects or presses', ['true', 'false']),
  entry('links', 'choice', 'on the screen addresses are links of the terminal; auto: where it is safe', [
    'auto',
    'on',
    'off',
  ]),
  entry('screen', 'choice', 'the screen to begin with', [
    'overview',
    'resources',
    'findings',
    'map',
    'history',
    'log',
    'intents',
  ]),
  entry('keys', 'keys', 'your key bindings: `config set keys.NAME "x ctrl-x"`; ? on the screen shows the names'),
  entry('lookupUrl', 'url', 'an address that answers with your public IP, asked only for `--ip mine`; off when unset'),
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
    return { ok: false, reason: 'keys is set one by one, as keys.NAME, or as JSON: {"fix":["x"]}' };
  }
}

/** Why a value of a file or a command line is not allowed; undefined when it is. */
export function invalidReason(setting: SettingEntry, value: Json): string | undefined {
  if (setting.kind === 'boolean') return typeof value === 'boolean' ? undefined : `${setting.name} is true or false`;
  if (setting.kind === 'keys') {
    const isText = (one: Json) => typeof one === 'string' && one.length <= 200;
    const good =
      isObject(value) && Object.values(value).every((one) => (isArray(one) ? one.every(isText) : isText(one)));
    return good ? undefined : 'keys is an object of names, each with a key or a list of keys';
  }
  if (typeof value !== 'string' || value === '') return `${setting.name} is a text`;
  if (setting.kind === 'choice' && ![...setting.choices, ...(setting.accepts ?? [])].includes(value)) {
    return `${setting.name} takes ${setting.choices.join(', ')}`;
  }
  if (setting.kind === 'url' && !/^https:\/\/[^\s/?#@]+([/?][^\s]*)?$/.test(value)) {
    return `${setting.name} is an address that begins with https://`;
  }
  return undefined;
}
