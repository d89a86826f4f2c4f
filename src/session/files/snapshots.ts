// A snapshot of Bastide's own in a file, as it is or in the envelope of `scan`; one that is damaged is refused with what is wrong.
import { assumptionEntry, checkAssumptions } from '../../model/assumption-values.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../model/json.ts';
import { member } from '../../model/pointer.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import { unusable } from './documents.ts';

/** The snapshot itself, or the one in the envelope of `scan --format json`. */
export function snapshotIn(json: Json): JsonObject | undefined {
  if (!isObject(json)) return undefined;
  const schema = member(json, 'schema');
  if (schema === 'bastide/snapshot/v1') return json;
  const result = member(json, 'result');
  return schema === 'bastide/v1' && isObject(result) && member(result, 'schema') === 'bastide/snapshot/v1'
    ? result
    : undefined;
}

/** What is wrong with a value, with its pointer (`/resources/3/body is not an object`); undefined where it fits. */
type Shape = (value: Json | undefined, at: string) => string | undefined;

const fits =
  (what: string, test: (value: Json) => boolean): Shape =>
  (value, at) =>
    value !== undefined && test(value) ? undefined : `${at} is ${value === undefined ? 'missing' : `not ${what}`}`;
const text = fits('a text', (value) => typeof value === 'string');
const number = fits('a number', (value) => typeof value === 'number' && Number.isFinite(value));
const anyObject = fits('an object', isObject);
const oneOf = (...words: readonly string[]): Shape =>
  fits(`one of ${words.join(', ')}`, (value) => words.includes(value as string));
const orNull =
  (shape: Shape): Shape =>
  (value, at) =>
    value === null ? undefined : shape(value, at);
const optional =
  (shape: Shape): Shape =>
  (value, at) =>
    value === undefined ? undefined : shape(value, at);
const whatever: Shape = () => undefined;
const listOf =
  (shape: Shape): Shape =>
  (value, at) => {
    if (!isArray(value)) return fits('a list', isArray)(value, at);
    for (const [index, item] of value.entries()) {
      const wrong = shape(item, `${at}/${index}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };
const objectOf =
  (members: Readonly<Record<string, Shape>>): Shape =>
  (value, at) => {
    if (!isObject(value)) return anyObject(value, at);
    for (const [name, shape] of Object.entries(members)) {
      const wrong = shape(member(value, name), `${at}/${name}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };

const failure = objectOf({
  ...{ id: text, reason: text, action: text, status: optional(number), code: optional(text) },
  open: optional(objectOf({ pointer: text, expression: text })),
});
const flow = objectOf({
  packet: objectOf({
    direction: oneOf('Inbound', 'Outbound'),
    protocol: oneOf('Tcp', 'Udp'),
    ...{ localPort: number, remote: text, remotePort: number },
  }),
  ...{ verdict: whatever, hop: whatever },
});
const nic = objectOf({
  ...{ subnet: text, nic: text, machine: text, address: text, at: text },
  ...{ flows: listOf(flow), gaps: listOf(failure) },
});
const snapshotShape = objectOf({
  ...{ id: text, takenAt: text, workspace: orNull(text), intents: anyObject, requests: optional(number) },
  source: optional(objectOf({ kind: text, name: text })),
  identity: optional(orNull(objectOf({ name: text, how: text, tenant: optional(text), objectId: optional(text) }))),
  resources: listOf(objectOf({ id: text, type: text, apiVersion: text, body: anyObject, etag: optional(text) })),
  collections: listOf(objectOf({ id: text, members: listOf(text) })),
  permissions: listOf(objectOf({ scope: text, actions: listOf(text), notActions: listOf(text) })),
  gaps: listOf(failure),
  searched: optional(listOf(text)),
  isWhole: optional(fits('true', (value) => value === true)),
  skipped: optional(listOf(objectOf({ file: text, reason: text }))),
  serviceTags: optional(
    objectOf({ source: oneOf('azure', 'cache', 'file'), from: text, at: orNull(text), document: anyObject }),
  ),
  live: optional(
    objectOf({ questions: number, nics: listOf(nic), nowhere: listOf(objectOf({ subnet: text, reason: text })) }),
  ),
});

/** A name of a newer version is left alone; a value that no version takes is not. */
function wrongAssumption(json: JsonObject): string | undefined {
  const given = member(json, 'intents') ?? {};
  const known = checkAssumptions(given).wrong.find((name) => assumptionEntry(name)?.name === name);
  return known === undefined ? undefined : `/intents/${known} has a value that this assumption does not take`;
}

/** Throws Failure (exit 2) that names the member that does not fit. */
export function checkedSnapshot(json: JsonObject, path: string): Snapshot {
  const wrong = snapshotShape(json, '') ?? wrongAssumption(json);
  if (wrong === undefined) return json as unknown as Snapshot;
  const next = 'Create a new one with `bastide scan --output FILE`.';
  throw unusable(path, `the snapshot is damaged: ${clean(wrong, 200)}.`, next);
}
