// Addresses that an operator gives: each is in the plan, or the plan says why not; a range that is wider than an operator's own must be
// allowed by its effect.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { effectKinds, isRisky } from '../../src/model/effect.ts';
import type { Plan } from '../../src/model/plan.ts';
import { isWithin, sameId, typeOf } from '../../src/model/resource-id.ts';
import type { ReadFailure } from '../../src/model/snapshot.ts';
import { parseClientAddress } from '../../src/net/ip-rules.ts';
import { buildPlan, type PlanRequest } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { partOf } from '../support/parts.ts';
import { withoutServerless, worldSnapshot } from './worlds.ts';

const planOf = (world: string, request: Partial<PlanRequest>): Plan =>
  buildPlan({
    ...{ snapshot: withoutServerless(worldSnapshot(world)), rules, id: 'p' },
    request: { targets: 'all', answers: {}, ips: [], profile: 'all', ...request },
  });
const written = ({ steps }: Plan): string => JSON.stringify(steps.map(({ change }) => change.edits));
const given = '45.45.45.45';
const declared = '203.0.113.77';
const rule = ['storage.dev-client-ip'];

describe('an address that is given with --all', () => {
  test('is allowed, and the declared one is not in its place', () => {
    const plan = planOf('mixed', { ips: [given] });
    expect(written(plan)).toContain(given);
    expect(written(plan)).not.toContain(declared);
    expect(plan.skipped.filter(({ reason }) => reason.startsWith(`--ip ${given} is not added: `)).length).toBe(2);
    expect(plan.effects.filter(isRisky)).toEqual([]);
  });

  test('comes beside the declared one with what closes a service', () => {
    const plan = planOf('open', { ips: [given] });
    expect(written(plan)).toContain(given);
    expect(written(plan)).toContain(declared);
    expect(plan.skipped.filter(({ reason }) => reason.startsWith('--ip'))).toEqual([]);
  });

  test.each(
    partOf(
      worldFiles.map(({ name }) => name).filter((name) => name !== 'large' && name !== 'fleet'),
      8,
    ),
  )('is in the plan, or the plan says why not: %s', (world) => {
    for (const allowEffects of [[], effectKinds]) {
      const plan = planOf(world, { ips: [given], allowEffects });
      const reasons = plan.skipped.filter(({ finding }) =>
        /^(storage\.dev-client-ip|keyvault\.operator-access)@/.test(finding),
      );
      const unused = plan.gates.filter(({ detail }) => detail.startsWith(`--ip ${given} is in no change`));
      const isSaid = written(plan).includes(given) || reasons.length > 0 || unused.length > 0;
      const isNeeded = worldSnapshot(world).resources.some(({ type }) => /storageAccounts|vaults/i.test(type));
      expect(isSaid || !isNeeded).toBe(true);
    }
  });
});

test('a rule that allows no address says that it is not used', () => {
  const plan = planOf('mixed', { targets: ['acr.tasks-bypass', 'storage.bypass-azure-services'], ips: [given] });
  expect(written(plan)).not.toContain(given);
  const [said] = plan.gates.filter(({ kind }) => kind === 'lockout');
  expect(said).toMatchObject({
    outcome: 'warn',
    detail: expect.stringMatching(/^--ip 45\.45\.45\.45 is in no change .*stmlsim/),
  });
});

test.each([
  ['45.45.45.45', false],
  ['45.45.45.0/24', false],
  ['45.45.0.0/16', true],
  ['20.0.0.0/8', true],
])('%s must be allowed by its effect: %s', (ip, isAsked) => {
  const { effects, steps } = planOf('mixed', { targets: rule, ips: [ip] });
  expect(steps.length).toBeGreaterThan(0);
  expect(effects.some((one) => one.kind === 'opens' && isRisky(one))).toBe(isAsked);
  const all = planOf('mixed', { ips: [ip] });
  expect(written(all).includes(ip)).toBe(!isAsked);
});

test.each([
  ['10.1.0.0/16', 'The address is private (RFC 1918)'],
  ['8.0.0.0/5', 'The range contains addresses that are private (RFC 1918)'],
  ['172.0.0.0/8', 'The range contains addresses that are private (RFC 1918)'],
  ['64.0.0.0/2', 'The range contains addresses that are shared with carriers (CGNAT, RFC 6598)'],
])('%s: %s', (text, reason) => {
  const parsed = parseClientAddress(text);
  expect(parsed.ok ? '' : parsed.reason).toBe(`${text}: ${reason}: the service only sees public addresses.`);
});

test('with lists that were refused, an address goes only to services that were read', () => {
  const snapshot = withoutServerless(worldSnapshot('mixed'));
  const list = `${snapshot.workspace}/datastores`;
  const gap: ReadFailure = {
    id: list,
    status: 403,
    code: 'AuthorizationFailed',
    reason: 'Access denied.',
    action: 'Microsoft.MachineLearningServices/workspaces/datastores/read',
  };
  const refused = {
    ...snapshot,
    resources: snapshot.resources.filter(({ id }) => !isWithin(id, list)),
    collections: snapshot.collections.filter(({ id }) => !sameId(id, list)),
    gaps: [...snapshot.gaps, gap],
  };
  const report = audit(refused, rules);
  expect(report.findings.some(({ rule, outcome }) => rule === 'storage.dev-client-ip' && outcome === 'unknown')).toBe(
    true,
  );
  const request = { targets: ['storage.dev-client-ip', 'keyvault.operator-access'], answers: {}, ips: [given] };
  const plan = buildPlan({ snapshot: refused, rules, id: 'p', request: { ...request, profile: 'all' } });
  for (const { change } of plan.steps) expect(typeOf(change.resource)).toMatch(/storageAccounts|vaults/i);
});
