// Whatever comes in as a file: mutated a few hundred times each, it is used or refused in a sentence (exit 2), never a bug. What is
// used is then audited, planned and printed as well, since a value may be read long after its file.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { readPlan } from '../../commands/parts/plan-file.ts';
import { audit } from '../../src/audit/index.ts';
import { mapOf } from '../../src/audit/map.ts';
import { parseScript } from '../../src/command/script.ts';
import { progressStore } from '../../src/history/guide-progress.ts';
import { lastRunFiles, lastRunStore } from '../../src/history/last-run.ts';
import { lineStore } from '../../src/history/lines.ts';
import { readOldIndex } from '../../src/history/old-index.ts';
import { addRecord, noPast, readRecord } from '../../src/history/records.ts';
import { isFailure } from '../../src/model/failure.ts';
import { freshProgress, withAnswer } from '../../src/model/guide-progress.ts';
import { parseJson } from '../../src/model/json.ts';
import { lastRunJson, lastRunOf } from '../../src/model/last-run.ts';
import { answerQuestion } from '../../src/net/questions/answer.ts';
import { DocumentError, readQuestions } from '../../src/net/questions/read.ts';
import { readServiceTags } from '../../src/net/service-tags.ts';
import { buildPlan, requestsOf, reviewPlan, withFixes } from '../../src/plan/index.ts';
import { auditResult } from '../../src/render/audit-result.ts';
import { renderHtml } from '../../src/render/html.ts';
import { planLines } from '../../src/render/plan-text.ts';
import { plain, renderText } from '../../src/render/text.ts';
import { cutTags } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { tagsFromText } from '../../src/session/files/service-tags.ts';
import { snapshotFromTexts } from '../../src/session/from-files.ts';
import { assumptionsStore } from '../../src/settings/assumptions.ts';
import { recentStore } from '../../src/settings/recent.ts';
import { tagStore } from '../../src/settings/service-tags.ts';
import { openSettings } from '../../src/settings/settings.ts';
import { ownThemes } from '../../src/settings/themes.ts';
import { SimulatorError } from '../../src/simulator/error.ts';
import { storeOfText } from '../../src/simulator/store/load.ts';
import { readState, stateText } from '../../src/simulator/store/state-file.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { themes } from '../../themes/index.ts';
import cases from '../fixtures/network-cases.json' with { type: 'json' };
import { partOf } from '../support/parts.ts';
import { tellTrust, trustRuns, trustSeed } from '../support/trust-size.ts';
import { cut, mutated, Random } from './mutate.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-parsers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What is thrown other than a failure with exit 2 (or one that `allowed` takes), with the seed that repeats it. */
async function wrongOf(
  task: { readonly meta: object },
  what: string,
  use: (random: Random, seed: number) => unknown,
  {
    count = trustRuns,
    allowed = () => false,
  }: { readonly count?: number; readonly allowed?: (error: unknown) => boolean } = {},
): Promise<string[]> {
  const wrong = new Map<string, string>();
  const first = (trustSeed - 1) * 1_000_000 + 1;
  const seeds = partOf(
    Array.from({ length: count }, (_, at) => first + at),
    3,
  );
  for (const seed of seeds) {
    try {
      await use(new Random(seed), seed);
    } catch (error) {
      if ((isFailure(error) && (error.exit === 2 || allowed(error))) || (!isFailure(error) && allowed(error))) continue;
      const text =
        error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' | ') : String(error);
      wrong.set(text.replaceAll(/\d+/g, '#'), `seed ${seed}: ${text}`);
    }
  }
  tellTrust(task, { suite: 'parsers', what, tried: seeds.length, wrong: wrong.size });
  return [...wrong.values()];
}

const options = { now: () => new Date(0), newId: () => 'x' };
const small = [
  'neglected',
  'containers',
  'databricks',
  'kubernetes',
  'open',
  'scoring',
  'machines',
  'mixed',
  'limited',
  'registry',
];
const worlds = worldFiles.filter(({ name }) => small.includes(name));
const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;

function useFile(text: string, random: Random, seed: number): void {
  const snapshot = snapshotFromTexts([{ path: 'f.json', text }], { ...options, allResources: random.below(5) === 0 });
  const report = audit(snapshot, rules, 'all');
  const shown = withFixes(report, { snapshot, rules, profile: 'all' });
  [...renderHtml(auditResult(snapshot, shown, { allOutcomes: true, by: 'problem' }))].join('');
  if (seed % 10 !== 0) return;
  renderText(planLines(buildPlan({ snapshot, rules, request, id: 'p' })), plain);
  mapOf(snapshot);
}
const resourcesOf = (random: Random): unknown => JSON.parse(random.of(worlds).resources());
const snapshotOf = (random: Random): unknown =>
  JSON.parse(
    JSON.stringify(
      snapshotFromTexts([{ path: 'w.json', text: random.of(worlds).resources() }], { ...options, allResources: false }),
    ),
  );

test('resources of Azure', async ({ task }) => {
  expect(
    await wrongOf(task, 'resources of Azure', (random, seed) =>
      useFile(mutated(resourcesOf(random), random), random, seed),
    ),
  ).toEqual([]);
}, 3_600_000);

test('snapshots', async ({ task }) => {
  expect(
    await wrongOf(task, 'snapshots', (random, seed) => useFile(mutated(snapshotOf(random), random), random, seed)),
  ).toEqual([]);
}, 3_600_000);

const template = (random: Random): unknown => ({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters: {
    name: { type: 'string', defaultValue: 'stmlsim' },
    names: { type: 'array', defaultValue: ['a', 'b'] },
    open: { type: 'bool', defaultValue: true },
  },
  variables: {
    copy: [{ name: 'list', count: 3, input: "[concat('x', copyIndex('list'))]" }],
    at: "[parameters('name')]",
  },
  functions: [
    {
      namespace: 'u',
      members: {
        f: {
          parameters: [{ name: 'a', type: 'string' }],
          output: { type: 'string', value: "[toLower(parameters('a'))]" },
        },
      },
    },
  ],
  resources: [
    {
      type: 'Microsoft.Storage/storageAccounts',
      apiVersion: '2023-05-01',
      name: "[u.f(variables('at'))]",
      condition: "[parameters('open')]",
      properties: { networkAcls: { defaultAction: "[if(parameters('open'), 'Allow', 'Deny')]" } },
    },
    {
      type: 'Microsoft.Network/virtualNetworks',
      apiVersion: '2024-01-01',
      name: "[concat(parameters('names')[copyIndex()], uniqueString(resourceGroup().id))]",
      copy: { name: 'nets', count: "[length(parameters('names'))]" },
      properties: {
        addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
        subnets: [{ name: 's', properties: { addressPrefix: '10.0.0.0/24' } }],
      },
    },
    {
      type: 'Microsoft.Resources/deployments',
      apiVersion: '2022-09-01',
      name: 'inner',
      properties: {
        mode: 'Incremental',
        template: {
          $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
          resources: [(JSON.parse(random.of(worlds).resources()) as unknown[])[0]],
        },
      },
    },
  ],
  outputs: { id: { type: 'string', value: "[resourceId('Microsoft.Storage/storageAccounts', variables('at'))]" } },
});
test('templates', async ({ task }) => {
  expect(
    await wrongOf(task, 'templates', (random, seed) => useFile(mutated(template(random), random), random, seed)),
  ).toEqual([]);
}, 3_600_000);

const planned = worlds.map((world) => {
  const snapshot = snapshotFromTexts([{ path: 'w.json', text: world.resources() }], {
    ...options,
    allResources: false,
  });
  return { snapshot, plan: buildPlan({ snapshot, rules, request, id: 'p' }) };
});
test('plan files', async ({ task }) => {
  const wrong = await wrongOf(task, 'plan files', (random) => {
    const { snapshot, plan } = random.of(planned);
    const file = { schema: 'bastide/v1', command: 'plan', arguments: {}, ok: true, result: plan, failure: null };
    const { plan: read } = readPlan(mutated(file, random), 'plan.json');
    requestsOf(read, snapshot, 'lines');
    requestsOf(read, snapshot, 'wholes');
    // What is shown is computed from the changes; two audits, so not every time.
    if (random.of([0, 1, 2, 3, 4, 5, 6, 7]) === 0) {
      renderText(planLines(reviewPlan({ plan: read, snapshot, rules })), plain);
    }
  });
  expect(wrong).toEqual([]);
}, 3_600_000);

test('a creation or deletion with edits is no plan', () => {
  const [{ plan } = { plan: undefined }] = planned.filter(({ plan: one }) => one.steps.length > 0);
  const step = plan?.steps.find(({ change }) => change.edits.length > 0);
  for (const kind of ['create', 'delete']) {
    for (const edits of [{}, 'x', undefined, step?.change.edits]) {
      const change = { ...step?.change, kind, body: {}, edits };
      const result = { ...plan, steps: [{ ...step, change }] };
      const file = { schema: 'bastide/v1', command: 'plan', arguments: {}, ok: true, result, failure: null };
      expect(() => readPlan(JSON.stringify(file), 'plan.json')).toThrow('edits');
    }
  }
});

test('service tags', async ({ task }) => {
  const document = {
    changeNumber: 1,
    cloud: 'Public',
    values: [
      {
        name: 'Storage.WestEurope',
        id: 'Storage.WestEurope',
        properties: { region: 'westeurope', addressPrefixes: ['20.0.0.0/24', '2603::/48'] },
      },
      { name: 'AzureMachineLearning', properties: { addressPrefixes: ['13.66.87.128/28'] } },
    ],
  };
  const { resources } = planned[0]?.snapshot ?? { resources: [] };
  const wrong = await wrongOf(task, 'lists of service tags', (random) => {
    const tags = tagsFromText(mutated(document, random), 'ServiceTags_Public_20251110.json');
    readServiceTags(tags.document);
    cutTags(tags.document, resources);
  });
  expect(wrong).toEqual([]);
}, 3_600_000);

test('scripts', async ({ task }) => {
  const lines = [
    '# a comment',
    'audit --fail-on never',
    "-fix storage.default-action-deny --yes --answer 'a=b'",
    'plan --all --output "x y.json"',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is the syntax of scripts.
    'fix ${RULE} --ip ${IP}',
    'map',
  ];
  const wrong = await wrongOf(task, 'scripts', (random) => {
    let text = lines.join('\n');
    for (let at = random.below(4); at >= 0; at -= 1) text = cut(text, random);
    parseScript(text, verbs, { lookup: (name) => (name === 'RULE' ? 'nsg.*' : undefined) });
  });
  expect(wrong).toEqual([]);
}, 3_600_000);

test('network questions', async ({ task }) => {
  const wrong = await wrongOf(
    task,
    'network questions',
    (random) => {
      const questions = readQuestions(
        mutated({ cases: [random.of(cases.cases), random.of(cases.cases)] }, random),
        parseJson,
      );
      questions.map((question, index) => answerQuestion(question, index + 1, undefined));
    },
    { allowed: (error) => error instanceof DocumentError },
  );
  expect(wrong).toEqual([]);
}, 3_600_000);

test('the state of a demo, and what a simulator loads', async ({ task }) => {
  const file = path.join(scratch, 'state.json');
  const texts = worlds.map(({ name, resources }) => JSON.parse(stateText(storeOfText(resources(), name))) as unknown);
  const allowed = (error: unknown): boolean => error instanceof SimulatorError;
  const state = await wrongOf(
    task,
    'states of a demo',
    (random) => {
      writeFileSync(file, mutated(random.of(texts), random));
      const store = readState(file);
      if (store) stateText(store);
    },
    { allowed },
  );
  expect(state).toEqual([]);
  const load = await wrongOf(
    task,
    'what a simulator loads',
    (random) =>
      stateText(
        storeOfText(
          mutated(random.below(2) === 0 ? resourcesOf(random) : snapshotOf(random), random),
          '',
          random.below(2) === 0,
        ),
      ),
    { allowed },
  );
  expect(load).toEqual([]);
}, 3_600_000);

test('settings, assumptions and themes', async ({ task }) => {
  const folder = path.join(scratch, 'settings');
  mkdirSync(path.join(folder, 'themes'), { recursive: true });
  const settings = {
    theme: 'dark',
    ascii: true,
    failOn: 'high',
    keys: { quit: 'x' },
    lookupUrl: 'https://example.com',
  };
  const assumptions = {
    'public /subscriptions/s': { outboundMode: 'limited', devClientIps: ['203.0.113.7'], usesStudio: true },
  };
  const theme = {
    title: 'Mine',
    like: 'dark',
    styles: { bad: { color: '#ff0000', bold: true } },
    roles: { ok: 'green' },
  };
  const wrong = await wrongOf(task, 'settings, assumptions and themes', async (random, seed) => {
    writeFileSync(path.join(folder, 'settings.json'), mutated(settings, random));
    writeFileSync(path.join(folder, 'intents.json'), mutated(assumptions, random));
    writeFileSync(path.join(folder, 'themes/mine.json'), mutated(theme, random));
    const { themes: own, broken } = await ownThemes(path.join(folder, 'themes'), themes);
    expect(own.length + broken.length).toBe(1);
    if (seed % 2 === 0) await openSettings({ folder }).all();
    else await assumptionsStore({ folder, source: 'public', workspace: '/subscriptions/s' }).get();
  });
  expect(wrong).toEqual([]);
}, 3_600_000);

test('what is kept for convenience: recent workspaces, typed lines, the last run, stored tags, progress of the guide', async ({
  task,
}) => {
  const source = { kind: 'azure', name: 'public' } as const;
  const workspace = '/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w';
  const folder = path.join(scratch, 'kept');
  mkdirSync(folder, { recursive: true });
  const recent = { schema: 'bastide/recent/v1', workspaces: [{ id: workspace, source, at: '2026-01-01T00:00:00Z' }] };
  const [{ snapshot } = { snapshot: undefined }] = planned;
  if (snapshot === undefined) throw new Error('there is no world');
  const run = lastRunJson(lastRunOf(audit(snapshot, rules, 'all'), '2026-01-01T00:00:00Z'));
  const lastRunOptions = { folder, source, workspace, profile: 'all' } as const;
  const progress = { folder, source, workspace, pid: process.pid, now: () => new Date(0) };
  await progressStore(progress).update(() => withAnswer(freshProgress('2026-01-01T00:00:00Z'), 'a@b', 'name', 'value'));
  const kept = {
    schema: 'bastide/progress/v1',
    progress: withAnswer(freshProgress('2026-01-01T00:00:00Z'), 'a@b', 'name', 'value'),
  };
  const tags = { schema: 'bastide/service-tags/v1', at: '2026-01-01T00:00:00Z', document: { values: [] } };
  const [progressFile = ''] = (await import('node:fs')).readdirSync(folder).filter((name) => name.endsWith('.json'));
  const wrong = await wrongOf(
    task,
    'what is kept for convenience',
    async (random) => {
      writeFileSync(path.join(folder, 'recent.json'), mutated(recent, random));
      writeFileSync(path.join(folder, 'lines'), cut('audit\nfix x --yes\n', random));
      writeFileSync(lastRunFiles(lastRunOptions)[0], mutated(run, random));
      writeFileSync(path.join(folder, 'azure-public.json'), mutated(tags, random));
      writeFileSync(path.join(folder, progressFile), mutated(kept, random));
      await recentStore({ folder }).all();
      await lineStore({ folder, pid: process.pid }).all();
      await lastRunStore(lastRunOptions).get();
      await tagStore({ folder, source }).get();
      await progressStore(progress).get();
    },
    { allowed: (error) => isFailure(error) && error.code === 'progress-damaged' },
  );
  expect(wrong).toEqual([]);
}, 3_600_000);

test('records of the history, and the index of an older version', async ({ task }) => {
  const step = {
    ...{
      resource: '/subscriptions/s',
      change: { kind: 'edit', resource: '/subscriptions/s', edits: [], body: null },
      findings: [],
    },
    ...{ state: 'done', verified: true, requestId: null, operation: null, message: null, before: null, after: null },
  };
  const entry = {
    ...{
      id: 'entry',
      at: '2026-01-01T00:00:00.000Z',
      by: 'a',
      verb: 'fix',
      findings: ['a@b'],
      resources: [],
      steps: [step],
    },
    ...{ state: 'done', undoes: null, undoneBy: null, redoes: null, line: 'fix it', workspace: null, rehearsal: null },
  };
  expect(readRecord(JSON.stringify({ kind: 'entry', entry }))).not.toBeTypeOf('string');
  const records = await wrongOf(task, 'records of the history', (random) => {
    const record = readRecord(mutated({ kind: 'entry', entry }, random));
    // Why it is none is said; what is one is listed.
    if (typeof record !== 'string') addRecord(noPast(), record);
  });
  expect(records).toEqual([]);
  const index = await wrongOf(task, 'index of an older version', (random) => {
    readOldIndex(mutated({ schema: 'bastide/history/v1', entries: [entry, entry] }, random));
  });
  expect(index).toEqual([]);
}, 3_600_000);
