// A plan exported as a template and deployed by a real PUT leaves what applying the plan leaves; what a template cannot say is said.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type Json, type JsonObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { powershellLines } from '../../src/model/powershell.ts';
import { groupIdOf, resourceGroupOf, subscriptionOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { requestsOf } from '../../src/plan/index.ts';
import { type Exported, shapes } from '../../src/render/export/index.ts';
import { resourceTypeOf, textAt } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { readFiles } from '../../src/session/from-files.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { linkConnection } from '../support/link-connection.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-export-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function exported(as: string, plan: Plan, snapshot: Snapshot): Exported & { said: readonly Step[] } {
  const shape = shapes.find(({ name }) => name === as);
  if (!shape) throw new Error(`no shape ${as}`);
  const { steps } = requestsOf(plan, snapshot, shape.speaks);
  return {
    ...shape.render({ plan, steps, readAt: snapshot.takenAt }),
    said: steps.filter(({ request }) => !('why' in request)).map(({ step }) => step),
  };
}

async function planned({ world, targets, answers = {} }: Asked) {
  const bench = await openBench({ world, scratch });
  const snapshot = await drain(bench.session.scan());
  const plan = bench.session.plan(snapshot, { targets, answers, ips: [], profile: 'all' });
  return { bench, snapshot, plan };
}

/** Deploys a template in the workspace's group; gives back state and refusal. */
async function deploy(bench: Bench, workspace: string, text: string): Promise<string> {
  const id = `${groupIdOf(workspace)}/providers/Microsoft.Resources/deployments/exported`;
  const body = { properties: { mode: 'Incremental', template: parseJson(text) } } as JsonObject;
  const answer = await bench.arm.write({ method: 'PUT', id, apiVersion: '2024-07-01', body });
  if (answer.state === 'refused') return `${answer.refusal.code} ${answer.refusal.message}`;
  const read = await bench.arm.read(id);
  return read.ok
    ? `${textAt(read.resource.body, '/properties/provisioningState')}${JSON.stringify(read.resource.body).includes('"error"') ? JSON.stringify(read.resource.body) : ''}`
    : read.gap.reason;
}

/** Every resource in its normal form; names that Azure makes up are all the same. */
const normal = (snapshot: Snapshot): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(
      Object.fromEntries(
        snapshot.resources
          .map(({ id, type, body }) => [id.toLowerCase(), resourceTypeOf(type).normal(body)] as const)
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
    )
      .replaceAll(/(__sys_pe_[\w-]+)_[0-9a-f]{8}\b/gi, '$1')
      .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'guid'),
  );

interface Asked {
  readonly world: string;
  readonly targets: readonly string[] | 'all';
  readonly answers?: Readonly<Record<string, string>>;
}
const link: Asked = { world: 'mixed', targets: ['acr.shared-private-link'], answers: { link: 'Acr' } };
const approval: Asked = {
  world: 'registry',
  targets: ['acr.shared-private-link-approved'],
  answers: { connection: linkConnection },
};
const doors: Asked = {
  world: 'drifted',
  targets: ['storage.private-endpoints', 'keyvault.private-endpoint'],
  answers: { subnet: 'vnet-ml/snet-pe' },
};

describe('a template of our own, read as a file', () => {
  test('passes what the plan resolves, and leaves nothing of it open', async () => {
    const { bench, snapshot, plan } = await planned({ world: 'mixed', targets: 'all' });
    try {
      const { text, said } = exported('arm', plan, snapshot);
      const home = plan.workspace ?? '';
      const place = { subscription: subscriptionOf(home), group: resourceGroupOf(home) };
      const options = { allResources: false, place, now: () => new Date(0), newId: () => 'id' };
      const outcomes = (files: readonly { path: string; text: string }[]) => {
        const read = readFiles(files, { ...options, workspace: home });
        return new Map(audit(read.snapshot, rules).findings.map((one) => [one.id, one]));
      };
      const before = { path: 'scan.json', text: stringifyJson(snapshot as unknown as Json) };
      const after = outcomes([before, { path: 'export.json', text }]);
      // What a template cannot say stays for a script, and what depends on it too.
      const unsaid = plan.steps
        .filter((step) => !said.includes(step))
        .map(({ change }) => change.resource.toLowerCase());
      const resolved = plan.preview.resolves.filter(
        (id) => !after.get(id)?.evidence.some(({ resource }) => unsaid.includes(resource.toLowerCase())),
      );
      expect(resolved.length).toBeGreaterThan(10);
      expect(resolved.filter((id) => after.get(id)?.outcome !== 'pass').map((id) => after.get(id) ?? id)).toEqual([]);
      const alone = audit(
        readFiles([{ path: 'export.json', text }], { ...options, allResources: true }).snapshot,
        rules,
      );
      const open = alone.findings.filter(({ id, outcome }) => outcome === 'fail' && resolved.includes(id));
      expect(open.map(({ id, because }) => `${id}: ${because}`)).toEqual([]);
      expect(alone.findings.filter(({ because }) => /unresolved|is not known/.test(because))).toEqual([]);
    } finally {
      await bench.close();
    }
  });
});

describe('a template', () => {
  test.each<Asked>([
    { world: 'mixed', targets: 'all' },
    { world: 'firewalled', targets: ['udr.azureml-prefixes', 'firewall.current-rules'] },
    link,
    approval,
    doors,
  ])('of $targets in world $world leaves what those steps leave', async (asked) => {
    const [one, two] = [await planned(asked), await planned(asked)];
    try {
      const { text, said } = exported('arm', two.plan, two.snapshot);
      expect(said.length).toBeGreaterThan(0);
      const steps = one.plan.steps.filter((_, at) => said.includes(two.plan.steps[at] as Step));
      await drain(one.bench.session.apply({ ...one.plan, steps }, { line: 'fix', acceptWarnings: true }));
      expect(await deploy(two.bench, two.plan.workspace ?? '', text)).toBe('Succeeded');
      const [applied, deployed] = [await drain(one.bench.session.scan()), await drain(two.bench.session.scan())];
      expect(normal(deployed)).toEqual(normal(applied));
    } finally {
      await one.bench.close();
      await two.bench.close();
    }
  });

  test('says what it cannot express, with the command that does, and restricts nothing that a missing step was to allow', async () => {
    const { bench, snapshot, plan } = await planned({
      world: 'open',
      targets: [
        'acr.sku-premium',
        'acr.vnet-rule-compute-subnet',
        'acr.image-build-compute',
        'acr.default-action-deny',
      ],
      answers: { sku: 'Premium' },
    });
    try {
      const { text, notes, said } = exported('arm', plan, snapshot);
      const missing = plan.steps.filter((step) => !said.includes(step));
      expect(missing.length).toBeGreaterThan(0);
      for (const step of missing) expect(notes.join('\n')).toContain(step.az);
      expect(missing.map(({ phase }) => phase)).toContain(5);
      expect(notes.join('\n')).toContain('restricts access that a step that is not included must allow first');
      expect(notes).toContain(textAt(parseJson(text), '/metadata/notes/0'));
    } finally {
      await bench.close();
    }
  });

  test('a refusal is in the deployment, and nothing after it is sent', async () => {
    const { bench, snapshot } = await planned({ world: 'open', targets: 'all' });
    const at = (name: string) => ({
      type: 'Microsoft.Network/virtualNetworks/subnets',
      apiVersion: '2024-01-01',
      name: `[concat(variables('net'), '/', '${name}')]`,
      properties: { addressPrefix: name === 'snet-a' ? '192.0.2.0/24' : '10.0.77.0/24' },
      ...(name === 'snet-b'
        ? { dependsOn: ["[resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet-ml', 'snet-a')]"] }
        : {}),
    });
    const template = { variables: { net: 'vnet-ml' }, resources: [at('snet-b'), at('snet-a')] };
    try {
      expect(await deploy(bench, snapshot.workspace ?? '', JSON.stringify(template))).toMatch(
        /^Failed.*DeploymentFailed/,
      );
      const group = groupIdOf(snapshot.workspace ?? '');
      const read = await bench.arm.read(`${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-b`);
      expect(read.ok).toBe(false);
      const odd = { resources: [{ ...at('snet-b'), name: "[uniqueString('x')]" }] };
      expect(await deploy(bench, snapshot.workspace ?? '', JSON.stringify(odd))).toMatch(
        /^InvalidTemplate .*uniqueString/,
      );
    } finally {
      await bench.close();
    }
  });
});

describe('what only Azure names', () => {
  const asked: Asked = {
    world: 'mixed',
    targets: ['acr.shared-private-link'],
    answers: { link: 'Acr' },
  };

  test('is in no template, which says so', async () => {
    const { bench, snapshot, plan } = await planned(asked);
    try {
      const { text, notes, said } = exported('arm', plan, snapshot);
      expect(said).toEqual([plan.steps[0]]);
      expect(notes.join('\n')).toContain('Azure assigns this name when the resource is created');
      expect(notes.join('\n')).toContain(plan.steps[1]?.az);
      expect(text).not.toContain('privateEndpointConnections/');
      // Once it is there it has a name, and a template takes it.
      const later = await drain(bench.session.apply({ ...plan, steps: plan.steps.slice(0, 1) }, { line: 'fix' }));
      expect(later.state).toBe('done');
      const now = exported('arm', plan, await drain(bench.session.scan()));
      expect(now.said).toEqual([plan.steps[1]]);
      expect(now.text).toMatch(/"acrmlsim\/acrmlsim\.[0-9a-f-]{36}"/);
      expect(now.text).toContain('"Approved"');
    } finally {
      await bench.close();
    }
  });

  test.each([
    ['one', '/one', 'approves it'],
    ['none, or more than one', 'false', 'fails'],
  ])('a script asks for its id; where there is %s (%j) it %s', async (_name, ids, end) => {
    const { bench, snapshot, plan } = await planned(asked);
    try {
      const { text } = exported('az', plan, snapshot);
      const calls = path.join(scratch, 'noted');
      rmSync(calls, { force: true });
      // It notes every call, a word a field; what is no id it refuses, as the real one does.
      writeFileSync(
        path.join(scratch, 'az'),
        `#!/bin/sh
printf '%s|' "$@" >> ${calls}
echo >> ${calls}
[ "$3" != list ] || printf '%s' "$IDS"
[ "$3" != approve ] || [ "$5" = /one ]
`,
        { mode: 0o755 },
      );
      writeFileSync(path.join(scratch, 'late.sh'), text);
      const ran = spawnSync('sh', [path.join(scratch, 'late.sh')], {
        env: { PATH: `${scratch}:${process.env.PATH}`, IDS: ids },
        encoding: 'utf8',
      });
      expect([ran.status === 0, ran.stderr]).toEqual([end === 'approves it', '']);
      const said =
        '[?contains(not_null(properties.privateLinkServiceConnectionState.description, `""`), `"Approve (Bastide, id-1)"`)]';
      const noted = readFileSync(calls, 'utf8').split('|\n');
      expect(noted[1]).toMatch(/^resource\|wait\|--ids\|\/subscriptions\/.*\/registries\/acrmlsim\|--api-version\|/);
      expect(noted[1]).toContain(`|--custom|properties.privateEndpointConnections${said}`);
      expect(noted[2]).toContain(`|--query|${said}.id|length(@)==\`1\`&&[0]|`);
      expect(noted[3]).toBe(`network|private-endpoint-connection|approve|--id|${ids}`);
    } finally {
      await bench.close();
    }
  });
});

test('a script runs, and hands every name to az as one word', async () => {
  const { bench, snapshot, plan } = await planned({ world: 'foreign', targets: 'all' });
  try {
    const { text, said } = exported('az', plan, snapshot);
    writeFileSync(path.join(scratch, 'az'), '#!/bin/sh\nprintf "%s|" "$@"\necho\n', { mode: 0o755 });
    writeFileSync(path.join(scratch, 'plan.sh'), text);
    const ran = spawnSync('sh', [path.join(scratch, 'plan.sh')], {
      env: { PATH: `${scratch}:${process.env.PATH}` },
      encoding: 'utf8',
    });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    const calls = ran.stdout.trim().split('\n');
    expect(calls.length).toBe(said.flatMap(({ az }) => az.split(' && ')).length);
    expect(calls.every((call) => /^[a-z-]+\|/.test(call))).toBe(true);
    // The first refusal ends it, also in the middle of a line of several commands.
    const several = text.split('\n').findIndex((one) => one.includes(' && '));
    expect(several).toBeGreaterThan(0);
    const before = text
      .split('\n')
      .slice(0, several)
      .filter((one) => one.startsWith('az ')).length;
    writeFileSync(
      path.join(scratch, 'az'),
      `#!/bin/sh\necho x >> ${scratch}/calls\n[ "$(wc -l < ${scratch}/calls)" -le ${before} ]\n`,
    );
    const stopped = spawnSync('sh', [path.join(scratch, 'plan.sh')], {
      env: { PATH: `${scratch}:${process.env.PATH}` },
    });
    expect([stopped.status, readFileSync(path.join(scratch, 'calls'), 'utf8').length / 2]).toEqual([1, before + 1]);
  } finally {
    await bench.close();
  }
});

describe('PowerShell', () => {
  /** The words of a line as PowerShell reads them: bare, or in single quotes with doubled quotes inside. */
  const wordsOf = (line: string): string[] => {
    const words = [...line.matchAll(/(?:^| )(?:'((?:''|[^'])*)'|([^\s']+))(?= |$)/g)].map(
      ([, quoted, bare]) => quoted?.replaceAll("''", "'") ?? bare ?? '',
    );
    expect(words.join(' ').length).toBeGreaterThan(0);
    return words;
  };

  test.each(['foreign', 'mixed', 'drifted'])(
    'the requests of the script do in %s what the plan says',
    async (world) => {
      const { bench, snapshot, plan } = await planned({ world, targets: 'all' });
      try {
        const { text, said } = exported('pwsh', plan, snapshot);
        expect(text.split('\n').filter((line) => /[^\x20-\x7e]/.test(line))).toEqual([]);
        const requests = text.split('\n').filter((line) => line.startsWith('Send-AzureRequest '));
        expect(requests.length).toBe(said.length);
        for (const line of requests) {
          const [, method = '', address = '', payload] = wordsOf(line);
          const url = new URL(address, 'https://azure.example');
          const answer = await bench.arm.write({
            ...{ method: method as 'PUT', id: decodeURIComponent(url.pathname) },
            apiVersion: url.searchParams.get('api-version') ?? '',
            body: payload === undefined ? null : (parseJson(payload) as JsonObject),
          });
          expect([line.slice(0, 200), answer.state]).not.toContain('refused');
        }
        const after = bench.session.report(await drain(bench.session.scan()), 'all');
        const failing = new Set(after.findings.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id));
        expect(plan.preview.resolves.filter((id) => failing.has(id))).toEqual([]);
      } finally {
        await bench.close();
      }
    },
  );

  test('Azure CLI lines: each command alone, every word as it is, and none where cmd would take it apart', () => {
    expect(powershellLines("az a b --set 'x=1 2' && az c '*' -n it\\'s")).toEqual([
      "az a b --set 'x=1 2'",
      "az c '*' -n 'it''s'",
    ]);
    for (const line of ['az a \'{"b":1}\'', "az a '50%'", "az a 'x&y'", 'az a $(id)', 'az a | b', "az a 'x"]) {
      expect([line, powershellLines(line)]).toEqual([line, undefined]);
    }
    const sh = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(..."ab '\u2019*$`;(){}#@,=/"), minLength: 1 }), { minLength: 1 }),
        (words) => {
          const [only, ...more] = powershellLines(['az', ...words.map(sh)].join(' ')) ?? [];
          expect(more).toEqual([]);
          const read = [...(only ?? '').matchAll(/(?:^| )(?:'((?:['\u2019]{2}|[^'\u2019])*)'|([^\s']+))(?= |$)/g)].map(
            ([, quoted, bare]) => quoted?.replaceAll(/(['\u2019])\1/g, '$1') ?? bare,
          );
          expect(read).toEqual(['az', ...words]);
        },
      ),
    );
  });
});
