// Will a job run? One planted fault at a time, over every leg, in closed worlds; and nothing in the closed worlds themselves.
import { beforeAll, describe, expect, test } from 'vitest';
import { denies, type EditableSnapshot, type JobFault, jobFaults, one } from './faults.ts';
import { checked, checkedWithReads, prepare, worlds } from './planted.ts';

beforeAll(prepare);

test.each(worlds)('%s: every job runs', (world) => {
  const online = world === 'closed-managed-network' ? 'online' : 'isolated';
  const verdicts = ['plain', 'built', 'share', online].map((job) => {
    const { verdict, because } = checked(world, job);
    return `${job}: ${verdict}: ${because}`;
  });
  expect(verdicts.filter((text) => !text.includes(': willRun: All checks pass.'))).toEqual([]);
});

describe('one fault at a time', () => {
  test.each(jobFaults.map((fault) => [`${fault.world}: ${fault.says}`, fault] as const))('%s', (_name, fault) => {
    const { legs, verdict } = checked(fault.world, fault.job, fault.plant);
    const leg = legs.find((one) => one.leg === fault.leg);
    expect(leg?.verdict).toBe('fails');
    expect(verdict).toBe(leg?.optional ? 'willRun' : 'willFail');
    const said = leg?.checks
      .filter((one) => one.verdict === 'fails')
      .map(({ because, findings }) => [because, findings]);
    expect(JSON.stringify(said)).toMatch(fault.cause);
  });
});

test('every leg has a fault', () => {
  const legs = new Set(jobFaults.map(({ leg }) => leg));
  expect([...legs].sort()).toEqual(
    ['build', 'compute', 'data', 'image', 'packages', 'service', 'submit', 'telemetry', 'tracking', 'upload'].sort(),
  );
});

test('a list that was refused is unknown, never a pass', () => {
  const { verdict, legs } = checked('closed-private-endpoint', 'plain', (snapshot) => {
    const id = `${snapshot.workspace}/computes`;
    snapshot.collections = snapshot.collections.filter((list) => list.id !== id);
    snapshot.gaps.push({
      id,
      action: 'Microsoft.MachineLearningServices/workspaces/computes/read',
      status: 403,
      reason: 'Denied.',
    });
    snapshot.resources = snapshot.resources.filter((one) => !one.type.endsWith('workspaces/computes'));
  });
  expect(verdict).toBe('unknown');
  expect(legs.find(({ leg }) => leg === 'compute')?.verdict).toBe('unknown');
});

/** Reading this was refused, and everything in it if it is a list. */
function refused(snapshot: EditableSnapshot, id: string): void {
  const isIn = (one: string) => one.toLowerCase() === id.toLowerCase();
  snapshot.collections = snapshot.collections.filter((list) => !isIn(list.id));
  snapshot.resources = snapshot.resources.filter((each) => !isIn(each.id) && !isIn(each.id.replace(/\/[^/]+$/, '')));
  snapshot.gaps.push({ id, action: 'a/read', status: 403, reason: 'Denied.' });
}

test.each(worlds)(
  '%s: a read that was refused makes no step needless, and says of nothing that there is none',
  (world) => {
    for (const job of ['plain', 'built', 'share']) {
      const whole = new Map(checked(world, job).legs.map(({ leg, verdict }) => [leg, verdict]));
      for (const list of ['', '/computes', '/datastores']) {
        const { legs } = checked(world, job, (snapshot) => refused(snapshot, `${snapshot.workspace}${list}`));
        const needless = legs.filter(({ leg, verdict }) => verdict === 'notNeeded' && whole.get(leg) !== 'notNeeded');
        expect([job, list, needless.map(({ leg }) => leg)]).toEqual([job, list, []]);
        expect(JSON.stringify(legs)).not.toMatch(/The workspace has no|"fails"/);
        const ok = legs.filter(({ leg, verdict }) => verdict === 'ok' && ['submit', 'build', 'service'].includes(leg));
        if (list === '') expect([job, ok.map(({ leg }) => leg)]).toEqual([job, []]);
      }
    }
  },
);

const cluster = (snapshot: EditableSnapshot) => one(snapshot, 'cpu-cluster', 'computes').body.properties;
test.each([
  ['a cluster that is being created', 'compute', (s) => Object.assign(cluster(s), { provisioningState: 'Creating' })],
  [
    'a cluster that got no nodes',
    'compute',
    (s) => Object.assign(cluster(s).properties, { currentNodeCount: 0, errors: [{ error: { code: 'ResizeFailed' } }] }),
  ],
  [
    'a registry with a quarantine policy',
    'image',
    (s) => {
      const policies = { quarantinePolicy: { status: 'enabled' } };
      Object.assign(one(s, 'acrmlsim', 'registries').body.properties, { policies });
    },
  ],
] satisfies (readonly [string, string, JobFault['plant']])[])('%s is unknown', (_name, leg, plant) => {
  const { verdict, legs } = checked('closed-private-endpoint', 'built', plant);
  expect([verdict, legs.find((each) => each.leg === leg)?.verdict]).toEqual(['unknown', 'unknown']);
});

test('an instance runs a job while it is running; a NAT gateway is in the scan and is not asked for again', () => {
  expect(checked('closed-private-endpoint', 'instance').verdict).toBe('willRun');
  expect([...checkedWithReads('closed-private-endpoint', 'plain').reads.ids]).toEqual([]);
});

test.each(['publicIpAddresses', 'publicIpPrefixes', 'publicIpAddressesV6', 'publicIpPrefixesV6'])(
  'a NAT gateway with %s leads out',
  (list) => {
    const { verdict } = checked('closed-private-endpoint', 'plain', (snapshot) => {
      const { id } = one(snapshot, 'snet-train', 'virtualNetworks/subnets').body.properties.natGateway;
      const body = { id, properties: { [list]: [{ id: 'x' }] } };
      snapshot.resources.push({ id, type: 'Microsoft.Network/natGateways', apiVersion: '2024-01-01', body });
    });
    expect(verdict).toBe('willRun');
  },
);

test.each([
  ...['Running', 'JobRunning'].map((state) => [state, 'willRun']),
  ...['Stopped', 'Stopping', 'CreateFailed', 'SetupFailed', 'UserSetupFailed', 'Unusable', 'Unknown', 'Deleting'].map(
    (state) => [state, 'willFail'],
  ),
  ...['Creating', 'Starting', 'Restarting', 'Resizing'].map((state) => [state, 'unknown']),
])('an instance that is %s: %s', (state, verdict) => {
  const planted = checked('closed-private-endpoint', 'instance', (snapshot) => {
    one(snapshot, 'ci-anna', 'computes').body.properties.properties.state = state;
  });
  expect(planted.verdict).toBe(verdict);
});

test.each([
  ...['Failed', 'Deleting', 'Canceled'].map((state) => [state, 'willFail']),
  ...['Creating', 'Updating'].map((state) => [state, 'unknown']),
])('a cluster whose provisioning is %s: %s', (state, verdict) => {
  const planted = checked('closed-private-endpoint', 'plain', (s) => {
    cluster(s).provisioningState = state;
  });
  expect(planted.verdict).toBe(verdict);
});

test('outbound rules that know only tags name the host that is in none', () => {
  const plant = denies('snet-train', { destination: 'Internet' });
  const { legs } = checked('closed-private-endpoint', 'built', plant);
  expect(legs.find(({ leg }) => leg === 'packages')?.verdict).toBe('fails');
});
