// `path` over the worlds of the simulator, through the real ARM client: each question with the verdict and the hop that stops it.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { path as command } from '../../commands/path.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { PathAnswer } from '../../src/model/path.ts';
import type { Plan } from '../../src/model/plan.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { sameId } from '../../src/model/resource-id.ts';
import { plainText } from '../../src/model/words.ts';
import { startSimulator } from '../../src/simulator/index.ts';
import { bastide, everyEffect, homeFor } from '../support/bastide.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-path-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const vaultId =
  '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers/Microsoft.KeyVault/vaults/kv-mlsim';

async function ask(bench: Bench, source: string, destination: string, port = '443', protocol = 'tcp') {
  const context = {
    session: async () => bench.session,
    signal: AbortSignal.timeout(60_000),
  } as unknown as CommandContext;
  const result = await drain(
    command.run(context, {
      source,
      destination,
      port: [port],
      protocol,
      live: false,
      compare: undefined,
      fix: false,
      alternative: 1,
      whatIf: false,
    }),
  );
  return { answer: result as unknown as PathAnswer, exit: command.exit?.(result, {} as never) ?? 0 };
}

test.each([true, false])(
  'a path that another client closes (%s) during its fix is not said to be fixed',
  async (isClosed) => {
    const simulator = await startSimulator({ world: 'mixed', wire: 'plain' });
    const home = homeFor(simulator);
    try {
      const group = `/subscriptions/${simulator.subscription}/resourceGroups/rg-ml/providers`;
      const subnet = `${group}/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-gpu`;
      const nsg = `${group}/Microsoft.Network/networkSecurityGroups/nsg-x`;
      const send = (method: 'GET' | 'PUT', id: string, body?: object) => {
        const answer = simulator.sendAs('user', {
          ...{ method, path: id, userAgent: 'Mozilla/5.0' },
          ...(body === undefined ? {} : { body: body as never }),
        });
        if (answer.status >= 300) throw new Error(answer.body);
        return JSON.parse(answer.body);
      };
      const properties = {
        ...{ priority: 100, direction: 'Outbound', access: 'Deny', protocol: '*', sourceAddressPrefix: '*' },
        ...{ sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '*' },
      };
      let closes = isClosed;
      simulator.onExchange(({ method, url }) => {
        if (!closes || method !== 'PATCH' || !/stmlsim/.test(url)) return;
        closes = false;
        send('PUT', nsg, { location: 'westeurope', properties: { securityRules: [{ name: 'd', properties }] } });
        const { etag: _, ...body } = send('GET', subnet);
        send('PUT', subnet, { ...body, properties: { ...body.properties, networkSecurityGroup: { id: nsg } } });
      });
      const ends = ['path', '--source', 'gpu-cluster', '--destination', 'stmlsim'];
      const at = ['--endpoint', simulator.endpoint, '--ca', 'ca.pem', '--format', 'json'];
      const fix = async () => {
        const ran = await bastide([...ends, '--fix', '--yes', ...everyEffect, ...at], home);
        return { status: ran.status, ...JSON.parse(ran.stdout) };
      };
      const { failure, result, status } = await fix();
      const { verdict } = result.path;
      if (!isClosed) expect([status, failure, result.state, verdict]).toEqual([0, null, 'done', 'allowed']);
      else {
        expect([status, failure.code, result.state, verdict]).toEqual([1, 'path-not-open', 'done', 'denied']);
        expect(failure.message).toMatch(/^After the changes, the path is denied: .*nsg-x/);
      }
    } finally {
      await simulator.stop();
      home.remove();
    }
  },
);

/** source, destination, port, verdict, the hop that stops it. */
type Row = readonly [string, string, string, PathAnswer['verdict'], PathAnswer['stoppedBy']];
const worlds: Readonly<Record<string, readonly Row[]>> = {
  open: [
    ['cpu-cluster', 'stmlsim', '443', 'allowed', null],
    ['internet', 'stmlsim', '443', 'allowed', null],
  ],
  mixed: [
    ['snet-train', 'stmlsim.blob.core.windows.net', '443', 'allowed', null],
    ['SNET-TRAIN', 'stmlsim.privatelink.blob.core.windows.net', '443', 'allowed', null],
    ['vnet-ml/snet-train', 'STMLSIM', '443', 'allowed', null],
    ['gpu-cluster', 'stmlsim', '443', 'denied', 'service'],
    ['cpu-cluster', 'stmldata', '443', 'allowed', null],
    ['cpu-cluster', 'trainingdata', '443', 'allowed', null],
    ['cpu-cluster', 'lakemlsim.dfs.core.windows.net', '443', 'denied', 'service'],
    ['cpu-cluster', 'stmlarch.file.core.windows.net', '445', 'denied', 'service'],
    ['cpu-cluster', 'kv-mlsim.vault.azure.net', '443', 'allowed', null],
    // Its rule is decorative, and the vault's IP rules hold addresses of Azure's own.
    ['gpu-cluster', 'kv-mlsim', '443', 'unknown', 'service'],
    ['snet-train', 'acrmlsim.azurecr.io', '443', 'allowed', null],
    ['snet-train', 'mlw-sim', '443', 'allowed', null],
    ['203.0.113.77', 'stmlsim', '443', 'denied', 'service'],
    ['198.51.100.9', 'stmlsim', '443', 'allowed', null],
    ['198.51.100.0/23', 'stmlsim', '443', 'partly', 'service'],
    ['internet', 'kv-mlsim', '443', 'partly', 'service'],
    ['AzureMachineLearning', 'cpu-cluster', '44224', 'allowed', null],
    ['AzureMachineLearning', 'cpu-cluster', '44220-44224', 'partly', 'destinationSubnet'],
    ['AzureMachineLearning', 'snet-train', '44224', 'allowed', null],
    ['internet', 'cpu-cluster', '22', 'denied', 'destinationSubnet'],
    ['snet-gpu', '10.0.1.5', '22', 'allowed', null],
    ['snet-gpu', '10.9.1.4', '443', 'denied', 'route'],
    ['cpu-cluster', 'pypi.org', '443', 'allowed', null],
  ],
  limited: [
    ['cpu-cluster', 'stmlsim', '443', 'denied', 'sourceSubnet'],
    ['cpu-cluster', 'AzureActiveDirectory', '443', 'denied', 'sourceSubnet'],
    ['gpu-cluster', 'stmlsim', '443', 'allowed', null],
    ['low-cluster', 'kv-mlsim', '443', 'allowed', null],
    ['gpu-cluster', 'internet', '443,8000-9000', 'allowed', null],
    ['ci-anna', '10.0.1.0/24', '22', 'denied', 'sourceSubnet'],
    ['snet-gpu', 'snet-dev', '22', 'allowed', null],
    ['AzureMachineLearning', 'gpu-cluster', '44224', 'denied', 'destinationSubnet'],
    ['internet', 'ci-anna', '22', 'denied', 'wayIn'],
    // A machine's interface that only its subnet shows: it is read when it is asked about.
    ['nic-vm-jump', 'stmlsim', '443', 'denied', 'sourceSubnet'],
    ['gpu-cluster', 'nic-vm-jump', '22', 'allowed', null],
    ['internet', 'nic-vm-jump', '22', 'denied', 'wayIn'],
  ],
  'closed-service-endpoint': [
    ['cpu-cluster', 'stmlsim', '443', 'allowed', null],
    ['ci-anna', 'lakemlsim.dfs.core.windows.net', '443', 'allowed', null],
    ['gpu-cluster', 'kv-mlsim', '443', 'allowed', null],
    // No subnet of computes: no rule, no service endpoint.
    ['snet-pe', 'stmlsim', '443', 'denied', 'service'],
    ['internet', 'kv-mlsim', '443', 'denied', 'service'],
    ['cpu-cluster', 'acrmlsim', '443', 'allowed', null],
    ['snet-pe', 'acrmlsim', '443', 'denied', 'service'],
  ],
  'closed-private-endpoint': [
    ['cpu-cluster', 'stmlsim', '443', 'allowed', null],
    ['cpu-cluster', 'kv-mlsim', '443', 'allowed', null],
    ['cpu-cluster', 'mlw-sim', '443', 'allowed', null],
    ['cpu-cluster', 'acrmlsim', '443', 'allowed', null],
    ['snet-train', '10.0.4.7', '443', 'allowed', null],
    ['cpu-cluster', 'stmlsim.queue.core.windows.net', '443', 'denied', 'service'],
    ['cpu-cluster', 'internet', '443', 'allowed', null],
    ['snet-aks', 'internet', '443', 'allowed', null],
    ['internet', 'stmlsim', '443', 'denied', 'service'],
    ['internet', 'cpu-cluster', '22', 'denied', 'wayIn'],
  ],
  'closed-managed-network': [
    ['cpu-cluster', 'stmlsim', '443', 'allowed', null],
    ['cpu-cluster', 'kv-mlsim', '443', 'allowed', null],
    ['cpu-cluster', 'stmlsim.queue.core.windows.net', '443', 'denied', 'managedNetwork'],
    ['cpu-cluster', 'pypi.org', '443', 'allowed', null],
    ['cpu-cluster', 'pypi.org', '22', 'denied', 'managedNetwork'],
    ['cpu-cluster', 'pypi.org', '22,443', 'partly', 'managedNetwork'],
    ['cpu-cluster', 'AzureActiveDirectory', '443', 'allowed', null],
    ['cpu-cluster', 'AzureActiveDirectory', '22', 'denied', 'managedNetwork'],
    // Which addresses its tags hold is not known in this world.
    ['cpu-cluster', 'internet', '443', 'unknown', 'managedNetwork'],
    ['cpu-cluster', 'internet', '22', 'denied', 'managedNetwork'],
    ['cpu-cluster', 'snet-desks', '443', 'denied', 'managedNetwork'],
    ['snet-desks', 'stmlsim', '443', 'allowed', null],
  ],
  managed: [
    ['cpu-cluster', 'stmlsim', '443', 'unknown', 'managedNetwork'],
    ['cpu-cluster', 'kv-mlsim', '443', 'denied', 'service'],
    ['cpu-cluster', 'pypi.org', '443', 'allowed', null],
  ],
  tunnelled: [
    ['cpu-cluster', 'stmlsim', '443', 'allowed', null],
    ['cpu-cluster', 'pypi.org', '443', 'unknown', 'firewall'],
    ['AzureMachineLearning', 'cpu-cluster', '44224', 'partly', 'reply'],
    // Its firewall lets no storage pass, and the subnet has no endpoint for it.
    ['low-cluster', 'stmlsim', '443', 'denied', 'firewall'],
    ['snet-edge', 'internet', '443', 'unknown', 'route'],
  ],
  firewalled: [
    ['cpu-cluster', 'AzureActiveDirectory', '443', 'allowed', null],
    // The firewall denies it; the service endpoints lead to addresses of their services past the firewall.
    ['cpu-cluster', 'internet', '22', 'partly', 'firewall'],
    ['cpu-cluster', '9.9.9.9', '22', 'denied', 'firewall'],
    ['cpu-cluster', 'Storage.WestEurope', '22', 'allowed', null],
  ],
  drifted: [
    // Its endpoint is there, and the zone is linked to the old network only.
    ['cpu-cluster', 'stmlsim', '443', 'denied', 'service'],
    ['cpu-cluster', 'lake', '443', 'denied', 'service'],
    // Nodes in no network of the customer's, in the region of the account.
    ['ci-anna', 'stmlsim', '443', 'denied', 'service'],
    ['ci-anna', 'stmldata', '443', 'allowed', null],
    ['cpu-cluster', 'internet', '25', 'denied', 'sourceSubnet'],
    ['cpu-cluster', 'internet', '20-30', 'partly', 'sourceSubnet'],
    // Neither in VirtualNetwork nor in Internet: Azure's last rule of the group stops it before any route is asked.
    ['cpu-cluster', '10.9.2.4', '443', 'denied', 'sourceSubnet'],
    ['snet-gpu', '10.9.2.4', '443', 'denied', 'route'],
  ],
};

describe.each(Object.keys(worlds))('%s', (world) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench({ world, scratch });
  });
  afterAll(() => bench.close());

  test.each(worlds[world] ?? [])('%s to %s at %s: %s by %s', async (source, destination, port, verdict, stoppedBy) => {
    const { answer, exit } = await ask(bench, source, destination, port);
    expect(answer).toMatchObject({ verdict, stoppedBy });
    expect(exit).toBe(0);
    expect(answer.because).toMatch(/^[^\n]{8,}\.$/);
    const marked = command
      .text(answer as never)
      .map(plainText)
      .filter((text) => text.startsWith('> '));
    expect(marked).toHaveLength(stoppedBy === null ? 0 : 1);
    // Whatever is quoted is where it says.
    const { snapshot } = { snapshot: bench.session.latest() };
    for (const item of answer.hops.flatMap(({ evidence }) => evidence)) {
      const resource = snapshot?.resources.find(({ id }) => sameId(id, item.resource));
      if (resource && item.value !== null) expect(valueAt(resource.body, item.pointer)).toBeDefined();
    }
  });
});

test('what could not be read makes the answer unknown and the exit status 3', async () => {
  const bench = await openBench({ world: 'refused', scratch });
  try {
    const { answer, exit } = await ask(bench, 'cpu-cluster', 'kv-mlsim.vault.azure.net');
    expect(answer.verdict).toBe('unknown');
    expect(answer.hops.flatMap(({ gaps }) => gaps).every((id) => sameId(id, vaultId))).toBe(true);
    expect(exit).toBe(3);
  } finally {
    await bench.close();
  }
});

test('restricting access turns its hop, and the undo turns it back', async () => {
  const bench = await openBench({ world: 'mixed', scratch });
  try {
    const hop = async () =>
      (await ask(bench, '192.0.2.9', 'stmldata')).answer.hops.find((one) => one.hop === 'service');
    const apply = async (plan: Plan) => {
      const outcome = await drain(bench.session.apply(plan, { line: plan.verb, acceptWarnings: true }));
      expect(outcome.steps.map(({ state }) => state)).not.toContain('failed');
    };
    expect((await hop())?.verdict).toBe('allowed');
    const snapshot = await drain(bench.session.scan());
    const resource = snapshot.resources.find(({ id }) => /\/storageAccounts\/stmldata$/i.test(id))?.id ?? '';
    const targets = ['storage.default-action-deny'];
    const plan = bench.session.plan(snapshot, { targets, answers: {}, ips: [], resource, profile: 'all' });
    expect(plan.steps).not.toEqual([]);
    await apply(plan);
    expect((await hop())?.verdict).toBe('denied');
    // What the same plan allows still arrives: the computes, and the operator's own machine.
    for (const source of ['cpu-cluster', '203.0.113.77']) {
      expect((await ask(bench, source, 'stmldata')).answer.verdict).toBe('allowed');
    }
    await apply(await bench.session.planUndo());
    expect((await hop())?.verdict).toBe('allowed');
  } finally {
    await bench.close();
  }
});

describe('what cannot be asked', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench({ world: 'mixed', scratch });
  });
  afterAll(() => bench.close());
  const refused = (source: string, destination: string, port?: string, protocol?: string) =>
    ask(bench, source, destination, port, protocol).then(
      ({ answer }) => answer.verdict,
      (error: unknown) =>
        isFailure(error) ? `${error.exit} ${error.code} ${error.message} ${error.next}` : String(error),
    );

  test.each<readonly [string, string, string | undefined, string | undefined, RegExp]>([
    ['snet-trian', 'stmlsim', undefined, undefined, /^2 unknown-source .*Did you mean .*snet-train/],
    [
      'snet-train',
      'other.blob.core.windows.net',
      undefined,
      undefined,
      /^2 unknown-destination .*stmldata\.blob\.core/,
    ],
    ['10.0.0.256', 'stmlsim', undefined, undefined, /^2 unknown-source .*not an address/],
    ['10.0.0.0/16', 'stmlsim', undefined, undefined, /^2 unknown-source .*5 subnets/],
    ['internet', 'AzureMonitor', undefined, undefined, /^2 no-path /],
    ['stmlsim', 'snet-train', undefined, undefined, /^2 unknown-source .*opens no connections/],
    ['snet-train', 'stmlsim', '70000', undefined, /^2 bad-port /],
    ['snet-train', 'stmlsim', '443', 'sctp', /^2 bad-protocol /],
    [
      '/subscriptions/x/resourceGroups/y/providers/Microsoft.Compute/virtualMachines/z',
      'stmlsim',
      undefined,
      undefined,
      /^[23] /,
    ],
  ])('%s to %s', async (source, destination, port, protocol, expected) => {
    expect(await refused(source, destination, port, protocol)).toMatch(expected);
  });
});
