// The fixes of the rules, without a simulator: a fix resolves the finding, can be undone exactly, and where there is
// none a sentence says why. The law of rules holds the same through the simulator.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { editChange, invertChange } from '../../src/model/change.ts';
import { addTo, removeFrom } from '../../src/model/edit.ts';
import type { Finding } from '../../src/model/finding.ts';
import { findingId } from '../../src/model/finding.ts';
import { isArray, isObject, type JsonObject, stringifyJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { applyChanges } from '../../src/plan/simulate.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Answers, Proposal } from '../../src/rules/rule.ts';
import { ids, type Loose, type Scene, snapshotOf, withEndpoint, withLake } from '../support/snapshot.ts';
import { noFix } from './no-fix.ts';
import { fixable, proposed, proposedFor } from './proposed.ts';
import { subjectOf } from './samples.ts';

const list = '/properties/serviceEndpoints';
const serviceKey = { member: 'service', fold: true };

/** In the order a plan would send them. */
const changesOf = (proposals: readonly Proposal[]) =>
  proposals.toSorted((a, b) => a.phase - b.phase).map(({ change }) => change);
const done = (snapshot: Snapshot, id: string, answers: Answers = {}): Snapshot => {
  const made = proposed(snapshot, id, answers);
  if (typeof made === 'string') throw new Error(made);
  return applyChanges(snapshot, changesOf(made));
};
const bodiesOf = (snapshot: Snapshot) =>
  snapshot.resources.map(({ id, body }) => `${id} ${stringifyJson(withoutEmptyConnections(body))}`);
/** In the order of ids: what is deleted and created anew is elsewhere. */
const normalOf = (snapshot: Snapshot) =>
  snapshot.resources
    .map(({ id, type, body }) => `${id} ${stringifyJson(resourceTypeOf(type).normal(withoutEmptyConnections(body)))}`)
    .toSorted();
/** Where the last connection is gone, its target shows an empty list. */
const withoutEmptyConnections = (body: JsonObject): JsonObject => {
  if (!isObject(body.properties)) return body;
  const { privateEndpointConnections: list, ...properties } = body.properties;
  return isArray(list) && list.length === 0 ? { ...body, properties } : body;
};
const outcomes = (snapshot: Snapshot): Map<string, Finding> =>
  new Map(audit(snapshot, rules).findings.map((finding) => [finding.id, finding]));

/** What the fix can do is done; what servers of the network's own forward, and what an unread account needs, stays out of sight. */
const unseen = new Set([
  'workspace.private-dns DNS servers here, a missing link there',
  'firewall.current-rules the account may not be read, and tags are missing',
]);
/** The address is allowed, but in its own region that changes nothing, as the finding says. */
const inVain = new Set(['storage.dev-client-ip an address of the account’s own region']);

describe.each(fixable.map((sample) => [`${sample.rule} ${sample.when}`, sample] as const))('%s', (name, sample) => {
  const snapshot = snapshotOf(sample.change);
  const id = findingId(sample.rule, subjectOf(sample), sample.where);
  const made = proposedFor(sample, snapshot);

  test('is fixed, or a sentence says why not', () => {
    if (name in noFix) {
      expect(made).toMatch(noFix[name] as RegExp);
      return;
    }
    expect(made).not.toBeTypeOf('string');
    const after = outcomes(applyChanges(snapshot, changesOf(made as readonly Proposal[])));
    if (inVain.has(name)) expect(made).toEqual([]);
    else if (unseen.has(name)) expect(after.get(id)?.outcome).toBe('unknown');
    else expect(['pass', 'notApplicable', undefined]).toContain(after.get(id)?.outcome);
  });

  test('is undone exactly', () => {
    const changes = typeof made === 'string' ? [] : changesOf(made);
    const after = applyChanges(snapshot, changes);
    const back = applyChanges(after, changes.toReversed().map(invertChange));
    // An endpoint made anew has another connection, as its rule says (partial).
    if (changes.some(({ kind, resource }) => kind === 'delete' && /\/privateEndpoints\//.test(resource))) return;
    // What an endpoint leaves behind once it is gone, in its subnet and at its target, is an empty list.
    const same = changes.every(({ kind }) => kind === 'edit') ? bodiesOf : normalOf;
    expect(same(back)).toEqual(same(snapshot));
    if (changes.length > 0) expect(bodiesOf(after)).not.toEqual(bodiesOf(snapshot));
  });

  test('opens before it closes, and only closing acts are in the last phase', () => {
    for (const { change, phase } of typeof made === 'string' ? [] : made) {
      const closes = change.edits.some(
        (edit) =>
          (edit.op === 'set' && /defaultAction$/.test(edit.pointer) && edit.after === 'Deny') ||
          (edit.op === 'set' && /publicNetworkAccess$/.test(edit.pointer) && /disabled/i.test(String(edit.after))),
      );
      const reopens = change.edits.some((edit) => edit.op === 'set' && /^enabled$/i.test(String(edit.after)));
      // Azure creates the workspace's own endpoint only where public access is off before the network is provisioned.
      const provisions = sample.rule === 'workspace.managed-network-provisioned';
      if (closes && !reopens && !provisions) expect(phase).toBe(5);
      // The group or the policy that a subnet gets blocks everything that it does not allow.
      const guards = change.edits.some(({ pointer }) =>
        /^\/properties\/(networkSecurityGroup|serviceEndpointPolicies)$/.test(pointer),
      );
      if (guards) expect(phase).toBe(5);
      else if (change.resource.includes('/subnets/')) expect(phase).toBeLessThanOrEqual(2);
    }
  });
});

const properties = (scene: Scene, id: string = ids.account): Loose => scene.bodies[id].properties;
const bodyAfter = (snapshot: Snapshot, id: string) => snapshot.resources.find((one) => one.id === id)?.body;

describe('particular fixes', () => {
  test('bypass keeps what is named, in the service’s order, and replaces None', () => {
    const bypassAfter = (bypass: string) => {
      const snapshot = snapshotOf((scene) => Object.assign(properties(scene).networkAcls, { bypass }));
      return valueAt(
        bodyAfter(done(snapshot, findingId('storage.bypass-azure-services', ids.account)), ids.account),
        '/properties/networkAcls/bypass',
      );
    };
    expect(bypassAfter('Metrics')).toBe('Metrics, AzureServices');
    expect(bypassAfter('logging,metrics')).toBe('Logging, Metrics, AzureServices');
    expect(bypassAfter('None')).toBe('AzureServices');
  });

  test('an address given is allowed whatever the finding says, and a wrong one is refused with the reason', () => {
    const id = findingId('storage.dev-client-ip', ids.account);
    const values = (ip: string) =>
      valueAt(bodyAfter(done(snapshotOf(), id, { ip }), ids.account), '/properties/networkAcls/ipRules');
    expect(values('203.0.113.7')).toEqual([{ value: '203.0.113.7', action: 'Allow' }]);
    expect(values('203.0.113.7/32')).toEqual([{ value: '203.0.113.7', action: 'Allow' }]);
    expect(values('203.0.113.6/31')).toEqual([
      { value: '203.0.113.6', action: 'Allow' },
      { value: '203.0.113.7', action: 'Allow' },
    ]);
    expect(values('203.0.113.0/24')).toEqual([{ value: '203.0.113.0/24', action: 'Allow' }]);
    expect(proposed(snapshotOf(), id, { ip: '10.0.0.4' })).toMatch(/private/);
    expect(proposed(snapshotOf(), id, { ip: '203.0.113.7/24' })).toMatch(/203\.0\.113\.0\/24/);
    expect(proposed(snapshotOf(), id, { ip: 'mine' })).toMatch(/not an IPv4 address/);
    expect(
      proposed(
        snapshotOf((scene) => Object.assign(scene, { intents: {} })),
        id,
      ),
    ).toMatch(/--ip/);
  });

  test('a vault writes a single address with its prefix', () => {
    const id = findingId('keyvault.operator-access', ids.vault);
    const after = done(snapshotOf(), id, { ip: '203.0.113.7' });
    expect(valueAt(bodyAfter(after, ids.vault), '/properties/networkAcls/ipRules')).toEqual([
      { value: '203.0.113.7/32' },
    ]);
  });

  test('rules of a vault that may be hidden are never written', () => {
    const snapshot = snapshotOf((scene) => {
      properties(scene, ids.vault).publicNetworkAccess = 'Disabled';
      Reflect.deleteProperty(properties(scene, ids.vault), 'networkAcls');
    });
    expect(proposed(snapshot, findingId('keyvault.operator-access', ids.vault), { ip: '203.0.113.7' })).toMatch(
      /may be hidden/,
    );
    expect(proposed(snapshot, findingId('keyvault.bypass-azure-services', ids.vault))).toMatch(/may be hidden/);
  });

  test('a rule object that was absent is made explicit first', () => {
    const snapshot = snapshotOf((scene) => Reflect.deleteProperty(properties(scene, ids.vault), 'networkAcls'));
    const after = done(snapshot, findingId('keyvault.vnet-rule-compute-subnet', ids.vault, ids.train));
    expect(valueAt(bodyAfter(after, ids.vault), '/properties/networkAcls')).toEqual({
      bypass: 'AzureServices',
      defaultAction: 'Allow',
      ipRules: [],
      virtualNetworkRules: [{ id: ids.train }],
    });
  });

  test('a subnet in another region than the account gets the global storage endpoint', () => {
    const snapshot = snapshotOf((scene) => {
      scene.bodies[ids.account].location = 'japaneast';
      for (const one of scene.bodies[ids.vnet].properties.subnets) one.properties.serviceEndpoints = [];
    });
    const after = done(snapshot, findingId('storage.subnet-service-endpoint', ids.account, ids.train));
    expect(valueAt(bodyAfter(after, ids.train), '/properties/serviceEndpoints')).toEqual([
      { service: 'Microsoft.Storage.Global' },
    ]);
  });

  test('accounts in two regions end with the global storage endpoint alone, whichever is fixed first', () => {
    const snapshot = snapshotOf((scene) => {
      withLake(scene).location = 'japaneast';
      for (const one of scene.bodies[ids.vnet].properties.subnets) one.properties.serviceEndpoints = [];
    });
    const [near, far] = [ids.account, ids.lake].map((id) =>
      findingId('storage.subnet-service-endpoint', id, ids.train),
    ) as [string, string];
    const half = done(snapshot, near);
    // Azure has not said yet which regions the new endpoint serves.
    expect(outcomes(half).get(near)?.outcome).toBe('pass');
    expect(outcomes(half).get(far)?.because).toMatch(/covers "westeurope", "northeurope", not the account/);
    for (const after of [done(half, far), done(snapshot, far)]) {
      expect(valueAt(bodyAfter(after, ids.train), '/properties/serviceEndpoints')).toEqual([
        { service: 'Microsoft.Storage.Global' },
      ]);
      expect([near, far].map((id) => outcomes(after).get(id)?.outcome)).toEqual(['pass', 'pass']);
    }
  });

  test('both storage endpoints on one subnet are never sent', () => {
    const id = ids.train;
    const { type, apiVersion, body } = snapshotOf().resources.find((one) => one.id === id) as Resource;
    const [near, far] = [{ service: 'microsoft.storage' }, { service: 'Microsoft.Storage.Global' }];
    const has = (...serviceEndpoints: Loose[]) => ({
      ...body,
      properties: { addressPrefix: '10.0.1.0/24', serviceEndpoints },
    });
    const { write } = resourceTypeOf(type);
    expect(write({ kind: 'create', resource: id, edits: [], body: has(near, far) }, null)).toMatch(/together/);
    expect(write({ kind: 'create', resource: id, edits: [], body: has(far) }, null)).toBeTypeOf('object');
    const current = { id, type, apiVersion, body: has(near) };
    const [add, out] = [addTo(current.body, list, far, serviceKey), removeFrom(current.body, list, near, serviceKey)];
    expect(write(editChange(id, [add]), current)).toMatch(/together/);
    expect(write(editChange(id, [out, add]), current)).toBeTypeOf('object');
  });

  test('too wide a rule goes out last, after the operator’s own address', () => {
    const snapshot = snapshotOf((scene) => {
      scene.intents = { devClientIps: ['20.1.2.3'] };
      properties(scene).networkAcls.ipRules = [{ value: '20.0.0.0/7' }, { value: '198.51.100.7' }];
    });
    const made = proposed(snapshot, findingId('storage.ip-rules-legal', ids.account)) as readonly Proposal[];
    expect(made.map(({ phase, change }) => [phase, change.edits.map(({ op }) => op)])).toEqual([
      [2, ['add']],
      [5, ['remove']],
    ]);
    const after = applyChanges(snapshot, changesOf(made));
    expect(outcomes(after).get(findingId('storage.dev-client-ip', ids.account))?.outcome).toBe('pass');
  });

  test('public access goes off where everything is reached privately and nothing relies on a rule', () => {
    const snapshot = snapshotOf((scene) => {
      properties(scene).networkAcls.virtualNetworkRules = [];
      withEndpoint(scene, ids.account, ['blob'], ids.pe);
      withEndpoint(scene, ids.account, ['file'], ids.pe);
    });
    const id = findingId('storage.public-network-access', ids.account);
    const made = proposed(snapshot, id) as readonly Proposal[];
    expect(made.map(({ phase }) => phase)).toEqual([5]);
    expect(outcomes(applyChanges(snapshot, changesOf(made))).get(id)?.outcome).toBe('pass');
    expect(proposed(snapshotOf(), id)).toMatch(/need public network access/);
  });

  test('a guided fix names the answer it needs and its choices', () => {
    const snapshot = snapshotOf((scene) => {
      properties(scene).networkAcls.virtualNetworkRules = [{ id: ids.far }];
    });
    const id = findingId('storage.same-vnet-as-compute', ids.account);
    expect(proposed(snapshot, id)).toMatch(/answer action=allow \(.*az ml compute create/);
    expect(proposed(snapshot, id, { action: 'recreate' })).toMatch(/az ml compute create/);
    expect(proposed(snapshot, id, { way: 'recreate' })).toMatch(/az ml compute create/);
  });
});
