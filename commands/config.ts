// `config`: the operator's settings.
import * as z from 'zod/mini';
import { type CommandContext, defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import { isObject, type Json, type JsonObject } from '../src/model/json.ts';
import { nearest } from '../src/model/nearest.ts';
import { readSetting, type SettingEntry, settingEntries, settingEntry } from '../src/model/setting.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { parseClientAddress } from '../src/net/ip-rules.ts';
import { usableTheme } from './parts/themes.ts';

/** Throws Failure (exit 2) for an address that no firewall takes. */
function requireAddress(text: string): void {
  const parsed = parseClientAddress(text);
  if (!parsed.ok)
    throw usage('bad-value', `${clean(text, 60)} is not a valid value: ${parsed.reason}`, 'Nothing changed.');
}

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);

export const config = defineCommand({
  name: 'config',
  summary: 'Show or change your settings',
  args: z.object({
    action: flag(z._default(z.enum(['list', 'get', 'set', 'unset']), 'list'), 'what to do', {
      value: 'list|get|set|unset',
    }),
    name: flag(z.optional(z.string()), 'name of the setting', { value: 'NAME', of: 'setting' }),
    value: flag(z.optional(z.string()), 'new value', { value: 'VALUE' }),
  }),
  positional: ['action', 'name', 'value'],
  effect: 'local',
  invalidates: () => ['theme', 'keys'],
  examples: [
    { line: 'config', says: 'List all settings and the path of the settings file' },
    { line: 'config set failOn high', says: 'Audits exit with 1 from this severity on' },
    { line: 'config unset failOn', says: 'Restore the default' },
    {
      line: 'config set keys.fix "x ctrl-x"',
      says: 'Change the keys of the fix command on the screen; none removes them',
    },
  ],
  check({ action, name, value }) {
    if (action !== 'list' && name === undefined) {
      throw usage(
        'missing-argument',
        `config ${action} needs the name of a setting.`,
        'Run `bastide config` for the list.',
      );
    }
    if ((action === 'set') !== (value !== undefined)) {
      throw usage(
        'missing-argument',
        '`config set` needs a value; `config list` and `config unset` take none.',
        'Run `bastide help config`.',
      );
    }
  },
  async *run(context, { action, name, value }) {
    const [base = '', member] = /^(keys)\.(.+)$/i.exec(name ?? '')?.slice(1) ?? [name];
    const entry = name === undefined ? undefined : known(base);
    const kept = member === undefined ? undefined : asKeys(await context.settings.get('keys'));
    if (kept !== undefined && member !== undefined && (action === 'set' || action === 'unset')) {
      const { [member]: _gone, ...others } = kept;
      const keys = value === undefined ? others : { ...others, [member]: value };
      // A removal is not checked: it may be what fixes the other keys.
      if (value !== undefined) await requireKeys(context, keys);
      if (Object.keys(keys).length === 0) await context.settings.unset('keys');
      else await context.settings.set('keys', keys);
    } else if (entry !== undefined && value !== undefined) {
      const read = readSetting(entry, value);
      if (!read.ok)
        throw usage('bad-value', `${clean(value, 60)} is not a valid value: ${read.reason}.`, 'Nothing changed.');
      if (entry.name === 'theme') usableTheme(value, context.themes);
      if (entry.name === 'address') requireAddress(value);
      if (entry.kind === 'keys') await requireKeys(context, read.value);
      await context.settings.set(entry.name, read.value);
    } else if (entry !== undefined && action === 'unset') await context.settings.unset(entry.name);
    const all = await context.settings.all();
    const settings = (entry === undefined ? settingEntries : [entry]).map((one) => ({
      name: one.name,
      value: all[one.name] ?? null,
      says: one.says,
    }));
    return { path: context.settings.path, settings };
  },
  text({ path, settings }) {
    return [
      ...settings.flatMap((one) => [
        line([one.name.padEnd(14), 'accent'], worded(one.value).padEnd(16), [one.says, 'dim']),
        ...(one.name === 'keys' ? Object.entries(asKeys(one.value)) : []).map(([name, keys]) =>
          line([`  keys.${name}`.padEnd(24), 'accent'], ' ', Array.isArray(keys) ? keys.join(' ') : String(keys)),
        ),
      ]),
      line([`Settings file: ${path}`, 'dim']),
    ];
  },
});

const asKeys = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const worded = (value: Json): string =>
  value === null ? 'not set' : isObject(value) ? `${Object.keys(value).length} custom` : String(value);

/** Throws Failure (exit 2) that says which key of the operator's cannot be had, and why. */
async function requireKeys(context: CommandContext, keys: Json): Promise<void> {
  const wrong = await context.host.checkKeys(keys);
  if (wrong.length > 0) throw usage('bad-keys', `${wrong.join('; ')}.`, 'Nothing changed.');
}

function known(name: string): SettingEntry {
  const entry = settingEntry(name);
  if (entry) return entry;
  const near = nearest(
    name,
    settingEntries.map((one) => one.name),
  );
  throw usage(
    'unknown-setting',
    `Unknown setting: ${clean(name, 60)}.`,
    near === undefined ? 'Run `bastide config` for the list.' : `Did you mean ${near}?`,
  );
}
