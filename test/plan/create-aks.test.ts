// A Kubernetes cluster planned and sent through the real ARM client: what stops it beforehand, what Azure refuses all the same,
// and an existing cluster attached with its load balancer inside.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AksArgs } from '../../commands/parts/aks-asked.ts';
import { attachment, clusterCreation } from '../../commands/parts/new-aks.ts';
import { stepUndos } from '../../src/model/entry.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { freeBridgeRange, freeServiceRange, listAt, textAt } from '../../src/resource-types/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-aks-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const subnetOf = ({ workspace }: Snapshot, name: string): string =>
  `${workspace?.replace(/\/providers\/.*/, '')}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/${name}`;

/** A world with a subnet read as one that a cluster is to come to. */
async function seated(world: string, subnet: string) {
  const bench = await openBench({ world, scratch });
  const seat = subnetOf(await drain(bench.session.scan()), subnet);
  return { bench, seat, snapshot: await drain(bench.session.scan(undefined, [seat])) };
}

describe('before anything is sent', () => {
  let at: Awaited<ReturnType<typeof seated>>;
  beforeAll(async () => {
    at = await seated('closed', 'snet-dev');
  });
  afterAll(() => at.bench.close());
  const stops = (args: Partial<AksArgs>, seat = at.seat): string => {
    const creation = clusterCreation(at.snapshot, { name: 'aks-new', ...args }, seat, 'all');
    const { gates } = at.bench.session.planCreation(at.snapshot, creation);
    return gates.flatMap(({ outcome, detail }) => (outcome === 'fail' ? [detail] : [])).join('\n');
  };

  test('a plan without restrictions is stopped by nothing', () => expect(stops({})).toBe(''));

  test.each<[string, Partial<AksArgs>, RegExp]>([
    ['a service range over the network', { serviceCidr: '10.0.0.0/16' }, /aks\.service-cidr-no-overlap/],
    ['a DNS address outside its range', { dnsServiceIp: '10.9.0.10' }, /aks\.dns-service-ip/],
    ['the first address of it', { serviceCidr: '10.250.0.0/16', dnsServiceIp: '10.250.0.1' }, /aks\.dns-service-ip/],
    ['a bridge over a subnet', { dockerBridgeCidr: '10.0.1.1/24' }, /aks\.docker-bridge/],
    ['a range that Azure keeps', { serviceCidr: '172.30.0.0/16' }, /aks\.reserved-ranges/],
    ['more pods than addresses', { nodes: 40 }, /needs 1271 addresses/],
    ['too few cores for production', { nodes: 2 }, /have 8 cores.* at least 12/],
  ])('%s', (_why, args, says) => expect(stops(args)).toMatch(says));

  const later = ', until a later step of this plan.';
  test.each<[string, Partial<AksArgs>, RegExp[]]>([
    ['public', {}, [/^Scoring on aks-new is [^,]*$/, /^The API server of/]],
    ['inside its network', { internalLoadBalancer: true }, [/^The API server of [^,]*$/, /^Scoring on aks-new is/]],
  ])('scoring that is %s in the end, and who uses it', (_where, args, opens) => {
    const creation = clusterCreation(at.snapshot, { name: 'aks-new', ...args }, at.seat, 'all');
    const { effects } = at.bench.session.planCreation(at.snapshot, creation);
    const said = (...kinds: string[]) => effects.flatMap(({ kind, detail }) => (kinds.includes(kind) ? [detail] : []));
    expect(said('opens').map((detail) => opens.findIndex((one) => one.test(detail)))).toEqual([...opens.keys()]);
    // Between its creation and the change of its load balancer it is public.
    const passing = said('opens').filter((detail) => detail.endsWith(later));
    expect(passing).toHaveLength(args.internalLoadBalancer === true ? 1 : 0);
    // It is created by this plan, so nobody uses it yet.
    expect(said('cutsOff', 'interrupts')).toEqual([]);
  });

  test('a cluster for tests may be small', () => expect(stops({ nodes: 1, purpose: 'dev-test' })).toBe(''));
  test('a subnet that is not there', () => {
    expect(stops({}, subnetOf(at.snapshot, 'snet-nowhere'))).toMatch(/snet-nowhere does not exist/);
  });

  test('ranges are proposed free of networks, of each other and of those that Azure keeps', () => {
    const world = indexSnapshot(at.snapshot);
    expect([freeServiceRange(world), freeServiceRange(world, '10.250.0.1/16')]).toEqual([
      '10.250.0.0/16',
      '10.249.0.0/16',
    ]);
    expect([freeBridgeRange(world, '10.250.0.0/16'), freeBridgeRange(world, '172.17.0.0/16')]).toEqual([
      '172.17.0.1/16',
      '172.18.0.1/16',
    ]);
  });
});

test('a delegated subnet and a policy stop a cluster where computes are stopped', async () => {
  const { bench, seat, snapshot } = await seated('crowded', 'snet-gpu');
  try {
    const creation = clusterCreation(snapshot, { name: 'aks-new' }, seat, 'all');
    const { gates } = bench.session.planCreation(snapshot, creation);
    const shut = gates.flatMap(({ kind, outcome, detail }) => (outcome === 'fail' ? [`${kind} ${detail}`] : []));
    expect(shut.join('\n')).toMatch(/aks\.subnet-not-delegated/);
    expect(shut.some((one) => one.startsWith('policy '))).toBe(true);
  } finally {
    await bench.close();
  }
});

test('Azure refuses what was not checked here', async () => {
  const { bench, seat, snapshot } = await seated('closed', 'snet-dev');
  const send = async (inner: JsonObject): Promise<string> => {
    const id = `${snapshot.workspace}/computes/aks-raw`;
    const body = { location: 'westeurope', properties: { computeType: 'AKS', ...inner } };
    const answer = await bench.arm.write({ method: 'PUT', id, apiVersion: '2024-04-01', body });
    return answer.state === 'refused' ? `${answer.refusal.code} ${answer.refusal.message}` : answer.state;
  };
  const network = (more: JsonObject = {}): JsonObject => ({
    subnetId: seat,
    serviceCidr: '10.99.0.0/16',
    dnsServiceIP: '10.99.0.10',
    ...more,
  });
  const plan = (more: JsonObject, top: JsonObject = {}) => ({
    properties: { ...top, aksNetworkingConfiguration: network(more) },
  });
  try {
    expect(await send(plan({ serviceCidr: '10.0.0.0/16', dnsServiceIP: '10.0.0.10' }))).toMatch(/^ServiceCidrOverlap/);
    expect(await send(plan({ dockerBridgeCidr: '10.99.1.1/24' }))).toMatch(
      /docker bridge CIDR .* overlaps 10\.99\.0\.0\/16/,
    );
    expect(await send(plan({ subnetId: `${seat}-not` }))).toMatch(/^SubnetNotFound/);
    expect(await send(plan({}, { agentCount: 60 }))).toMatch(/^InsufficientSubnetSize/);
    expect(await send(plan({}, { agentCount: 1 }))).toMatch(/at least 12 virtual CPUs/);
    expect(await send({ resourceId: `${seat}/nothing`, properties: {} })).toMatch(/was not found/);
  } finally {
    await bench.close();
  }
});

test('a cluster comes, moves inside, goes and comes again; what it took of the subnet is given back', async () => {
  const bench = await openBench({ world: 'closed', scratch });
  try {
    const seat = subnetOf(await drain(bench.session.scan()), 'snet-dev');
    const snapshot = await drain(bench.session.scan(undefined, [seat]));
    const held = async () => {
      const read = await bench.arm.read(seat);
      return read.ok ? listAt(read.resource.body, '/properties/ipConfigurations').length : -1;
    };
    const before = await held();
    const creation = clusterCreation(snapshot, { name: 'aks-new', internalLoadBalancer: true }, seat, 'all');
    const send = async (plan: Plan) => {
      const { steps } = await drain(bench.session.apply(plan, { line: plan.verb, acceptWarnings: true }));
      expect(steps.map(({ state, message }) => [state, message])).toEqual(plan.steps.map(() => ['done', null]));
    };
    await send(bench.session.planCreation(snapshot, creation));
    // Three nodes with thirty pods each, and the front end of the load balancer.
    expect(await held()).toBe(before + 3 * 31 + 1);
    await send(await bench.session.planUndo());
    expect(await held()).toBe(before);
    await send(await bench.session.planRedo());
    await send(await bench.session.planUndo());
    expect(await held()).toBe(before);
  } finally {
    await bench.close();
  }
});

test('a refused deletion leaves the scoring of a created cluster inside, and says that it still exists', async () => {
  const bench = await openBench({ world: 'closed', scratch });
  try {
    const seat = subnetOf(await drain(bench.session.scan()), 'snet-dev');
    const snapshot = await drain(bench.session.scan(undefined, [seat]));
    const creation = clusterCreation(snapshot, { name: 'aks-new', internalLoadBalancer: true }, seat, 'all');
    const plan = bench.session.planCreation(snapshot, creation);
    const made = await drain(bench.session.apply(plan, { line: 'create', acceptWarnings: true }));
    const id = plan.steps[0]?.change.resource ?? '';
    const body = async () => {
      const read = await bench.arm.read(id);
      return read.ok ? read.resource.body : null;
    };
    const before = await body();
    const isInside = (one: JsonObject | null) => textAt(one, '/properties/properties/loadBalancerType');
    expect(isInside(before)).toBe('InternalLoadBalancer');
    const back = await bench.session.planUndo();
    expect(back.steps.map(({ change, advice }) => [change.kind, advice])).toEqual([
      [
        'delete',
        `Deletes mlw-sim/aks-new, which entry ${made.entry} created, and with it 1 later change of the entry.`,
      ],
    ]);
    bench.simulator.setFaults(`DELETE ${id} 1 403`);
    await expect(drain(bench.session.apply(back, { line: 'undo', acceptWarnings: true }))).rejects.toThrow(
      /aks-new still exists, with the settings that it had before\.$/,
    );
    bench.simulator.setFaults('');
    expect(await body()).toEqual(before);
    // The refused undo changed nothing of what can be undone.
    const again = await bench.session.planUndo();
    const gone = await drain(bench.session.apply(again, { line: 'undo', acceptWarnings: true }));
    expect([gone.steps.map(({ state }) => state), await body()]).toEqual([['done'], null]);
    const all = await bench.session.history();
    const entry = all.find((one) => one.id === made.entry);
    expect(entry === undefined ? [] : stepUndos(entry, all)).toEqual(
      plan.steps.map(() => ({ by: gone.entry, isWhole: true })),
    );
    await drain(bench.session.apply(await bench.session.planRedo(), { line: 'redo', acceptWarnings: true }));
    expect(isInside(await body())).toBe('InternalLoadBalancer');
  } finally {
    await bench.close();
  }
});

describe('an existing cluster', () => {
  const detach = async (bench: Bench, id: string) => {
    const query = { underlyingResourceAction: 'Detach' };
    const answer = await bench.arm.write({ method: 'DELETE', id, apiVersion: '2024-04-01', body: null, query });
    if (answer.state !== 'running') throw new Error(answer.state);
    expect(await bench.arm.follow(answer.operation, {})).toEqual({ state: 'done' });
  };
  const attached = async (world: string) => {
    const bench = await openBench({ world, scratch });
    const first = await drain(bench.session.scan());
    const compute = first.resources.find(({ body }) => textAt(body, '/properties/computeType') === 'AKS');
    const cluster = textAt(compute?.body, '/properties/resourceId') ?? '';
    return { bench, first, compute: compute?.id ?? '', cluster };
  };

  test('is not attached twice, and not with a load balancer that its identity may not place', async () => {
    const { bench, first, compute, cluster } = await attached('kubernetes');
    const args = { name: 'aks-two', internalLoadBalancer: true };
    const shut = (snapshot: Snapshot) =>
      bench.session
        .planCreation(snapshot, attachment(snapshot, args, cluster, 'all'))
        .gates.flatMap(({ outcome, detail }) => (outcome === 'fail' ? [detail] : []))
        .join('\n');
    try {
      expect(shut(first)).toMatch(/already attached as aks-serve/);
      await detach(bench, compute);
      expect(shut(await drain(bench.session.scan(undefined, [cluster])))).toMatch(/aks\.identity-network-contributor/);
    } finally {
      await bench.close();
    }
  });

  test('is attached, moved inside by a second step, and lives on after the undo', async () => {
    const { bench, compute, cluster } = await attached('scoring');
    try {
      await detach(bench, compute);
      const snapshot = await drain(bench.session.scan(undefined, [cluster]));
      const creation = attachment(snapshot, { name: 'aks-two', internalLoadBalancer: true }, cluster, 'all');
      const plan = bench.session.planCreation(snapshot, creation);
      expect(plan.steps.map(({ az }) => az.split(' ').slice(0, 5).join(' '))).toEqual([
        'az ml computetarget attach aks',
        'az ml computetarget update aks',
      ]);
      expect(plan.irreversible.join()).toMatch(/the cluster itself remains/);
      const outcome = await drain(bench.session.apply(plan, { line: 'create', acceptWarnings: true }));
      expect(outcome.steps.map(({ state, message }) => [state, message])).toEqual([
        ['done', null],
        ['done', null],
      ]);
      await drain(bench.session.apply(await bench.session.planUndo(), { line: 'undo', acceptWarnings: true }));
      expect((await bench.arm.read(cluster)).ok).toBe(true);
      expect((await bench.arm.read(plan.steps[0]?.change.resource ?? '')).ok).toBe(false);
    } finally {
      await bench.close();
    }
  });
});
