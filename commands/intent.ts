// `intent`: the operator's own answers where Azure cannot tell.
import * as z from 'zod/mini';
import { defineCommand } from '../src/command/definition.ts';
import { flag } from '../src/command/flag.ts';
import { nearest } from '../src/command/nearest.ts';
import { exitStatus, Failure } from '../src/model/failure.ts';
import type { Intents } from '../src/model/intent.ts';
import { type IntentEntry, intentEntries, intentEntry, readIntent, spokenIntent } from '../src/model/intent-values.ts';
import type { Json } from '../src/model/json.ts';
import { clean } from '../src/model/text.ts';
import { line } from '../src/model/words.ts';
import { storageIpLegality } from '../src/net/ip-rules.ts';

interface Shown {
  readonly name: string;
  readonly answered: boolean;
  readonly value: Json;
  readonly says: string;
  readonly choices: readonly string[];
  /** What holds while it is not answered. */
  readonly otherwise: IntentEntry['otherwise'];
  /** Rules whose answer may hang on it; a star stands for any letters. */
  readonly decides: readonly string[];
}

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);
const shownOf = (entry: IntentEntry, intents: Intents): Shown => ({
  name: entry.name,
  answered: intents[entry.name] !== undefined,
  value: intents[entry.name] ?? null,
  says: entry.says,
  choices: entry.choices,
  otherwise: entry.otherwise,
  decides: entry.decides,
});

export const intent = defineCommand({
  name: 'intent',
  summary: 'show or give your own answers where Azure cannot tell',
  args: z.object({
    name: flag(z.optional(z.string()), 'the intent', { value: 'NAME', of: 'intent' }),
    value: flag(z.optional(z.string()), 'your answer; a list is written with commas, and none is an empty one', {
      value: 'VALUE',
    }),
    clear: flag(z._default(z.boolean(), false), 'take the answer back'),
  }),
  positional: ['name', 'value'],
  effect: 'local',
  examples: [
    { line: 'intent', says: 'every question and its answer' },
    { line: 'intent outboundMode limited', says: 'answer one' },
    { line: 'intent outboundMode --clear', says: 'take the answer back' },
  ],
  // The session is opened because answers belong to one source and one workspace.
  async *run(context, { name, value, clear }) {
    const entry = name === undefined ? undefined : known(name);
    const answer = entry !== undefined && value !== undefined ? checked(entry, value) : undefined;
    if (clear && (entry === undefined || value !== undefined)) {
      throw usage('contradicting-flags', '--clear takes one intent and no value.', 'bastide intent NAME --clear');
    }
    const session = await context.session();
    const intents =
      entry !== undefined && (clear || answer !== undefined)
        ? await session.setIntents({ [entry.name]: answer } as Intents)
        : await session.intents();
    return { intents: (entry === undefined ? intentEntries : [entry]).map((one) => shownOf(one, intents)) };
  },
  text({ intents }) {
    return intents.flatMap((one) => [
      line(
        [one.name.padEnd(30), 'accent'],
        one.answered ? [spokenIntent(one.value), 'ok'] : [`not answered: ${otherwiseShown(one.otherwise)}`, 'dim'],
      ),
      line([`  ${one.says}?${one.choices.length === 0 ? '' : ` ${one.choices.join(', ')}`}`, 'dim']),
      ...(intents.length > 1 ? [] : [line([`  decides ${decided(one.decides)}`, 'dim'])]),
    ]);
  },
});

const otherwiseShown = (otherwise: IntentEntry['otherwise']): string =>
  otherwise.how === 'default' ? `${spokenIntent(otherwise.value)} is taken` : `inferred from ${otherwise.from}`;
const decided = (rules: readonly string[]): string =>
  rules.includes('*') ? 'which rules apply at all' : rules.join(', ');

function known(name: string): IntentEntry {
  const entry = intentEntry(name);
  if (entry) return entry;
  const near = nearest(
    name,
    intentEntries.map((one) => one.name),
  );
  throw usage(
    'unknown-intent',
    `There is no intent ${clean(name, 60)}.`,
    near === undefined ? 'Run `bastide intent` for the list.' : `Did you mean ${near}?`,
  );
}

function checked(entry: IntentEntry, text: string): Json {
  const read = readIntent(entry, text);
  if (!read.ok) throw usage('bad-value', `${clean(text, 60)} is no answer: ${read.reason}.`, 'Nothing was changed.');
  if (!Array.isArray(read.value)) return read.value;
  for (const item of read.value.map(String)) {
    const wrong = entry.name === 'devClientIps' ? whyNoAddress(item) : whyNoAccount(item);
    if (wrong !== undefined) throw usage('bad-value', `${clean(item, 200)}: ${wrong}`, 'Nothing was changed.');
  }
  return read.value;
}

function whyNoAddress(text: string): string | undefined {
  const verdict = storageIpLegality(text);
  return verdict.legal ? undefined : verdict.reason;
}
const whyNoAccount = (text: string): string | undefined =>
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+$/i.test(text)
    ? undefined
    : 'it is not the id of a storage account.';
