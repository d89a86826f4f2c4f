// What Azure really answered, read as files: no crash, the verdicts that reading the bodies gives, and nothing decided without
// evidence in the recording.
import { afterAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { Finding, Outcome } from '../../src/model/finding.ts';
import { type Json, sameJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { fold, nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession, snapshotFromTexts } from '../../src/session/index.ts';
import { forFiles } from '../support/sandbox.ts';
import { absent, areHere, type Cassette, cassettes, isObject, resourcesIn } from './recordings.ts';
import { expected } from './recordings-expected.ts';

const families = /^(StorageTest|KeyVaultTest|Lock|NetworkSecurityGroup|NetworkInterface|MachineLearning)/;
const all = cassettes(families);
afterAll(() => {
  const answers = all.flatMap(readable).length;
  process.stdout.write(`\nCassettes read: ${all.length}, answers: ${answers}.\n`);
});

/** The answers that hold resources, or empty lists of them. */
const readable = ({ exchanges }: Cassette) =>
  exchanges.filter(({ body }) => resourcesIn(body).length > 0 || sameJson(body as Json, { value: [] }));
function read(bodies: readonly unknown[]): Snapshot {
  return snapshotFromTexts(
    bodies.map((body, index) => ({ path: `${index}.json`, text: JSON.stringify(body) })),
    // Pages of a list are read one by one.
    { allResources: true, partial: true, now: () => new Date(0), newId: () => 'id' },
  );
}
const outcomesOf = (findings: readonly Finding[], resource: string): Record<string, Outcome> =>
  Object.fromEntries(findings.filter((one) => nameOf(one.resource) === resource).map((one) => [one.rule, one.outcome]));

/** Ids and values of enums in another letter case: Azure keeps the case in which they were written. */
function spelt(value: unknown, change: (text: string) => string, member = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => spelt(item, change, member));
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, spelt(item, change, name)]));
  }
  if (typeof value !== 'string') return value;
  if (/^(defaultAction|bypass|publicNetworkAccess|state|status|provisioningState|isolationMode|level)$/.test(member)) {
    return change(value);
  }
  if (/^(computeType|remoteLoginPortPublicAccess|action|protocol|access|direction)$/.test(member)) return change(value);
  return value.startsWith('/subscriptions/')
    ? `/subscriptions/${change(value.slice('/subscriptions/'.length))}`
    : value;
}

/** A decided finding cites what is recorded, and what it cites is there. */
function unfounded({ id, outcome, evidence }: Finding, snapshot: Snapshot): string[] {
  if (outcome !== 'pass' && outcome !== 'fail') return [];
  const bodies = new Map(snapshot.resources.map((resource) => [fold(resource.id), resource.body]));
  const cited = evidence.filter(({ resource }) => bodies.has(fold(resource)));
  const wrong = cited.filter(({ resource, pointer, value }) => {
    const body = bodies.get(fold(resource));
    return pointer !== '' && !sameJson((body && valueAt(body, pointer)) ?? null, value);
  });
  return [
    ...(cited.length === 0 ? [`${outcome} ${id}: cites nothing that is recorded`] : []),
    ...wrong.map(({ pointer }) => `${outcome} ${id}: ${pointer} is not what it cites`),
  ];
}

describe.skipIf(!areHere)(`recorded answers${absent}`, () => {
  test('there are cassettes of every family', () => {
    const found = new Set(all.map(({ name }) => families.exec(name)?.[1]));
    expect(found.size).toBe(6);
  });

  test.each(all.map((cassette) => [cassette.name, cassette] as const))(
    '%s: nothing is decided without evidence, and nothing can be planned that breaks',
    (_name, cassette) => {
      const bodies = readable(cassette).map(({ body }) => body);
      expect(bodies.length).toBeGreaterThan(0);
      for (const some of [...bodies.map((body) => [body]), bodies]) {
        const snapshot = read(some);
        const { findings } = audit(snapshot, rules, 'all');
        expect(findings.flatMap((finding) => unfounded(finding, snapshot))).toEqual([]);
        const session = createFileSession({ snapshot, rules, ...forFiles });
        session.plan(snapshot, { targets: 'all', answers: {}, ips: [], profile: 'all' });
      }
    },
  );

  test.each(all.map((cassette) => [cassette.name, cassette] as const))(
    '%s: other letters, other verdicts of none',
    (_name, cassette) => {
      const bodies = readable(cassette).map(({ body }) => body);
      const verdicts = (some: readonly unknown[]) =>
        audit(read(some), rules, 'all').findings.map(({ id, outcome, severity }) => `${outcome} ${severity} ${id}`);
      const letters: ((text: string) => string)[] = [(text) => text.toLowerCase(), (text) => text.toUpperCase()];
      for (const change of letters)
        expect(verdicts(bodies.map((body) => spelt(body, change)))).toEqual(verdicts(bodies));
    },
  );

  const rows = expected.flatMap((one) =>
    all
      .filter(({ name }) => one.cassette.test(name))
      .map((cassette) => [cassette.name, one.answer, cassette, one] as const),
  );
  test.each(rows)('%s, answer %s: the verdicts', (_name, answer, cassette, { verdicts }) => {
    const answers = readable(cassette);
    const chosen = answer === 'all' ? answers : [cassette.exchanges[answer]];
    const { findings } = audit(read(chosen.map((one) => one?.body)), rules, 'all');
    for (const [resource, wanted] of Object.entries(verdicts)) {
      expect({ resource, ...outcomesOf(findings, resource) }).toMatchObject({ resource, ...wanted });
    }
  });

  test('an answer that holds no resource is refused with its place, not read as something else', () => {
    const [routes] = cassettes(/NetworkInterfaceTest\.test_find_by_default_routes/);
    const effective = routes?.exchanges.at(-1)?.body;
    expect(() => read([effective])).toThrow(/0\.json.*item 0/);
  });

  test('every storage, vault and workspace cassette has its verdicts', () => {
    const judged = all.filter(({ name }) => /^(StorageTest|KeyVaultTest|MachineLearning)/.test(name));
    const silent = judged.filter(({ name }) => !expected.some(({ cassette }) => cassette.test(name)));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });
});
