// The intents there are, what each asks, and how an answer written as text is read. No file and no session.
import type { Intents } from './intent.ts';
import type { Json } from './json.ts';

export type IntentName = keyof Intents;
export interface IntentEntry {
  readonly name: IntentName;
  readonly kind: 'boolean' | 'choice' | 'list';
  readonly choices: readonly string[];
  /** The question, as a sentence without its question mark. */
  readonly says: string;
}
export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

const yesNo = (name: IntentName, says: string): IntentEntry => ({
  name,
  kind: 'boolean',
  choices: ['true', 'false'],
  says,
});
const choice = (name: IntentName, choices: readonly string[], says: string): IntentEntry => ({
  name,
  kind: 'choice',
  choices,
  says,
});
const list = (name: IntentName, says: string): IntentEntry => ({ name, kind: 'list', choices: [], says });

/** rules-catalogue 3.1 and 3.13. */
export const intentEntries: readonly IntentEntry[] = [
  choice(
    'architecture',
    ['auto', 'service-endpoint', 'private-endpoint', 'managed-network'],
    'How the workspace keeps its traffic inside',
  ),
  choice('outboundMode', ['auto', 'open', 'limited'], 'Whether traffic out of the training subnet is limited'),
  yesNo('sshWanted', 'Whether compute clusters and instances are reached by SSH'),
  yesNo('externalScoring', 'Whether deployed models are called from outside the network'),
  yesNo('useMicrosoftImagesUserManaged', "Whether user-managed environments use Microsoft's images"),
  list('devClientIps', "The operators' own addresses or ranges; none is an answer too"),
  yesNo('usesStudio', 'Whether people work in the studio'),
  yesNo('usesBatchEndpoints', 'Whether batch endpoints are used'),
  yesNo('usesRStudio', 'Whether RStudio is used on compute instances'),
  yesNo('azureMonitorSecured', 'Whether Azure Monitor is reached through a private link scope'),
  yesNo('usesAci', 'Whether models are deployed to container instances'),
  list('aciSubnets', 'Ids of the subnets meant for container instances'),
  list('storageAccounts', 'Ids of storage accounts that the workspace uses beside its datastores'),
];

export const intentEntry = (name: string): IntentEntry | undefined =>
  intentEntries.find((entry) => entry.name.toLowerCase() === name.toLowerCase());

/** An answer written as text: `true`, `limited`, `203.0.113.7,198.51.100.0/24`, or `none` for an empty list. */
export function readIntent(entry: IntentEntry, text: string): Read<Json> {
  const word = text.trim();
  if (entry.kind === 'list') {
    const items = word.split(/[\s,]+/).filter((item) => item !== '');
    return { ok: true, value: items.length === 1 && items[0]?.toLowerCase() === 'none' ? [] : items };
  }
  const known = entry.choices.find((value) => value === word.toLowerCase());
  if (known !== undefined) return { ok: true, value: entry.kind === 'boolean' ? known === 'true' : known };
  if (entry.kind === 'boolean' && /^(yes|no)$/i.test(word)) return { ok: true, value: word.toLowerCase() === 'yes' };
  return { ok: false, reason: `${entry.name} takes ${entry.choices.join(', ')}` };
}

/** Intents out of JSON of a file: what is no intent, or not of its kind, is named and left out. */
export function checkIntents(json: Json): { readonly intents: Intents; readonly wrong: readonly string[] } {
  const intents: Record<string, Json> = {};
  const wrong: string[] = [];
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { intents: {}, wrong: ['not an object'] };
  for (const [name, value] of Object.entries(json)) {
    const entry = intentEntries.find((candidate) => candidate.name === name);
    if (entry && fits(entry, value as Json)) intents[name] = value as Json;
    else wrong.push(name);
  }
  return { intents: intents as Intents, wrong };
}

function fits(entry: IntentEntry, value: Json): boolean {
  if (entry.kind === 'boolean') return typeof value === 'boolean';
  if (entry.kind === 'list') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return typeof value === 'string' && entry.choices.includes(value);
}
