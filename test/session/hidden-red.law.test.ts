// No read hides a failure: one read of a scan is refused, and each finding of medium severity or higher that fails when all can be read
// still fails, says what it fails unless, or another answer to that read would make it hold in fact.
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import { judgedScopes } from '../../src/audit/scopes.ts';
import { serviceKindOf } from '../../src/facts/path/services.ts';
import type { ScopeResult } from '../../src/model/access-scope.ts';
import { type Finding, headline, type Report } from '../../src/model/finding.ts';
import { fold, isNamed, nameOf, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { subnetType } from '../../src/resource-types/network-view.ts';
import { rules } from '../../src/rules/index.ts';
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
const isFailing = (id: string, { findings }: Report): boolean =>
  findings.some((one) => one.id === id && one.outcome === 'fail');

/** Answers that Azure could have given to this read: nothing there, less in it, or what resources of the type are elsewhere. */
function* answersTo(path: string, read: Snapshot['resources']): Generator<readonly [number, object]> {
  if (/\/permissions$/i.test(path)) yield [200, { value: [{ actions: ['*'], notActions: [] }] }];
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
  // What rules say of these alone: a roll-up follows from the others.
  const asked = rules.filter(({ id }) => ids.some((one) => one.startsWith(`${id}@`)));
  const needed = asked.some(({ rollsUp }) => rollsUp !== undefined) ? rules : asked;
  for (const [status, body] of answersTo(path, read)) {
    if (left.length === 0) break;
    answer(path, status, body);
    const snapshot = await drain(session.scan()).catch(() => null);
    const report = snapshot && audit(snapshot, needed, 'all');
    left = left.filter((id) => report === null || isFailing(id, report));
  }
  return left;
}

/** One of each kind: a route table, a policy, an account and a network beside the subject, and a list of which subjects are known besides. */
test.each([
  ['tunnelled', '/routeTables/rt-train', 'udr.table-on-compute-subnet', 'rt-train (not read) shows otherwise'],
  ['firewalled', '/firewallPolicies/fwp-base', 'firewall.current-rules', 'fwp-base (not read) shows otherwise'],
  ['limited', '/storageAccounts/stmlsim', 'nsg.outbound-storage', 'stmlsim (not read) shows otherwise'],
  ['drifted', '/virtualNetworks/vnet-ml', 'keyvault.private-endpoint', 'vnet-ml (not read) shows otherwise'],
  ['shared', '/mlw-sim/computes', 'compute.endpoint-path', ''],
])('%s without %s: %s fails, unless what was not read shows otherwise', async (world, end, rule, unless) => {
  const { session, asked, refuse } = simulated(world, new Date('2026-01-02T03:04:05Z'));
  await drain(session.scan());
  const path = [...asked].find((one) => fold(one).endsWith(fold(end)));
  refuse(path ?? '');
  const { findings } = audit(await drain(session.scan()), rules, 'all');
  const problem = rules.find(({ id }) => id === rule)?.problem ?? '';
  const said = unless === '' ? problem : `${problem}, unless ${unless}`;
  expect(findings.filter((one) => one.rule === rule).map(headline)).toContain(said);
});

test('a workspace that was not read is not one without an account', async () => {
  const { session, asked, refuse } = simulated('machines', new Date('2026-01-02T03:04:05Z'));
  await drain(session.scan());
  refuse([...asked].find((one) => fold(one).endsWith('/workspaces/mlw-sim')) ?? '');
  const { findings } = audit(await drain(session.scan()), rules, 'all');
  const found = findings.filter(({ rule }) => rule === 'vm.in-vnet');
  expect(found.map(({ outcome }) => outcome)).toContain('unknown');
  expect(found.map(({ because }) => because)).not.toContain('The workspace has no default storage account.');
});

test('networks that are found by a workspace that was not read are not without endpoints of Azure Monitor', async () => {
  const { session, asked, refuse } = simulated('refused', new Date('2026-01-02T03:04:05Z'));
  await drain(session.scan());
  refuse([...asked].find((one) => fold(one).endsWith('/workspaces/mlw-sim')) ?? '');
  const { findings } = audit(await drain(session.scan()), rules, 'all');
  const found = findings.filter(({ rule }) => rule === 'workspace.monitor-private-only');
  expect(found.map(({ outcome }) => outcome)).toEqual(['unknown']);
});

describe.each(worlds)('%s', (world) => {
  test('no refused read hides a failure', { timeout: isFull ? 600_000 : 60_000 }, async () => {
    const inProcess = simulated(world, new Date('2026-01-02T03:04:05Z'));
    const { session, asked, refuse } = inProcess;
    const whole = await drain(session.scan());
    const before = audit(whole, rules, 'all');
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
        const after = audit(snapshot, rules, 'all');
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

/** In these two networks and workspaces of others are among the ends. */
describe.each([...new Set(['shared', 'records', ...worlds])])('%s', (world) => {
  test('no refused read settles an access scope', { timeout: isFull ? 600_000 : 60_000 }, async () => {
    const { session, asked, refuse } = simulated(world, new Date('2026-01-02T03:04:05Z'));
    const whole = await drain(session.scan());
    const held = judgedScopes(whole, scopesOf(whole)).results;
    const claimed: string[] = [];
    for (const path of [...asked]) {
      for (const manner of isFull ? manners : manners.slice(0, 1)) {
        refuse(path, manner);
        const snapshot = await drain(session.scan()).catch(() => null);
        const said = snapshot === null ? [] : scopeClaims(held, snapshot);
        claimed.push(...said.map((claim) => `${manner} ${path}: ${claim}`));
      }
    }
    // A world of which nothing is known would claim nothing.
    expect(held.filter(({ outcome }) => outcome !== 'unknown').length).toBeGreaterThan(2);
    expect(claimed).toEqual([]);
  });
});

/** What is said of a check without the read that is not so with it: a failure, a pass, or that the rule does not apply. */
function claims({ findings }: Report, now: ReadonlyMap<string, Finding>): string[] {
  const was = new Map(findings.map((one) => [one.id, one.outcome]));
  return [...now.values()]
    .filter(({ id, outcome }) => outcome !== 'unknown' && outcome !== (was.get(id) ?? 'notApplicable'))
    .map(({ id, outcome, because }) => `${id} ${was.get(id) ?? 'absent'} -> ${outcome}: ${because}`);
}

/** Who may reach the services: in all, and each alone. */
function scopesOf({ resources }: Snapshot): string[] {
  const subnets = resources.filter(({ type }) => fold(type) === fold(subnetType)).map(({ id }) => id);
  const services = resources.filter(({ id }) => serviceKindOf(id) !== undefined).slice(0, 6);
  return [
    'nothing from Internet reaches anything',
    ...subnets.slice(0, 1).map((id) => `only ${id} reaches anything`),
    ...services.flatMap(({ id }) => [
      `nothing from Internet reaches ${id}`,
      ...subnets
        .slice(0, 2)
        .flatMap((subnet) => [`only ${subnet} reaches ${id}`, `${subnet} reaches ${id} on tcp 443`]),
    ]),
  ];
}

/** What is said of access scopes without the read that is not so with it. */
const scopeClaims = (held: readonly ScopeResult[], snapshot: Snapshot): string[] =>
  judgedScopes(
    snapshot,
    held.map(({ scope }) => scope),
  ).results.flatMap(({ scope, outcome, because }, at) =>
    outcome === 'unknown' || outcome === held[at]?.outcome
      ? []
      : [`${scope}: ${held[at]?.outcome} -> ${outcome}: ${because}`],
  );

const saysUnless = (now: Finding | undefined, was: Finding): boolean =>
  now?.outcome === 'unknown' && headline(now).startsWith(`${was.problem}, unless `);
