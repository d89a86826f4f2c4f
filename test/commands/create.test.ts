// `create` from the command line: what is created, what stops it before anything is sent, and what an undo removes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { bastide, bastideJson, everyEffect, freshHome, type Home } from '../support/bastide.ts';

let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

/** The compute of this name in a demo world, as `show` has it. */
async function standing(name: string, world: string): Promise<boolean> {
  const shown = await bastide(['show', name, `--demo=${world}`], home);
  return shown.status === 0;
}
const run = (words: readonly string[], world: string) => bastideJson([...words, `--demo=${world}`], home);

describe('what is made', () => {
  test('a cluster in a subnet, and gone again after an undo that says what that loses', async () => {
    const words = [
      'create',
      'cluster',
      'cpu-night',
      '--subnet',
      'vnet-ml/snet-train',
      '--max',
      '2',
      '--yes',
      ...everyEffect,
    ];
    const made = await run(words, 'closed');
    expect(made).toMatchObject({ ok: true, result: { state: 'done' } });
    expect(await standing('cpu-night', 'closed')).toBe(true);
    const back = await bastide(['undo', '--dry-run', '--demo=closed'], home);
    expect(back.stdout).toMatch(/Interrupts {3}Deletes cpu-night: jobs that run on its nodes end/);
    expect(back.stdout).toMatch(/One-way {6}mlw-sim\/cpu-night: jobs that run on its nodes end/);
    expect((await run(['undo', '--yes'], 'closed')).ok).toBe(true);
    expect(await standing('cpu-night', 'closed')).toBe(false);
  });

  test('without a public address where private endpoints are the architecture, unless requested', async () => {
    const body = async (...more: readonly string[]) => {
      const words = [
        'create',
        'instance',
        'ci-new',
        '--subnet',
        'snet-dev',
        '--size',
        'STANDARD_DS3_V2',
        '--dry-run',
        ...more,
      ];
      const { result } = await run(words, 'closed-private-endpoint');
      return (result as { steps: readonly { change: { body: Json } }[] }).steps[0]?.change.body;
    };
    expect(await body()).toMatchObject({
      properties: { computeType: 'ComputeInstance', properties: { enableNodePublicIp: false } },
    });
    expect(await body('--public-ip')).toMatchObject({ properties: { properties: { enableNodePublicIp: true } } });
  });

  test('in a managed network without a subnet', async () => {
    const { result } = await run(['create', 'cluster', 'm-one', '--dry-run'], 'closed-managed-network');
    const { steps } = result as { steps: readonly { change: { body: { properties: { properties: object } } } }[] };
    expect(Object.keys(steps[0]?.change.body.properties.properties ?? {})).not.toContain('subnet');
  });
});

test('a name that is taken creates nothing, and says how the existing resource differs', async () => {
  const { ok, result } = await run(
    ['create', 'cluster', 'cpu-cluster', '--max', '9', '--subnet', 'snet-gpu'],
    'closed',
  );
  expect(ok).toBe(true);
  const { differs } = result as { differs: readonly { setting: string }[] };
  expect(differs.map(({ setting }) => setting)).toEqual(['size', 'maximum nodes', 'subnet']);
});

describe('what stops it before anything is sent', () => {
  test.each([
    ['a full subnet', ['cluster', 'one', '--subnet', 'snet-train', '--no-public-ip'], /compute\.subnet-free-ips/],
    [
      'a delegated subnet',
      ['cluster', 'one', '--subnet', 'snet-gpu', '--no-public-ip'],
      /compute\.subnet-not-delegated/,
    ],
    ['a policy, for a public address', ['cluster', 'one', '--subnet', 'snet-dev'], /compute\.(policy|network-quota)/],
  ])('%s', async (_why, words, says) => {
    const ran = await bastide(['create', ...words, '--yes', '--demo=crowded'], home);
    expect([ran.status, ran.stderr]).toEqual([4, expect.stringMatching(says)]);
    expect(await standing('one', 'crowded')).toBe(false);
  });

  test.each([
    [
      'a name that the service refuses',
      ['instance', 'ci-1', '--subnet', 'snet-dev'],
      /ci-1 is not a valid name of a compute instance/,
    ],
    ['more at least than at most', ['cluster', 'one', '--min', '3', '--max', '2'], /3 to 2 nodes/],
    ['a subnet nobody knows', ['cluster', 'one', '--subnet', 'snet-nowhere'], /Use one of vnet-ml\/snet-train/],
    ['no subnet and nobody to ask', ['cluster', 'one'], /Pass --subnet with one of vnet-ml\/snet-train/],
    ['an identity that is none', ['cluster', 'one', '--identity', 'me'], /me is not a managed identity/],
  ])('%s', async (_why, words, says) => {
    const ran = await bastide(['create', ...words, '--yes', '--demo=crowded'], home);
    expect([ran.status, ran.stderr]).toEqual([2, expect.stringMatching(says)]);
  });
});

describe('a subnet for container instances', () => {
  const words = ['create', 'aci-subnet', 'snet-aci', '--vnet', 'vnet-ml'];
  test('is delegated from the start, and gone after an undo', async () => {
    const made = await run([...words, '--prefix', '10.0.12.0/24', '--yes', ...everyEffect], 'closed');
    expect(made).toMatchObject({ ok: true, result: { state: 'done' } });
    const shown = await bastide(['show', 'snet-aci', '--demo=closed'], home);
    expect(shown.stdout).toContain('Microsoft.ContainerInstance/containerGroups');
    const again = await run(words, 'closed');
    expect(again).toMatchObject({ ok: true, result: { type: 'subnet', differs: [] } });
    expect((await run(['undo', '--yes'], 'closed')).ok).toBe(true);
    expect(await standing('snet-aci', 'closed')).toBe(false);
  });

  test('takes the first free range, and refuses one that is taken before anything is sent', async () => {
    const { result } = await run([...words, '--dry-run'], 'closed');
    const { steps } = result as { steps: readonly { change: { body: Json } }[] };
    expect(steps[0]?.change.body).toMatchObject({ properties: { addressPrefix: '10.0.0.0/24' } });
    const taken = await bastide([...words, '--prefix', '10.0.1.128/25', '--yes', '--demo=closed'], home);
    expect(taken.status).toBe(2);
    expect(taken.stderr).toMatch(/overlaps a range of the subnet snet-train/);
    const outside = await bastide([...words, '--prefix', '10.9.0.0/24', '--yes', '--demo=closed'], home);
    expect(outside.stderr).toMatch(/is not in the address space of vnet-ml/);
  });

  test('a name that is taken by another service is told apart', async () => {
    const { result } = await run(words, 'containers');
    expect(result).toMatchObject({ differs: [{ setting: 'delegated to', stands: 'Microsoft.Web/serverFarms' }] });
  });
});
