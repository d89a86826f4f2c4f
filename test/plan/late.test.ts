// Which resource a change means whose name was unknown: none, one, and never one of several, whatever the parent's body holds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPlan } from '../../commands/parts/plan-file.ts';
import { type DeferredChange, editChange } from '../../src/model/change.ts';
import { applyEdits, setMember } from '../../src/model/edit.ts';
import { effectKinds } from '../../src/model/effect.ts';
import { isFailure } from '../../src/model/failure.ts';
import { type JsonObject, parseJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { applyChanges, buildPlan, describePlan, type PlanRequest, qualifying } from '../../src/plan/index.ts';
import { requestsOf } from '../../src/plan/requests.ts';
import { connectionState } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { resourceOf, worldSnapshot } from './worlds.ts';

const registryId =
  '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers/Microsoft.ContainerRegistry/registries/acr';
const at = (name: string, parent = registryId) => `${parent}/privateEndpointConnections/${name}`;
const says = 'Approve (Bastide, 20260102T030405-0a1b2c)';
const description = `${connectionState}/description`;

interface Shown {
  readonly id: string;
  readonly description: unknown;
}
const bodyOf = ({ id, description: words }: Shown) => ({
  id,
  name: id.split('/').at(-1),
  properties: {
    privateEndpoint: { id: '/subscriptions/8/resourceGroups/x/providers/Microsoft.Network/privateEndpoints/s' },
    privateLinkServiceConnectionState: { status: 'Pending', description: words },
  },
});
const json = (shown: Shown): JsonObject => parseJson(JSON.stringify(bodyOf(shown))) as JsonObject;
const registry = (connections: unknown): Resource => ({
  id: registryId,
  type: 'Microsoft.ContainerRegistry/registries',
  apiVersion: '2023-07-01',
  body: parseJson(JSON.stringify({ properties: { privateEndpointConnections: connections } })) as JsonObject,
});
const late = (besides: readonly string[] = [], words = says): DeferredChange => ({
  ...editChange(at('the connection of link Acr'), [
    { op: 'set', pointer: `${connectionState}/status`, before: 'Pending', after: 'Approved' },
  ]),
  found: { besides, pointer: description, says: words },
});
const meant = (change: DeferredChange, shown: readonly Shown[]) =>
  qualifying(change, registry(shown.map(bodyOf))).map(({ id }) => id);
const own: Shown = { id: at('acr.1'), description: says };

describe('of what a registry shows', () => {
  test.each<[string, readonly Shown[], readonly string[]]>([
    ['nothing', [], []],
    ['one that says it', [own], [own.id]],
    ['one that says it among other words', [{ ...own, description: `Request: ${says}.` }], [own.id]],
    ['others beside it', [{ id: at('acr.2'), description: 'Approve' }, own], [own.id]],
    ['two that say it', [own, { ...own, id: at('acr.2') }], [own.id, at('acr.2')]],
    ['the same twice, spelt otherwise', [own, { ...own, id: own.id.toUpperCase() }], [own.id.toUpperCase()]],
    ['one that says nothing', [{ ...own, description: '' }], []],
    ['one without words', [{ ...own, description: undefined }], []],
    ['words that are no text', [{ ...own, description: { toString: says } }], []],
    ['an id of another registry', [{ ...own, id: at('acr.1', `${registryId}x`) }], []],
    ['an id of something else', [{ ...own, id: `${registryId}/webhooks/acr.1` }], []],
    ['an id deeper down', [{ ...own, id: at('acr.1/privateEndpointConnections/x') }], []],
    ['the registry itself', [{ ...own, id: registryId }], []],
  ])('%s', (_name, shown, expected) => {
    expect(meant(late(), shown)).toEqual(expected);
  });

  test('one that was there before the plan is never meant, in any letter case', () => {
    expect(meant(late([own.id.toUpperCase()]), [own, { ...own, id: at('acr.2') }])).toEqual([at('acr.2')]);
  });

  test.each(['', ' '])('words that say nothing (%j) find nothing', (words) => {
    expect(meant(late([], words), [own])).toEqual([]);
  });

  test('whatever the body is, only new siblings that say it are meant', () => {
    const shown = fc.array(
      fc.record({
        id: fc.oneof(
          fc.constantFrom(
            own.id,
            at('acr.2'),
            at('ACR.2'),
            at('..'),
            at('a?b#c'),
            at('x', `${registryId}x`),
            registryId,
          ),
          fc.string(),
        ),
        description: fc.oneof(fc.constantFrom(says, `${says}!`, 'Approve', says.toUpperCase()), fc.jsonValue()),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(shown, fc.subarray([own.id, at('acr.2')]), (connections, known) => {
        const ids = meant(late(known), connections);
        const expected = connections.filter(
          ({ id, description: words }) =>
            typeof words === 'string' &&
            words.includes(says) &&
            new RegExp(`^${at('[^/]+')}$`, 'i').test(id) &&
            !known.some((one) => one.toLowerCase() === id.toLowerCase()),
        );
        expect(new Set(ids.map((id) => id.toLowerCase()))).toEqual(new Set(expected.map(({ id }) => id.toLowerCase())));
      }),
    );
    fc.assert(fc.property(fc.jsonValue(), (body) => qualifying(late(), registry(body)).length === 0));
  });
});

describe('a plan that makes a shared private link', () => {
  const snapshot = worldSnapshot('mixed');
  const planFor = (of: Snapshot, targets: PlanRequest['targets']): Plan =>
    buildPlan({
      snapshot: of,
      rules,
      id: 'plan-1',
      // An approval cannot be taken back to Pending.
      request: { targets, answers: { link: 'Acr' }, ips: [], profile: 'all', allowEffects: effectKinds },
    });
  const plan = planFor(snapshot, ['acr.shared-private-link']);
  const [, approval] = plan.steps;
  const change = approval?.change as DeferredChange;

  test('approves what comes of it, and says how that is told from others', () => {
    expect(plan.steps).toHaveLength(2);
    expect(change.found).toEqual({ besides: [], pointer: description, says: 'Approve (Bastide, snap-1)' });
    expect(approval?.risk).toContain('the new one of acrmlsim whose description is');
    expect(approval?.risk).toContain('Approve (Bastide, snap-1)');
    const [, described] = describePlan(plan).steps;
    expect(described?.label).toBe('change the connection of link Acr of acrmlsim');
    expect(described?.lines).toEqual([{ sign: ' ', text: 'connection state: Pending → Approved' }]);
    // No name, and so no part of a path.
    const said = [...(described?.effects ?? []).map(({ detail }) => detail), ...plan.irreversible];
    expect(said.join('\n')).toContain('the connection of link Acr of acrmlsim: it cannot become Pending again');
    expect(said.join('\n')).not.toContain('acrmlsim/');
    expect(plan.preview.introduces).toEqual([]);
    const after = applyChanges(
      snapshot,
      plan.steps.map((step) => step.change),
    );
    expect(
      qualifying(change, after.resources.find(({ id }) => /registries\/acrmlsim$/.test(id)) as Resource),
    ).toHaveLength(1);
  });

  test('carries the approval, whether the rule is named, its finding, both or everything', () => {
    const [finding = ''] = plan.steps[0]?.findings ?? [];
    for (const targets of [
      [finding],
      ['acr.shared-private-link', 'acr.shared-private-link-approved'],
      ['acr.shared-*'],
    ]) {
      expect(planFor(snapshot, targets).steps).toEqual(plan.steps);
    }
    const all = planFor(snapshot, 'all').steps.map((step) => step.change);
    expect(all).toEqual(expect.arrayContaining(plan.steps.map((step) => step.change)));
    const ids = rules.map(({ id }) => id);
    for (const { carries = [] } of rules) expect(ids).toEqual(expect.arrayContaining([...carries]));
  });

  test('is a command for each step; a template cannot name what Azure names', () => {
    const said = (speech: 'lines' | 'wholes') =>
      requestsOf(plan, snapshot, speech).steps.map(({ request }) => ('why' in request ? request.why : request.method));
    expect(said('lines')).not.toContainEqual(expect.stringContaining(' '));
    expect(said('wholes').at(-1)).toBe(
      'A template must name the resource, and Azure assigns this name when the resource is created.',
    );
  });

  test('approves no other connection that waits there already, and never takes it for its own', () => {
    const there = worldSnapshot('mixed', {
      change: (resources) =>
        resources.flatMap((one) => {
          if (!/registries\/acrmlsim$/.test(one.id)) return [one];
          const older = json({ id: `${one.id}/privateEndpointConnections/acrmlsim.old`, description: 'theirs' });
          const list = '/properties/privateEndpointConnections';
          const body = applyEdits(one.body, [setMember(one.body, list, [older])]);
          return [{ ...one, body }, resourceOf(older)];
        }),
    });
    for (const targets of ['all', ['acr.shared-private-link']] as const) {
      const approvals = planFor(there, targets).steps.flatMap((step) =>
        step.change.resource.includes('/privateEndpointConnections/') ? [step.change as DeferredChange] : [],
      );
      expect(approvals.map(({ resource }) => nameOf(resource))).toEqual(['the connection of link Acr']);
      expect(approvals[0]?.found.besides.map(nameOf)).toEqual(['acrmlsim.old']);
    }
  });

  test('comes out of a file as it went in; one that would match anything is no plan', () => {
    const file = (one: Plan) => JSON.stringify({ schema: 'bastide/v1', result: one });
    expect(readPlan(file(plan), 'plan.json').plan).toEqual(JSON.parse(JSON.stringify(plan)));
    for (const found of [{ ...change.found, says: '' }, { ...change.found, besides: 'none' }, { says }, 'any']) {
      const steps = plan.steps.map((step) =>
        step === approval ? { ...step, change: { ...change, found } as unknown as DeferredChange } : step,
      );
      let failure: unknown;
      try {
        readPlan(file({ ...plan, steps }), 'plan.json');
      } catch (error) {
        failure = error;
      }
      expect(isFailure(failure) && failure.message).toMatch(/found/);
    }
  });
});
