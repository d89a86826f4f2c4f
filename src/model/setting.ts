// The operator's settings there are, and what each may be. Where they are kept is not known here.
import type { Json } from './json.ts';

export interface SettingEntry {
  readonly name: string;
  readonly kind: 'boolean' | 'choice' | 'text' | 'url';
  readonly choices: readonly string[];
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
  entry('profile', 'choice', 'which set of rules judges', ['seed-2020', 'current', 'all']),
  entry('failOn', 'choice', 'the severity from which an audit exits with 1', [
    'critical',
    'high',
    'medium',
    'low',
    'never',
  ]),
  entry('accessible', 'boolean', 'questions and answers line by line, for a screen reader', ['true', 'false']),
  entry('ascii', 'boolean', 'no characters beyond ASCII', ['true', 'false']),
  entry('lookupUrl', 'url', 'an address that answers with your public IP, asked only for `--ip mine`; off when unset'),
];

export const settingEntry = (name: string): SettingEntry | undefined =>
  settingEntries.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());

/** The value a text stands for, or the reason why it is none. */
export function readSetting(
  setting: SettingEntry,
  text: string,
): { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string } {
  const value: Json = setting.kind === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text;
  const reason = whyNot(setting, value);
  return reason === undefined ? { ok: true, value } : { ok: false, reason };
}

/** Why a value of a file or a command line is not allowed; undefined when it is. */
export function whyNot(setting: SettingEntry, value: Json): string | undefined {
  if (setting.kind === 'boolean') return typeof value === 'boolean' ? undefined : `${setting.name} is true or false`;
  if (typeof value !== 'string' || value === '') return `${setting.name} is a text`;
  if (setting.kind === 'choice' && !setting.choices.includes(value)) {
    return `${setting.name} takes ${setting.choices.join(', ')}`;
  }
  if (setting.kind === 'url' && !/^https:\/\/[^\s/?#@]+([/?][^\s]*)?$/.test(value)) {
    return `${setting.name} is an address that begins with https://`;
  }
  return undefined;
}
