// A connection that this history did not ask for is approved for its name alone, while it is pending, and never without a question.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits, setMember } from '../../src/model/edit.ts';
import { effectKinds, isRisky } from '../../src/model/effect.ts';
import { type JsonObject, parseJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { buildPlan, type PlanRequest } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { resourceOf, worldSnapshot } from './worlds.ts';

const rule = 'acr.shared-private-link-approved';
const stranger = '99999999-9999-9999-9999-999999999999';

interface Shown {
  readonly name: string;
  readonly status: string;
  readonly says: string;
}
const bodyOf = (registry: string, { name, status, says }: Shown): JsonObject =>
  parseJson(
    JSON.stringify({
      id: `${registry}/privateEndpointConnections/${name}`,
      name,
      type: 'Microsoft.ContainerRegistry/registries/privateEndpointConnections',
      properties: {
        privateEndpoint: {
          id: `/subscriptions/${stranger}/resourceGroups/rg-x/providers/Microsoft.Network/privateEndpoints/${name}`,
        },
        privateLinkServiceConnectionState: { status, description: says },
      },
    }),
  ) as JsonObject;

/** The world `registry` with these connections alone; `message`: what the link of the workspace asked with. */
const showing = (shown: readonly Shown[], message = 'Approve'): Snapshot =>
  worldSnapshot('registry', {
    change: (all) =>
      all
        .filter(({ id }) => !/\/registries\/acrmlsim\/privateEndpointConnections\//i.test(id))
        .flatMap((one) => {
          if (/\/workspaces\/mlw-sim$/.test(one.id)) {
            const pointer = '/properties/sharedPrivateLinkResources/0/properties/requestMessage';
            return [{ ...one, body: applyEdits(one.body, [setMember(one.body, pointer, message)]) as JsonObject }];
          }
          if (!/\/registries\/acrmlsim$/.test(one.id)) return [one];
          const bodies = shown.map((each) => bodyOf(one.id, each));
          const list = setMember(one.body, '/properties/privateEndpointConnections', bodies);
          return [{ ...one, body: applyEdits(one.body, [list]) as JsonObject }, ...bodies.map(resourceOf)];
        }),
  });

const planFor = (snapshot: Snapshot, request: Partial<PlanRequest> = {}): Plan =>
  buildPlan({
    ...{ snapshot, rules, id: 'plan-1' },
    request: { targets: [rule], answers: {}, ips: [], profile: 'all', ...request },
  });
const approved = ({ steps }: Plan): string[] =>
  steps
    .map(({ change }) => change.resource)
    .filter((id) => /\/privateEndpointConnections\//.test(id))
    .map(nameOf);
const ours = 'Approve (Bastide, snap-1)';

describe('connections of others', () => {
  const shown = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('a.1', 'b.2', 'c.3'),
      status: fc.constantFrom('Pending', 'Rejected', 'Disconnected', 'Approved'),
      says: fc.constantFrom('Approve', 'Please approve.', ours, ''),
    }),
    { selector: ({ name }) => name, minLength: 1 },
  );
  const everything: Partial<PlanRequest> = { targets: 'all', allowEffects: effectKinds };

  test('are approved without an answer only where one request of our own is pending, and are not selected', () => {
    fc.assert(
      fc.property(shown, fc.constantFrom('Approve', ours), (all, message) => {
        const own = all.filter(({ status, says }) => status === 'Pending' && says === ours && message === ours);
        const snapshot = showing(all, message);
        const isMany = own.length > 1 || all.some(({ says, status }) => says === message && status === 'Approved');
        expect(approved(planFor(snapshot))).toEqual(isMany ? [] : own.map(({ name }) => name));
        expect(approved(planFor(snapshot, { targets: 'all' }))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test('are approved by name while they are pending, with what that opens', () => {
    fc.assert(
      fc.property(shown, fc.nat(2), (all, at) => {
        const picked = all[at % all.length] as Shown;
        const snapshot = showing(all);
        const plan = planFor(snapshot, { answers: { connection: picked.name } });
        const isFailing = !all.some(({ status, says }) => status === 'Approved' && says === 'Approve');
        const isPassing = !isFailing || all.every(({ status }) => status === 'Approved');
        const wanted = picked.status === 'Pending' && !isPassing ? [picked.name] : [];
        expect(approved(plan)).toEqual(wanted);
        for (const { effects } of plan.steps) {
          const opens = effects.filter((one) => one.kind === 'opens' && one.reason === 'approval');
          expect(opens.map(isRisky)).toEqual([true]);
          const scopes = effects.filter(({ kind }) => kind === 'otherScope');
          expect(scopes.map(({ subject }) => subject)).toContain(stranger);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('a rejection stays one, whatever is allowed', () => {
    const rejected = showing([{ name: 'stranger-pe', status: 'Rejected', says: 'Rejected by the security team' }]);
    const plan = planFor(rejected, everything);
    expect(approved(plan)).toEqual([]);
    const reason = plan.skipped.find(({ finding }) => finding.startsWith(rule))?.reason ?? '';
    expect(reason).toContain('stranger-pe');
    expect(reason).toContain('only pending connections are approved');
    expect(sameId('stranger-pe', approved(planFor(rejected, { answers: { connection: 'stranger-pe' } }))[0])).toBe(
      false,
    );
  });
});
