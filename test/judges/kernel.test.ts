// `path` and the kernel of Linux over the same worlds: each is built out of network namespaces (subnets, NSG rules as nftables, routes as
// policy routes, a DNS server, service firewalls as listeners), every flow is tried there, and `path` is asked about it. Ten worlds as
// they are, and each with the rules and routes that a seed draws. The judge stays outside the repository.
import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import { outside, skippedFor } from '../support/outside.ts';

const lab = outside('lab');
const launcher = path.resolve(import.meta.dirname, '../../bin/bastide');
const isRunning = (program: string, ...args: readonly string[]) => spawnSync(program, args).status === 0;

/** What a world needs, and whether this machine has it. */
const needs: readonly (readonly [string, () => boolean])[] = [
  ['network namespaces (unshare -Urnm)', () => isRunning('unshare', '-Urnm', 'true')],
  ['iproute2 (ip)', () => isRunning('ip', '-V')],
  ['nftables (nft)', () => isRunning('nft', '--version')],
  ['python3', () => isRunning('python3', '--version')],
];
const missing = lab.isHere ? needs.filter(([, isHere]) => !isHere()).map(([name]) => name) : [];
const canSit = lab.isHere && missing.length === 0;
const note = lab.isHere ? skippedFor(missing.map((one) => `no ${one}`).join(', ')) : lab.note;

/** Chosen for what they hold: no rules, tags, endpoints, forced tunnels, hubs with a firewall, machines, Kubernetes, managed networks. */
const worlds = [
  'open',
  'limited',
  'mixed',
  'hub-spoke',
  'kubernetes',
  'managed',
  'tunnelled',
  'machines',
  'everything',
  'registry',
] as const;

/** Where the kernel and the model may differ: what Azure's documents say, and the kernel does not know. */
const explained: readonly { readonly source: string; readonly is: (one: JsonObject) => boolean }[] = [
  {
    // Azure Firewall does not translate private destinations of network rules, so replies of an endpoint may go past it.
    source: 'learn.microsoft.com/azure/private-link/inspect-traffic-with-azure-firewall, read 2026-11-30',
    is: ({ model, got, because }) =>
      model === 'allowed' && got === 'drop-after-connect' && /private endpoint/.test(String(because)),
  },
  {
    // The setting "only changes the definition of the VirtualNetwork service tag"; whether packets pass is not measured.
    source: 'learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering, read 2026-11-30',
    is: ({ model, because }) => model === 'denied' && /allowVirtualNetworkAccess is false/.test(String(because)),
  },
  {
    // The edge of the lab sends private addresses back into the network; the Internet routes them nowhere.
    source: 'RFC 1918, section 3',
    is: ({ model, because }) => model === 'denied' && /does not route private addresses/.test(String(because)),
  },
];

const run = promisify(execFile);
const env = (folder: string) => ({
  ...process.env,
  BASTIDE_HOME: path.join(folder, 'home'),
  TAGS: path.join(folder, 'limited.json'),
});

describe.runIf(canSit)('the kernel', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kernel-'));
  const scan = (world: string) =>
    run(launcher, ['scan', `--demo=${world}`, '--output', `${folder}/${world}.json`], { env: env(folder) });
  beforeAll(async () => {
    await scan('limited');
  });

  test.each(worlds.flatMap((world, at) => [0, at + 1].map((seed) => ({ world, seed }))))(
    '$world, seed $seed',
    async ({ world, seed }) => {
      if (world !== 'limited') await scan(world);
      const file = path.join(folder, `${world}-${seed}.json`);
      const python = (script: string, ...args: readonly string[]) =>
        ['python3', path.join(lab.place, script), ...args] as const;
      // Without a seed the world stays as it is.
      if (seed === 0) copyFileSync(`${folder}/${world}.json`, file);
      else {
        const [program, ...args] = python('mutate.py', `${folder}/${world}.json`, String(seed), file);
        await run(program, args);
      }
      const measured = `${file}.measured`;
      await run('unshare', ['-Urnm', ...python('lab.py', file, '--out', measured)], { env: env(folder) });
      const flows = JSON.parse(readFileSync(measured, 'utf8')) as Json[];
      const [program, ...args] = python('compare.py', file, measured, launcher);
      const { stdout } = await run(program, args, { env: env(folder) });

      const count = (kind: RegExp) =>
        [...stdout.matchAll(/^(\d+) (.*)$/gm)].reduce(
          (sum, [, number, what]) => sum + (kind.test(what ?? '') ? Number(number) : 0),
          0,
        );
      // Every flow was answered, and most of them are decided.
      expect(count(/^(?:agree|unknown|DISAGREE|error)/)).toBe(flows.length);
      expect(count(/^agree/)).toBeGreaterThan(flows.length / 2);
      const differing = (JSON.parse(readFileSync(`${measured}.disagree.json`, 'utf8')) as Json[]).filter(isObject);
      expect(differing.length).toBe(count(/^(?:DISAGREE|error)/));
      expect(differing.filter((one) => !explained.some(({ is }) => is(one)))).toEqual([]);
    },
    300_000,
  );
});

if (!canSit) test.skip(`the kernel judges ${worlds.length} worlds${note}`, () => {});
