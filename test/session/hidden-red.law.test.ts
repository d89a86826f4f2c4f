// No read hides a failure: one read of a scan is refused, and each finding of medium severity or higher that fails when all can be read
// still fails, or another answer to that read would make it hold in fact; where a list was refused, it fails or says what it fails unless.
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { type Finding, headline } from '../../src/model/finding.ts';
import type { ProblemReport } from '../../src/model/problem.ts';
import { fold, isNamed, nameOf, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { stringifyJson } from '../../src/simulator/json.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { armInProcess, drain, type InProcess, type Refusal, simulated } from '../support/in-process.ts';
import { trustSeed } from '../support/trust-size.ts';

const isFull = process.env.TRUST_SIZE === 'full';
/** So many reads are refused in each world; all of them in the long run. */
const each = isFull ? Number.POSITIVE_INFINITY : 8;
/** Of a fleet one workspace cannot be chosen by name alone. */
const worlds = worldFiles
  .map(({ name }) => name)
  .filter((name) => !/fleet|large|huge/.test(name))
  .filter((_name, at) => isFull || (at + trustSeed) % 8 === 0);
const manners: readonly Refusal[] = ['forbidden', 'unknownPath', 'unknownType', 'throttled'];

const isGrave = ({ outcome, severity }: Finding): boolean =>
  outcome === 'fail' && ['critical', 'high', 'medium'].includes(severity);
const isFailing = (id: string, { findings }: ProblemReport): boolean =>
  findings.some((one) => one.id === id && one.outcome === 'fail');

/** Answers that Azure could have given to this read: nothing there, less in it, or what resources of the type are elsewhere. */
function* answersTo(path: string, read: Snapshot['resources']): Generator<readonly [number, object]> {
  if (!isNamed(path)) return yield [200, { value: [] }];
  yield [404, { error: { code: 'ResourceNotFound', message: 'It was not found.' } }];
  const shown = read.find((one) => fold(one.id) === fold(path))?.body;
  if (shown !== undefined) for (const name of namesIn(shown)) yield [200, without(shown, name) as object];
  for (const body of bodiesOf(typeOf(path))) yield [200, { ...body, id: path, name: nameOf(path) }];
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
/** Names of members, at any depth but the first. */
function namesIn(body: object): readonly string[] {
  const below = (value: unknown): string[] =>
    isList(value)
      ? value.flatMap(below)
      : typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([name, one]) => [name, ...below(one)])
        : [];
  return ['location', ...new Set(Object.values(body).flatMap(below))].filter(
    (name) => name !== 'id' && name !== 'name',
  );
}
/** Without the members of a name; another region. */
function without(value: unknown, name: string): unknown {
  if (isList(value)) return value.map((one) => without(one, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) =>
      key !== name ? [[key, without(one, name)]] : key === 'location' ? [[key, 'australiaeast']] : [],
    ),
  );
}

/** Bodies of a type in all worlds, each once. */
const known = new Map<string, readonly object[]>();
function bodiesOf(type: string): readonly object[] {
  const before = known.get(fold(type));
  if (before !== undefined) return before;
  const found = worldFiles
    .filter(({ name }) => !/large|huge/.test(name))
    .flatMap(({ name }) => [...armInProcess(name).store.all()])
    .map((one) => JSON.parse(stringifyJson(one)) as { readonly type?: string; readonly properties?: unknown })
    .filter((body) => fold(body.type ?? '') === fold(type))
    .map((body) => [JSON.stringify(body.properties), body] as const);
  const once = [...new Map(found).values()];
  known.set(fold(type), once);
  return once;
}

/** Of these failures, those that fail whatever is answered to the read. */
async function inAnyCase(
  ids: readonly string[],
  path: string,
  { session, answer }: InProcess,
  read: Snapshot['resources'],
): Promise<string[]> {
  let left = [...ids];
  for (const [status, body] of answersTo(path, read)) {
    if (left.length === 0) break;
    answer(path, status, body);
    const snapshot = await drain(session.scan()).catch(() => null);
    const report = snapshot && session.report(snapshot, 'all');
    left = left.filter((id) => report === null || isFailing(id, report));
  }
  return left;
}

describe.each(worlds)('%s', (world) => {
  test('no refused read hides a failure', async () => {
    const inProcess = simulated(world, new Date('2026-01-02T03:04:05Z'));
    const { session, asked, refuse } = inProcess;
    const whole = await drain(session.scan());
    const before = session.report(whole, 'all');
    const paths = [...asked];
    const step = Math.max(1, Math.floor(paths.length / each));
    const hidden: string[] = [];
    const claimed: string[] = [];
    for (const [at, path] of paths.filter((_path, at) => (at + trustSeed) % step === 0).entries()) {
      for (const manner of isFull ? manners : [manners[(at + trustSeed) % manners.length]]) {
        refuse(path, manner);
        const snapshot = await drain(session.scan()).catch(() => null);
        // The workspace itself: there is no audit at all.
        if (snapshot === null) continue;
        const after = session.report(snapshot, 'all');
        const now = new Map(after.findings.map((one) => [one.id, one]));
        const lost = before.findings.filter((one) => isGrave(one) && now.get(one.id)?.outcome !== 'fail');
        const silent = lost.filter((one) => !saysUnless(now.get(one.id), one)).map(({ id }) => id);
        claimed.push(...claims(before, now).map((claim) => `${manner} ${path}: ${claim}`));
        hidden.push(
          ...(await inAnyCase(silent, path, inProcess, whole.resources)).map((id) => `${manner} ${path}: ${id}`),
        );
      }
    }
    expect({ hidden, claimed }).toEqual({ hidden: [], claimed: [] });
  });
});

/** What is said of a check without the read that is not so with it: a failure, a pass, or that the rule does not apply. */
function claims({ findings }: ProblemReport, now: ReadonlyMap<string, Finding>): string[] {
  const was = new Map(findings.map((one) => [one.id, one.outcome]));
  return [...now.values()]
    .filter(({ id, outcome }) => outcome !== 'unknown' && outcome !== (was.get(id) ?? 'notApplicable'))
    .map(({ id, outcome, because }) => `${id} ${was.get(id) ?? 'absent'} -> ${outcome}: ${because}`);
}

const saysUnless = (now: Finding | undefined, was: Finding): boolean =>
  now?.outcome === 'unknown' && headline(now).startsWith(`${was.problem}, unless `);
