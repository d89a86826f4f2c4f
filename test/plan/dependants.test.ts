// Who is cut off when a service is closed: computes and endpoints of this workspace outside every network, and other workspaces.
import { describe, expect, test } from 'vitest';
import { currentEffects, effectKinds } from '../../src/model/effect.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameOf, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { dependantGates, hubRisk } from '../../src/plan/dependants.ts';
import {
  effectsIn,
  effectsOfSteps,
  isUnasked,
  namesNothing,
  ownsNothing,
  withEffects,
} from '../../src/plan/effects.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session } from '../../src/session/session.ts';
import { parseJson as parseArm } from '../../src/simulator/json.ts';
import { completeScopes } from '../../src/simulator/store/store.ts';
import { drain, openInProcess, simulated } from '../support/in-process.ts';
import { put } from '../trust/random-worlds.ts';
import { account, addIp, bodies, closing, edit, set, snapshotOf, subnet, vault, workspace } from './small-worlds.ts';
import { resourceOf, worldSnapshot } from './worlds.ts';

const rule = 'storage.default-action-deny';
const isWorkspace = ({ type }: Resource): boolean => type === 'Microsoft.MachineLearningServices/workspaces';

/** The open world with a compute outside every network, or another workspace on the same account, or both. */
function opened({ loose = false, other = false, gap = '', kind = 'Default' }): Snapshot {
  const snapshot = worldSnapshot('open', {
    change(resources) {
      const workspace = resources.find(isWorkspace);
      if (workspace === undefined) throw new Error('no workspace');
      const clone = resourceOf({
        ...workspace.body,
        id: workspace.id.replace(/[^/]+$/, 'mlw-other'),
        ...{ name: 'mlw-other', kind },
      });
      const cluster = resources.find(({ id }) => id.endsWith('/computes/cpu-cluster'));
      const outside = resourceOf({
        ...put(cluster?.body, ['properties', 'properties', 'subnet'], null),
        ...{ id: `${workspace.id}/computes/loose`, name: 'loose' },
      });
      return [...resources, ...(loose ? [outside] : []), ...(other ? [clone] : [])];
    },
  });
  const id = `${snapshot.workspace}/${gap}`;
  return gap === ''
    ? snapshot
    : {
        ...snapshot,
        gaps: [...snapshot.gaps, { id, reason: 'No permission.', action: 'a', status: 403 }],
        collections: snapshot.collections.filter((one) => one.id !== id),
      };
}

function planned(
  snapshot: Snapshot,
  answers: Readonly<Record<string, string>> = {},
  target = rule,
  service = '/storageAccounts/stmlsim',
) {
  const account = snapshot.resources.find(({ id }) => id.endsWith(service))?.id ?? '';
  const request = { targets: [target], answers, ips: [], profile: 'all', resource: account } as const;
  const plan = buildPlan({ snapshot, rules, request, id: 'p' });
  return {
    gates: plan.gates.filter(({ kind }) => kind === 'dependants'),
    skipped: plan.skipped.map(({ reason }) => reason).join(' '),
    closes: plan.steps.some(({ findings }) => findings.some((id) => id.startsWith(target))),
    closing: plan.steps.filter(({ findings }) => findings.some((id) => id.startsWith(target))),
    loses: plan.effects.flatMap(({ kind, detail }) =>
      kind === 'cutsOff' && !/^the Internet|^vnet-ml\/snet-(?:pe|aks) to|^serverless/.test(detail) ? [detail] : [],
    ),
    mayLose: currentEffects(plan.effects)
      .filter((one) => one.kind === 'cutsOff' && one.reason === 'flow' && one.data.use !== undefined)
      .map(({ detail, automatic }) => [detail.split(' to ')[0], automatic]),
  };
}

describe('closing an account', () => {
  test('nobody else uses it', () => {
    const { mayLose, ...seen } = planned(opened({}));
    expect(seen).toMatchObject({ gates: [], closes: true, loses: [] });
    // Nothing is in these subnets; whether jobs run on serverless compute is not known.
    expect(mayLose.toSorted()).toEqual([
      ['serverless compute of mlw-sim', false],
      ['vnet-ml/snet-aks', true],
      ['vnet-ml/snet-pe', true],
    ]);
  });

  test('another workspace is named, by a gate that warns and as an effect', () => {
    const { gates, closes, loses } = planned(opened({ other: true }));
    expect(gates).toEqual([
      { kind: 'dependants', outcome: 'warn', detail: 'Closing stmlsim may cut off: workspace mlw-other.' },
    ]);
    expect(closes).toBe(true);
    expect(loses).toEqual(['workspace mlw-other uses stmlsim; whether it keeps access is not known.']);
  });

  test('a compute of this workspace blocks it until that is accepted', () => {
    const snapshot = opened({ loose: true, other: true });
    const { closes, skipped } = planned(snapshot);
    expect(closes).toBe(false);
    expect(skipped).toContain(
      'may cut off: loose (no virtual network), workspace mlw-other. Pass --answer accept-cut=yes',
    );
    const accepted = planned(snapshot, { 'accept-cut': 'yes' });
    expect(accepted.closes).toBe(true);
    expect(accepted.loses.toSorted()).toEqual([
      'loose (no virtual network) to stmlsim, TCP 443, 445: blocked from now on.',
      'workspace mlw-other uses stmlsim; whether it keeps access is not known.',
    ]);
  });

  test('the step itself says who loses access', () => {
    const [step] = planned(opened({ other: true })).closing;
    expect(step?.risk).toContain('workspace mlw-other uses stmlsim; whether it keeps access is not known.');
  });

  test.each([
    ['of which nothing is known', [], true],
    ['with a deployment that uses the Internet', ['Disabled', 'Enabled'], true],
    ['whose deployments all use endpoints of their own', ['Disabled', 'disabled'], false],
  ] as const)('a managed online endpoint %s', (_name, egress, isCut) => {
    const base = opened({});
    const endpoint = `${base.workspace}/onlineEndpoints/churn`;
    const more = [
      resourceOf({ id: endpoint, name: 'churn', kind: 'Managed', properties: {} }),
      ...egress.map((egressPublicNetworkAccess, at) =>
        resourceOf({ id: `${endpoint}/deployments/d${at}`, properties: { egressPublicNetworkAccess } }),
      ),
    ];
    const snapshot = { ...base, resources: [...base.resources, ...more] };
    const { closes, skipped } = planned(snapshot);
    expect(closes).toBe(!isCut);
    expect(skipped.includes('may cut off: endpoint churn. Pass --answer accept-cut=yes')).toBe(isCut);
    // The key vault is read from the containers themselves.
    const vault = planned(snapshot, {}, 'keyvault.default-action-deny', '/vaults/kv-mlsim');
    expect([vault.closes, vault.skipped.includes('endpoint churn')]).toEqual([false, true]);
  });

  test('a Machine Learning registry that keeps its assets there is named', () => {
    const snapshot = opened({});
    const own = snapshot.resources.find(({ id }) => id.endsWith('/storageAccounts/stmlsim'))?.id ?? '';
    const shared = resourceOf({
      id: `${snapshot.workspace}`.replace(/workspaces\/[^/]+$/, 'registries/shared'),
      ...{ name: 'shared', type: 'Microsoft.MachineLearningServices/registries' },
      properties: {
        regionDetails: [{ storageAccountDetails: [{ armResourceId: { resourceId: own.toUpperCase() } }] }],
      },
    });
    const { gates } = planned({ ...snapshot, resources: [...snapshot.resources, shared] });
    expect(gates[0]?.detail).toBe('Closing stmlsim may cut off: Machine Learning registry shared.');
  });
  test('a project uses what its hub uses, and is not named', () => {
    expect(planned(opened({ other: true, kind: 'Project' })).gates).toEqual([]);
    expect(planned(opened({ other: true, kind: 'hub' })).gates).toHaveLength(1);
  });

  test('workspaces of the subscription that could not be listed are unknown', () => {
    const base = opened({});
    const subscription = base.workspace?.split('/')[2];
    const list = `/subscriptions/${subscription}/providers/Microsoft.MachineLearningServices/workspaces`;
    const gap = { id: list, reason: 'Access was denied.', action: 'a', status: 403 };
    expect(planned({ ...base, gaps: [...base.gaps, gap] }).gates).toEqual([
      {
        ...{ kind: 'dependants', outcome: 'unknown' },
        detail: 'Who depends on stmlsim could not be read: Access was denied.',
      },
    ]);
  });

  test('a list that could not be read is unknown', () => {
    const { gates, loses } = planned(opened({ gap: 'onlineEndpoints' }));
    expect(gates).toEqual([
      {
        ...{ kind: 'dependants', outcome: 'unknown' },
        detail: 'Who depends on stmlsim could not be read: No permission.',
      },
    ]);
    expect(loses).toEqual([]);
    const both = planned(opened({ gap: 'onlineEndpoints', other: true }));
    expect(both.gates.map(({ outcome }) => outcome).toSorted()).toEqual(['unknown', 'warn']);
    expect(both.loses).toEqual(['workspace mlw-other uses stmlsim; whether it keeps access is not known.']);
  });
});

describe('who is cut off', () => {
  const compute = (name: string, computeType: string, more: JsonObject = {}): JsonObject => ({
    ...{ id: `${workspace}/computes/${name}`, name },
    properties: { computeType, properties: more },
  });
  const endpoint = (name: string): JsonObject => ({
    id: `${workspace}/onlineEndpoints/${name}`,
    name,
    kind: 'Managed',
    properties: {},
  });
  const using = (more: JsonObject, id = workspace): JsonObject => ({
    id,
    name: id.split('/').at(-1) ?? '',
    properties: more,
  });
  /** `change`: of the service, which every network reaches before it. */
  const asked = (
    { service = account, change = closing, answers = {} as Record<string, string> | null },
    resources: readonly JsonObject[],
    more: Partial<Snapshot> = {},
  ) => {
    const open = { id: service, name: service.split('/').at(-1) ?? '', properties: bodies.account.properties };
    const ids = resources.map(({ id }) => String(id));
    const listed = ['computes', 'onlineEndpoints'].map((name) => ({
      id: `${workspace}/${name}`,
      members: ids.filter((id) => id.startsWith(`${workspace}/${name}/`)),
    }));
    const unread = (id: string) => more.gaps?.some((gap) => gap.id.toLowerCase() === id.toLowerCase()) === true;
    const collections = listed.filter(({ id }) => !unread(id));
    const before = snapshotOf([open, ...resources], { collections, ...more });
    const wanted = edit(service, change);
    const effects = effectsIn({
      change: wanted,
      ...{ undo: 'exact', before, isOwn: () => false, named: namesNothing },
    });
    return {
      gates: dependantGates(wanted, () => effects, indexSnapshot(before), answers).map(
        ({ outcome, detail }) => `${outcome} ${detail}`,
      ),
      lost: effects.flatMap(({ kind, detail, subject: id }) =>
        kind === 'cutsOff' && id.startsWith('/') && !detail.startsWith('serverless')
          ? [`${id.split('/').at(-1)}: ${detail}`]
          : [],
      ),
    };
  };
  const cluster = compute('c', 'AmlCompute');

  test('computes without a subnet, managed endpoints, other workspaces; nobody under a managed network', () => {
    const inside = compute('inside', 'AmlCompute', { subnet: { id: subnet } });
    const others = ['Kubernetes', 'VirtualMachine', 'AKS'].map((type) => compute(type, type));
    const { gates, lost } = asked({}, [
      bodies.workspace,
      cluster,
      compute('i', 'ComputeInstance'),
      inside,
      ...others,
      endpoint('e'),
    ]);
    expect(lost).toEqual([
      'c: c (no virtual network) to st, TCP 443, 445: blocked from now on.',
      'i: i (no virtual network) to st, TCP 443, 445: blocked from now on.',
      'e: endpoint e to st, TCP 443, 445: blocked from now on.',
      // Its subnet was not read.
      'inside: inside uses st; whether it keeps access is not known.',
    ]);
    expect(gates).toEqual([
      'fail Closing st may cut off: c (no virtual network), i (no virtual network), endpoint e, inside. Pass --answer accept-cut=yes (they lose access to st).',
    ]);
    const managed = using({ storageAccount: account, managedNetwork: { isolationMode: 'AllowInternetOutbound' } });
    expect(asked({}, [managed]).gates).toEqual([]);
    expect(asked({}, [using({ keyVault: vault }), cluster]).gates).toEqual([]);
    expect(asked({}, [cluster], { workspace: null }).gates).toEqual([]);
    const elsewhere = { ...cluster, id: `${workspace}2/computes/c` };
    expect(asked({}, [bodies.workspace, elsewhere])).toEqual({ gates: [], lost: [] });
  });

  test.each([['a vault', vault, using({ keyVault: vault.toUpperCase() })]])('of %s too', (_name, service, own) => {
    expect(asked({ service }, [own, cluster]).lost).toHaveLength(1);
    // The cluster reaches an account that the workspace does not use: told, and not asked about.
    expect(asked({ service: account }, [own, cluster]).gates).toEqual([]);
  });

  test('only what closes a service to every network cuts off', () => {
    const all = [bodies.workspace, cluster];
    expect(asked({ change: set('/properties/publicNetworkAccess', undefined, 'Disabled') }, all).lost).toHaveLength(1);
    expect(asked({ change: addIp('203.0.113.7') }, all).lost).toEqual([]);
  });

  test('it blocks until it is accepted; a plan that is made already, and other workspaces, are warnings', () => {
    const all = [bodies.workspace, cluster];
    const warns = ['warn Closing st may cut off: c (no virtual network).'];
    expect(asked({ answers: { 'accept-cut': 'yes' } }, all).gates).toEqual(warns);
    expect(asked({ answers: null }, all).gates).toEqual(warns);
    expect(asked({ answers: { 'accept-cut': 'no' } }, all).gates[0]).toMatch(/^fail /);
    const other = using({ storageAccount: account }, workspace.replace(/mlw$/, 'other'));
    expect(asked({}, [bodies.workspace, other])).toEqual({
      gates: ['warn Closing st may cut off: workspace other.'],
      lost: ['other: workspace other uses st; whether it keeps access is not known.'],
    });
  });

  test('what could not be read is unknown, beside what is known', () => {
    const gap = (id: string, status = 403) => ({ gaps: [{ id, reason: 'No access.', action: 'x', status }] });
    const unknown = 'unknown Who depends on st could not be read: No access.';
    expect(asked({}, [bodies.workspace], gap(`${workspace}/COMPUTES`)).gates).toContain(unknown);
    expect(asked({}, [bodies.workspace], gap(`${workspace}/onlineEndpoints`)).gates).toEqual([unknown]);
    expect(asked({}, [bodies.workspace], gap(`${workspace}/computes`, 404)).gates).toEqual([]);
    expect(asked({}, [bodies.workspace], gap(`${workspace}/datastores`)).gates).toEqual([]);
    expect(asked({ answers: null }, [bodies.workspace, cluster], gap(`${workspace}/onlineEndpoints`)).gates).toEqual([
      'warn Closing st may cut off: c (no virtual network).',
      unknown,
    ]);
    expect(asked({}, [], gap(workspace))).toEqual({ gates: [unknown], lost: ['st: Not known: No access.'] });
    const managed = using({ storageAccount: account, managedNetwork: { isolationMode: 'AllowInternetOutbound' } });
    for (const own of [managed, using({ keyVault: vault })])
      expect(asked({}, [own], gap(`${workspace}/computes`)).gates).toEqual([]);
  });
});

test('a rule for a tag that is not known opens or cuts off what is not known, and a published one is followed', () => {
  const snapshot = worldSnapshot('limited');
  const group = snapshot.resources.find(({ id }) => id.endsWith('/networkSecurityGroups/nsg-gpu'))?.id ?? '';
  const of = (tag: string) => {
    const properties = {
      ...{ protocol: 'Tcp', direction: 'Inbound', access: 'Allow', priority: 150, destinationAddressPrefix: '*' },
      ...{ sourceAddressPrefix: tag, sourcePortRange: '*', destinationPortRange: '443' },
    };
    const resource = `${group}/securityRules/new`;
    const change = { kind: 'create', resource, edits: [], body: { name: 'new', properties } } as const;
    const own = { change, undo: 'exact', before: snapshot, isOwn: () => false, named: namesNothing } as const;
    return currentEffects(effectsIn(own)).map(({ kind, automatic, detail }) => [kind, automatic, detail]);
  };
  const says = /^TagOfTomorrow to vnet-ml\/snet-gpu .* What could not be read decides whether this holds\.$/;
  expect(of('TagOfTomorrow')).toEqual([
    ['opens', false, expect.stringMatching(says)],
    ['cutsOff', false, expect.stringMatching(says)],
  ]);
  expect(of('HDInsight')).toEqual([['opens', false, expect.stringMatching(/^HDInsight to .*TCP 443/)]]);
});

describe('what is cut off and nobody can see', () => {
  const plan = (snapshot: Snapshot, more: { targets?: readonly string[]; ips?: readonly string[] } = {}) =>
    buildPlan({
      ...{ snapshot, rules, id: 'p' },
      request: { targets: more.targets ?? 'all', answers: {}, ips: more.ips ?? [], profile: 'all' },
    });
  const undeclared = (world: string): Snapshot => {
    const { intents, ...rest } = worldSnapshot(world);
    const { devClientIps: _unset, ...others } = intents;
    return { ...rest, intents: others };
  };
  const closes = ({ steps }: ReturnType<typeof plan>) =>
    steps.filter(({ effects }) => effects.some((one) => one.kind === 'cutsOff')).length;

  test('the operator, where no client address is declared and none is given', () => {
    // Whether jobs run on serverless compute is not known: nothing is closed unasked.
    expect(closes(plan(worldSnapshot('open')))).toBe(0);
    const why = (ips: readonly string[]) =>
      plan(undeclared('open'), { ips, targets: ['storage.default-action-deny'] }).effects.flatMap((one) =>
        one.kind === 'cutsOff' && one.reason === 'unknown' ? [one.detail] : [],
      );
    expect(why([]).some((one) => /your own addresses keep access.*devClientIps is not set/.test(one))).toBe(true);
    expect(why(['198.51.100.7'])).toEqual([]);
    const given = plan(undeclared('open'), { ips: ['198.51.100.7'], targets: ['storage.default-action-deny'] });
    expect(closes(given)).toBeGreaterThan(0);
  });

  test('services elsewhere that allow the address of a NAT gateway', () => {
    /** The body of a subnet, or of a network with it in its list. */
    const withNat = (body: JsonObject): JsonObject => {
      const properties = body.properties as JsonObject;
      const subnets = properties.subnets as readonly JsonObject[] | undefined;
      return {
        ...body,
        properties:
          subnets === undefined
            ? { ...properties, natGateway: { id: 'nat' } }
            : { ...properties, subnets: subnets.map((one) => (one.name === 'snet-dev' ? withNat(one) : one)) },
      };
    };
    const holds = ({ id }: Resource) => /\/(?:subnets\/snet-dev|virtualNetworks\/vnet-ml)$/.test(id);
    const open = worldSnapshot('open');
    const has = (nat: boolean): Snapshot => ({
      ...open,
      resources: open.resources.map((one) => (nat && holds(one) ? { ...one, body: withNat(one.body) } : one)),
    });
    const endpoints = (nat: boolean) =>
      plan(has(nat)).steps.filter(({ change }) => change.resource.endsWith('/subnets/snet-dev')).length;
    expect([endpoints(false), endpoints(true)]).toEqual([1, 0]);
    const named = plan(has(true), { targets: ['storage.subnet-service-endpoint'] });
    expect(named.effects.map(({ detail }) => detail).join()).toMatch(
      /whether services outside this scan allow the addresses/,
    );
  });
});

test('what a plan takes and gives back is interrupted, neither cut off nor opened', async () => {
  const session = openInProcess('mixed');
  const snapshot = await drain(session.scan());
  const request = { targets: ['workspace.private-dns'], answers: {}, ips: [], profile: 'all' } as const;
  const planned = session.plan(snapshot, request);
  expect(planned.effects.filter(({ kind }) => kind === 'interrupts')).toEqual([]);
  // The link before the records, which the plan does not do.
  const order = [/privateDnsZones$/, /virtualNetworkLinks$/, /privateDnsZoneGroups$/];
  const placed = order.flatMap((type) => planned.steps.filter(({ change }) => type.test(typeOf(change.resource))));
  const steps = withEffects(placed, snapshot, { isOwn: ownsNothing, rules, findings: [] });
  const effects = effectsOfSteps(steps, snapshot);
  expect(steps).toHaveLength(planned.steps.length);
  expect(steps.flatMap((step) => step.effects).some(({ kind }) => kind === 'cutsOff')).toBe(true);
  const lasting = currentEffects(effects).filter(({ kind }) => kind === 'cutsOff' || kind === 'opens');
  expect(lasting.filter(({ reason }) => reason !== 'unknown')).toEqual([]);
  expect(effects.some(({ detail }) => /TCP 443: blocked until a later step of this plan\.$/.test(detail))).toBe(true);
  await session.close();
});

test('a write to a hub, or below it, tells how many projects it also changes', () => {
  const hub = (more: JsonObject = {}): JsonObject => ({ id: workspace, name: 'mlw', kind: 'Hub', properties: more });
  const project = (name: string, hubResourceId = workspace): JsonObject => ({
    id: workspace.replace(/mlw$/, name),
    ...{ name, kind: 'Project', properties: { hubResourceId } },
  });
  const risk = (all: readonly JsonObject[], resource = workspace) => hubRisk(resource, indexSnapshot(snapshotOf(all)));
  const one = project('one', workspace.toUpperCase());
  expect(risk([hub(), one])).toEqual(['Applies to hub mlw and its 1 project.']);
  const named = { associatedWorkspaces: [workspace.replace(/mlw$/, 'ONE'), workspace.replace(/mlw$/, 'two')] };
  expect(risk([hub(named), one], `${workspace}/outboundRules/r`)).toEqual(['Applies to hub mlw and its 2 projects.']);
  expect(risk([hub(), one], account)).toEqual([]);
  expect(risk([hub(), project('one', `${workspace}2`)])).toEqual([]);
  expect(risk([bodies.workspace, one])).toEqual([]);
});

describe('who uses a service whose endpoints and names change', () => {
  const keeping = async (world: string, keep: string, change = (snapshot: Snapshot) => snapshot) =>
    buildPlan({
      ...{ snapshot: change(await drain(openInProcess(world).scan())), rules, id: 'p' },
      request: {
        ...{ targets: ['dns.endpoint-collision'], answers: { keep }, ips: [], profile: 'all' },
        allowEffects: effectKinds,
      },
    }).effects.flatMap((one) => (one.kind === 'cutsOff' ? [one.detail] : []));

  test('is named where a linked network loses its way', async () => {
    const lost = await keeping('shared', 'pe-kv-mlsim-vault');
    expect(lost).toContain('workspace mlw-two uses kv-mlsim; whether it keeps access is not known.');
    expect(lost).toContain('vnet-two/snet-pe to kv-mlsim, TCP 443: blocked from now on.');
    expect(await keeping('records', 'pe-stmldata-blob')).toContain(
      'vnet-far/snet-pe to stmldata, TCP 443: blocked from now on.',
    );
  });

  test('is not named where none does in the end', async () => {
    expect(await keeping('records', 'pe-stmldata-blob-far')).toEqual([]);
  });

  test('is not known where a peered network was not read; one that is not connected uses nothing', async () => {
    const corp = '/subscriptions/9/resourceGroups/rg-corp/providers/Microsoft.Network/virtualNetworks/vnet-corp';
    const peered =
      (peeringState: string) =>
      (snapshot: Snapshot): Snapshot => ({
        ...snapshot,
        resources: snapshot.resources.map((one) => {
          if (!/\/virtualNetworks\/vnet-far$/i.test(one.id)) return one;
          const properties = one.body.properties as JsonObject;
          const peering = { name: 'to-corp', properties: { peeringState, remoteVirtualNetwork: { id: corp } } };
          return { ...one, body: { ...one.body, properties: { ...properties, virtualNetworkPeerings: [peering] } } };
        }),
      });
    const told =
      'Not known: whether vnet-corp keeps access through pe-stmldata-blob-far: peered with vnet-far, and was not read.';
    expect(await keeping('records', 'pe-stmldata-blob', peered('Connected'))).toContain(told);
    expect(await keeping('records', 'pe-stmldata-blob', peered('Disconnected'))).not.toContain(told);
  });

  test('is not known where a name gets a private address in a zone of a network that was not read', async () => {
    const link = (zone: string): string => `${zone}/virtualNetworkLinks/vnet-b`;
    const vnet = '/subscriptions/9/resourceGroups/rg-b/providers/Microsoft.Network/virtualNetworks/vnet-b';
    const read = await drain(openInProcess('drifted').scan());
    const zone = read.resources.find(({ id }) => /privateDnsZones\/privatelink\.blob\.[a-z.]+$/i.test(id));
    if (zone === undefined) throw new Error('no zone');
    const more = resourceOf({ id: link(zone.id), name: 'vnet-b', properties: { virtualNetwork: { id: vnet } } });
    const snapshot = { ...read, resources: [...read.resources, more] };
    const plan = buildPlan({
      ...{ snapshot, rules, id: 'p' },
      request: {
        ...{ targets: ['storage.private-endpoints'], answers: { subnet: 'vnet-ml/snet-pe' }, ips: [], profile: 'all' },
        allowEffects: effectKinds,
      },
    });
    const told = plan.effects.filter(({ detail }) => /whether vnet-b keeps access by the name stmldata/.test(detail));
    expect(told.map(({ kind }) => kind)).toEqual(['cutsOff']);
    expect(told.every((one) => 'automatic' in one && !one.automatic)).toBe(true);
  });

  test('is not known where a linked network, or the links, were not read', async () => {
    const without = (snapshot: Snapshot): Snapshot => ({
      ...snapshot,
      resources: snapshot.resources.filter(({ id }) => !/\/virtualNetworks\/vnet-two(?:\/|$)/i.test(id)),
    });
    expect(await keeping('shared', 'pe-kv-mlsim-vault', without)).toContain(
      'Not known: whether vnet-two keeps access by the name kv-mlsim in privatelink.vaultcore.azure.net: linked to the zone, and was not read.',
    );
    const isLinks = (id: string) => /vaultcore\.azure\.net\/virtualNetworkLinks$/i.test(id);
    const unlisted = (snapshot: Snapshot): Snapshot => ({
      ...snapshot,
      collections: snapshot.collections.filter(({ id }) => !isLinks(id)),
      gaps: [
        ...snapshot.gaps,
        ...snapshot.collections.flatMap(({ id }) =>
          isLinks(id) ? [{ id, reason: 'No access.', action: 'x', status: 403 }] : [],
        ),
      ],
    });
    expect((await keeping('shared', 'pe-kv-mlsim-vault', unlisted)).join()).toMatch(
      /whether other networks use the name kv-mlsim in privatelink\.vaultcore\.azure\.net: the links of the zone were not read\./,
    );
  });
});

describe('who else uses a service that a change closes', () => {
  interface Beside {
    readonly name?: string;
    readonly subscription?: string;
    /** Services of the other workspace, by member; its own otherwise. */
    readonly uses?: Readonly<Record<string, string>>;
    /** Lists in which it has something that uses what is shared. */
    readonly has?: readonly ('datastores' | 'computes')[];
  }

  /** The open world with another workspace. */
  async function besides({ name = 'mlw-two', subscription, uses = {}, has = [] }: Beside) {
    const cloud = simulated('open', new Date('2026-01-02T03:04:05Z'));
    const { session, store } = cloud;
    const own = (await session.workspace()) ?? '';
    const id = own
      .replace(/[^/]+$/, name)
      .replace(/^(\/subscriptions\/)[^/]+/, (all, start) =>
        subscription === undefined ? all : `${start}${subscription}`,
      );
    const near = own.replace(/Microsoft\.MachineLearningServices.*/i, '');
    const services = { storageAccount: 'storageAccounts/sttwo', keyVault: 'vaults/kv-two', ...uses };
    const ids = Object.entries(services).map(([member, one]) => [
      member,
      `${near}${one.startsWith('vaults') ? 'Microsoft.KeyVault' : 'Microsoft.Storage'}/${one}`,
    ]);
    const subnet = { id: `${near}Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-aks` };
    const parts = {
      datastores: { datastoreType: 'AzureBlob', accountName: 'stmldata', containerName: 'images' },
      computes: { computeType: 'AmlCompute', properties: { subnet } },
    };
    const bodies = [
      { id, name, location: 'westeurope', properties: Object.fromEntries(ids) },
      ...has.map((list) => ({ id: `${id}/${list}/theirs`, name: 'theirs', properties: parts[list] })),
    ];
    for (const body of bodies) {
      const parsed = parseArm(JSON.stringify({ ...body, type: typeOf(body.id) }));
      if (parsed instanceof Map) store.set(body.id, parsed);
    }
    completeScopes(store);
    await session.setIntents({ usesServerless: false, devClientIps: ['203.0.113.77'] });
    return { ...cloud, id, own };
  }

  /** What is closed without a question, and what is said of others. */
  async function closings(session: Session) {
    const snapshot = await drain(session.scan());
    const targets = [rule, 'keyvault.default-action-deny'];
    const { steps, effects } = session.plan(snapshot, { targets, answers: {}, ips: [], profile: 'all' });
    const cut = currentEffects(effects).filter(({ kind }) => kind === 'cutsOff');
    return {
      closed: steps
        .flatMap(({ change, effects: own, phase }) => (phase === 5 && isUnasked(own) ? [nameOf(change.resource)] : []))
        .toSorted(),
      others: cut.flatMap(({ detail }) => (/workspaces?\b|of mlw-(?!sim)/.test(detail) ? [detail] : [])),
      cut,
      snapshot,
    };
  }
  const all = ['kv-mlsim', 'lakemlsim', 'stmldata', 'stmlsim'];
  const elsewhere = '44444444-4444-4444-4444-444444444444';
  const uses = (name: string): string => `workspace mlw-two uses ${name}; whether it keeps access is not known.`;

  test('nobody: everything is closed without a question', async () => {
    const { session } = await besides({});
    const { closed, others, snapshot } = await closings(session);
    expect([closed, others]).toEqual([all, []]);
    // Of a workspace that uses nothing of this one nothing is kept.
    expect(snapshot.resources.filter(({ id }) => id.includes('mlw-two'))).toEqual([]);
  });

  test.each([
    ['of this subscription', undefined],
    ['of another subscription', elsewhere],
  ])('a workspace %s, by its settings', async (_name, subscription) => {
    const shared = { storageAccount: 'storageAccounts/stmlsim', keyVault: 'vaults/kv-mlsim' };
    const { session } = await besides({ uses: shared, ...(subscription ? { subscription } : {}) });
    const { closed, others } = await closings(session);
    expect(closed).toEqual(['lakemlsim', 'stmldata']);
    expect(others.toSorted()).toEqual([uses('kv-mlsim'), uses('stmlsim')]);
  });

  test.each([undefined, elsewhere])('a workspace by its datastore, in subscription %s', async (subscription) => {
    const { session } = await besides({ has: ['datastores'], ...(subscription ? { subscription } : {}) });
    const { closed, others, snapshot } = await closings(session);
    expect(closed).toEqual(['kv-mlsim', 'lakemlsim', 'stmlsim']);
    expect(others).toEqual([uses('stmldata')]);
    // Its datastore is no datastore of the workspace that is audited.
    const stated = snapshot.collections.find(({ id }) => id.endsWith('/mlw-sim/datastores'));
    expect(stated?.members.some((one) => one.includes('mlw-two'))).toBe(false);
  });

  test('a compute of another workspace in a network of this one', async () => {
    const { session } = await besides({ has: ['computes'] });
    const { closed, others } = await closings(session);
    expect(closed).toEqual([]);
    expect(others.join(' ')).toMatch(/vnet-ml\/snet-aks \(compute cluster theirs of mlw-two\)/);
  });

  const list = (what: string) => `Not known: whether other workspaces use ${what} could not be read.`;
  test.each([
    ['/providers/Microsoft.ResourceGraph/resources', [], 'the workspaces of other subscriptions'],
    ['SUBSCRIPTION/providers/Microsoft.MachineLearningServices/workspaces', [], 'the list of workspaces'],
    ['WORKSPACE/datastores', ['kv-mlsim'], 'the datastores of mlw-two'],
  ] as const)('is not known where %s is refused', async (path, left, what) => {
    for (const manner of ['forbidden', 'empty'] as const) {
      const { session, refuse, id, own } = await besides({});
      refuse(path.replace('WORKSPACE', id).replace('SUBSCRIPTION', own.replace(/\/resourceGroups\/.*/, '')), manner);
      const { closed, others } = await closings(session);
      expect(closed).toEqual(left);
      expect(others.join(' ')).toContain(list(`stmlsim: ${what}`));
    }
  });

  test('what sends from a subnet is not known where the computes of another workspace are refused', async () => {
    const { session, refuse, id } = await besides({});
    refuse(`${id}/computes`);
    const { closed, cut } = await closings(session);
    const told = cut.filter(({ detail }) => /^vnet-ml\/snet-(?:pe|aks) to/.test(detail));
    expect(closed).toEqual([]);
    expect(told.length).toBeGreaterThan(0);
    expect(told.every(({ automatic, detail }) => !automatic && /Not known: whether anything sends/.test(detail))).toBe(
      true,
    );
  });

  test('of a fleet each workspace knows the others', async () => {
    const { session, id } = await besides({
      subscription: elsewhere,
      uses: { storageAccount: 'storageAccounts/stmlsim' },
    });
    const { closed, others } = await closings(session);
    expect([closed.includes('stmlsim'), others]).toEqual([false, [uses('stmlsim')]]);
    const other = await closings(session.at?.(id) ?? session);
    expect(other.closed).not.toContain('stmlsim');
    expect(other.others).toContain('workspace mlw-sim uses stmlsim; whether it keeps access is not known.');
  });
});
