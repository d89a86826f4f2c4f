// `create aks` as a user meets it: an address plan that misses everything in hand, what stops it, two steps for a private address,
// and an undo that takes the cluster away with the compute.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/model/json.ts';
import { bastide, bastideJson, everyEffect, freshHome, type Home } from '../support/bastide.ts';

let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

const run = (words: readonly string[], world: string) => bastideJson([...words, `--demo=${world}`], home);
const shownBody = async (name: string, world: string): Promise<Json> => {
  const { result } = await bastideJson<{ resource: { body: Json } }>(['show', name, `--demo=${world}`], home);
  return result.resource.body;
};

describe('a cluster that is made', () => {
  const place = ['--subnet', 'snet-dev', '--yes', ...everyEffect];

  test('has ranges that miss every network, a private address by a second step, and goes with its compute', async () => {
    const made = await run(['create', 'aks', 'aks-new', '--internal-load-balancer', ...place], 'closed');
    // Its identity has no role yet, which the preview warns of.
    expect(made).toMatchObject({
      ...{ status: 1, result: { state: 'done' } },
      failure: { code: 'introduced', message: expect.stringContaining('aks.identity-network-contributor') },
    });
    expect((made.result as { steps: Json[] }).steps).toHaveLength(2);
    const compute = await shownBody('aks-new', 'closed');
    expect(compute).toMatchObject({
      properties: {
        isAttachedCompute: false,
        properties: {
          agentCount: 3,
          loadBalancerType: 'InternalLoadBalancer',
          loadBalancerSubnet: 'snet-dev',
          aksNetworkingConfiguration: {
            serviceCidr: '10.250.0.0/16',
            dnsServiceIP: '10.250.0.10',
            dockerBridgeCidr: '172.17.0.1/16',
          },
        },
      },
    });
    const again = await run(['create', 'aks', 'aks-new', '--nodes', '5', '--size', 'standard_d3_v2'], 'closed');
    expect(again.result).toMatchObject({ differs: [{ setting: 'nodes', stands: 3, asked: 5 }] });

    const back = await bastide(['undo', '--dry-run', '--demo=closed'], home);
    expect(back.stdout).toMatch(/Deletes aks-new: the cluster is deleted with it/);
    expect((await run(['undo', '--yes'], 'closed')).ok).toBe(true);
    expect((await bastide(['show', 'aks-new', '--demo=closed'], home)).status).toBe(2);
  });

  test('what blocks the creation is reported before anything is sent', async () => {
    const ran = await bastide(['create', 'aks', 'aks-new', ...place, '--nodes', '40', '--demo=closed'], home);
    expect([ran.status, ran.stderr]).toEqual([4, expect.stringMatching(/needs 1271 addresses/)]);
  });

  test.each([
    ['a name that is too long', ['create', 'aks', 'aks-with-a-long-name', ...place], /2 to 16 letters/],
    [
      'a range that is none',
      ['create', 'aks', 'aks-new', '--service-cidr', '10.0.0.0/30', ...place],
      /not between \/12 and \/28/,
    ],
    [
      'a flag of another sort',
      ['create', 'aks', 'aks-new', '--max', '3', ...place],
      /--max applies to cluster, not to aks/,
    ],
    ['both at once', ['create', 'aks', 'aks-new', '--cluster', 'aks-mlsim', ...place], /--cluster attaches/],
  ])('%s is a usage error', async (_why, words, says) => {
    const ran = await bastide([...words, '--demo=closed'], home);
    expect([ran.status, ran.stderr]).toEqual([2, expect.stringMatching(says)]);
  });
});

test('a cluster that does not exist cannot be attached', async () => {
  const words = ['create', 'aks', 'aks-two', '--cluster', 'aks-nowhere', '--yes', '--demo=kubernetes'];
  const ran = await bastide(words, home);
  expect([ran.status, ran.stderr]).toEqual([2, expect.stringMatching(/No AKS cluster \S*aks-nowhere exists/)]);
});
