// `assume`: the operator's assumptions, for what Azure does not tell.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { keepAddress } from '../src/command/own-address.ts';
import type { Assumptions } from '../src/model/assumption.ts';
import {
  type AssumptionEntry,
  assumptionEntries,
  assumptionEntry,
  assumptionText,
  readAssumption,
} from '../src/model/assumption-values.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Json } from '../src/model/json.ts';
import { nearest } from '../src/model/nearest.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { isClientAddress, refusedClients, storageIpLegality } from '../src/net/ip-rules.ts';

interface Shown {
  readonly name: string;
  readonly answered: boolean;
  readonly value: Json;
  readonly says: string;
  readonly choices: readonly string[];
  /** The value that counts while none is declared. */
  readonly otherwise: AssumptionEntry['otherwise'];
  /** Rules whose outcome may depend on it; * is a wildcard. */
  readonly decides: readonly string[];
}

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);
const shownOf = (entry: AssumptionEntry, intents: Assumptions): Shown => ({
  name: entry.name,
  answered: intents[entry.name] !== undefined,
  value: intents[entry.name] ?? null,
  says: entry.says,
  choices: entry.choices,
  otherwise: entry.otherwise,
  decides: entry.decides,
});

export const assume = defineCommand({
  name: 'assume',
  aliases: ['intent'],
  summary: 'Show or set assumptions about what cannot be read from Azure',
  args: z.object({
    name: flag(z.optional(z.string()), 'the assumption', { value: 'NAME', of: 'intent' }),
    value: flag(z.optional(z.string()), 'its value; separate items of a list with commas; none is an empty list', {
      value: 'VALUE',
    }),
    clear: flag(z._default(z.boolean(), false), 'remove the value; the inferred or default value applies again'),
  }),
  positional: ['name', 'value'],
  effect: 'local',
  invalidates: ({ value, clear }) => (value !== undefined || clear ? ['snapshot'] : []),
  examples: [
    { line: 'assume', says: 'All assumptions with their values, and where each value comes from' },
    { line: 'assume outboundMode limited', says: 'Declare one' },
    { line: 'assume outboundMode --clear', says: 'Remove the declared value' },
  ],
  check({ name, value, clear }) {
    const entry = name === undefined ? undefined : known(name);
    if (entry !== undefined && value !== undefined) checked(entry, value);
    if (clear && (entry === undefined || value !== undefined)) {
      throw usage(
        'contradicting-flags',
        '--clear needs the name of an assumption, and no value.',
        'Run `bastide assume NAME --clear`.',
      );
    }
  },
  // Assumptions belong to one source and one workspace, so the session is opened.
  async *run(context, { name, value, clear }) {
    const entry = name === undefined ? undefined : known(name);
    const answer = entry !== undefined && value !== undefined ? checked(entry, value) : undefined;
    const session = await context.session();
    if (entry?.name === 'devClientIps' && Array.isArray(answer))
      await keepAddress(context, answer.map(String), isClientAddress);
    const intents =
      entry !== undefined && (clear || answer !== undefined)
        ? await session.setIntents({ [entry.name]: answer } as Assumptions)
        : await session.intents();
    return { assumptions: (entry === undefined ? assumptionEntries : [entry]).map((one) => shownOf(one, intents)) };
  },
  // `intents` is the older name of the member.
  json: ({ assumptions }) => ({ assumptions, intents: assumptions }),
  text: ({ assumptions }) =>
    assumptions.flatMap((one) => [
      line(
        [one.name.padEnd(30), 'accent'],
        one.answered ? [`${assumptionText(one.value)} (declared)`, 'ok'] : [undeclared(one.otherwise), 'dim'],
      ),
      line([`  ${one.says}?${one.choices.length === 0 ? '' : ` ${one.choices.join(', ')}`}`, 'dim']),
      ...(assumptions.length > 1 ? [] : [line([`  affects ${affected(one.decides)}`, 'dim'])]),
    ]),
});

const undeclared = (otherwise: AssumptionEntry['otherwise']): string =>
  otherwise.how === 'default' ? `${assumptionText(otherwise.value)} (default)` : `inferred from ${otherwise.from}`;
const affected = (rules: readonly string[]): string => {
  if (rules.length === 0) return 'no rule: the effects of changes';
  return rules.includes('*') ? 'which rules apply' : `the rules ${rules.join(', ')}`;
};

function known(name: string): AssumptionEntry {
  const entry = assumptionEntry(name);
  if (entry) return entry;
  const near = nearest(
    name,
    assumptionEntries.map((one) => one.name),
  );
  throw usage(
    'unknown-intent',
    `Unknown assumption: ${clean(name, 60)}.`,
    near === undefined ? 'Run `bastide assume` for the list.' : `Did you mean ${near}?`,
  );
}

function checked(entry: AssumptionEntry, text: string): Json {
  const read = readAssumption(entry, text);
  if (!read.ok)
    throw usage('bad-value', `${clean(text, 60)} is not a valid value: ${read.reason}.`, 'Nothing changed.');
  if (!Array.isArray(read.value)) return read.value;
  for (const item of read.value.map(String)) {
    const wrong = entry.name === 'devClientIps' ? whyNoAddress(item) : whyNoAccount(item);
    if (wrong !== undefined) throw usage('bad-value', `${clean(item, 200)}: ${wrong}`, 'Nothing changed.');
  }
  const refused = entry.name === 'devClientIps' ? refusedClients(read.value.map(String)) : undefined;
  if (refused !== undefined)
    throw usage('bad-value', `${clean(refused.value, 200)}: ${refused.says}`, 'Nothing changed.');
  return read.value;
}

function whyNoAddress(text: string): string | undefined {
  const verdict = storageIpLegality(text);
  return verdict.legal ? undefined : verdict.reason;
}
const whyNoAccount = (text: string): string | undefined =>
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+$/i.test(text)
    ? undefined
    : 'this is not the resource ID of a storage account.';
