// Parameters of templates that have no value and few possible ones: what each of them gives alike is decided, the rest stays unknown.
import { expect, test } from 'vitest';
import { buildPlan, reviewPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { readFiles } from '../../src/session/from-files.ts';
import { reporter } from '../../src/session/report.ts';

const account = (name: string, properties: object) => ({
  ...{ type: 'Microsoft.Storage/storageAccounts', apiVersion: '2023-01-01', name, location: 'westeurope' },
  ...{ sku: { name: 'Standard_LRS' }, kind: 'StorageV2', properties },
});

function read(template: object, files: readonly object[] = []) {
  const $schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
  const texts = [{ $schema, contentVersion: '1.0.0.0', ...template }, ...files].map((one, at) => ({
    path: at === 0 ? 'main.json' : `main.parameters${at}.json`,
    text: JSON.stringify(one),
  }));
  const options = { allResources: false, now: () => new Date('2026-01-01T00:00:00Z'), newId: () => 'id' };
  const { snapshot, choices } = readFiles(texts, options);
  const { report, decideIn } = reporter({
    rules,
    now: options.now,
    supposed: { parameters: choices, worldOf: (values) => readFiles(texts, { ...options, values }).snapshot },
  });
  return { snapshot, report: report(snapshot, 'all'), decide: decideIn(snapshot) };
}

/** Outcomes and reasons of a rule, by the name of the account. */
function judged(template: object, rule: string, files: readonly object[] = []) {
  const found = read(template, files).report.findings.filter((one) => one.rule === rule);
  return Object.fromEntries(found.map((one) => [one.resource.split('/').at(-1), one]));
}

const rule = 'storage.default-action-deny';
const withAction = (defaultAction: string) => ({ publicNetworkAccess: 'Enabled', networkAcls: { defaultAction } });

test('what every allowed value gives alike is decided, with the parameter named', () => {
  const resources = [
    account('stfail', withAction("[if(equals(parameters('tier'), 'dev'), 'Allow', 'allow')]")),
    account('stpass', withAction("[if(parameters('isOpen'), 'Deny', 'deny')]")),
    account('stopen', withAction("[if(parameters('isOpen'), 'Allow', 'Deny')]")),
    account('stfree', withAction("[parameters('free')]")),
  ];
  const parameters = {
    tier: { type: 'string', allowedValues: ['dev', 'prod'] },
    isOpen: { type: 'bool' },
    free: { type: 'string' },
  };
  const { stfail, stpass, stopen, stfree } = judged({ parameters, resources }, rule);
  expect(stfail).toMatchObject({
    outcome: 'fail',
    because: expect.stringContaining('every value of the parameter tier'),
  });
  expect(stpass).toMatchObject({
    outcome: 'pass',
    because: expect.stringContaining('every value of the parameter isOpen'),
  });
  expect(stopen).toMatchObject({
    outcome: 'unknown',
    because: expect.stringContaining('the parameter isOpen has no value'),
  });
  expect(stfree).toMatchObject({
    outcome: 'unknown',
    because: expect.stringContaining('the parameter free has no value'),
  });
});

test('the types that Bicep compiles say the allowed values as well', () => {
  const template = {
    languageVersion: '2.0',
    definitions: { action: { type: 'string', allowedValues: ['Deny', 'deny'] }, switch: { type: 'bool' } },
    parameters: { action: { $ref: '#/definitions/action' }, isOn: { $ref: '#/definitions/switch' } },
    resources: {
      one: account('stone', withAction("[parameters('action')]")),
      two: account('sttwo', withAction("[if(parameters('isOn'), 'Allow', 'allow')]")),
    },
  };
  const { stone, sttwo } = judged(template, rule);
  expect([stone?.outcome, sttwo?.outcome]).toEqual(['pass', 'fail']);
});

test('a parameter file, a default and a nullable type leave nothing to suppose', () => {
  const resources = [
    account('stfile', withAction("[parameters('given')]")),
    account('stnull', withAction("[coalesce(parameters('maybe'), 'Deny')]")),
  ];
  const parameters = {
    given: { type: 'string', allowedValues: ['Allow', 'Deny'] },
    maybe: { type: 'string', allowedValues: ['Allow'], nullable: true },
  };
  const file = { parameters: { given: { value: 'Deny' } } };
  const { stfile, stnull } = judged({ parameters, resources }, rule, [file]);
  expect([stfile, stnull].map((one) => [one?.outcome, one?.because.includes('every value')])).toEqual([
    ['pass', false],
    ['pass', false],
  ]);
});

test('a plan says of each finding what the audit says, and nothing else', () => {
  const resources = [
    account('stfail', withAction("[if(equals(parameters('tier'), 'dev'), 'Allow', 'allow')]")),
    account('stpass', withAction("[if(equals(parameters('tier'), 'dev'), 'Deny', 'deny')]")),
    account('stopen', withAction("[if(equals(parameters('tier'), 'dev'), 'Allow', 'Deny')]")),
    account('stknown', withAction('Allow')),
  ];
  const parameters = { tier: { type: 'string', allowedValues: ['dev', 'prod'] } };
  const { snapshot, report, decide } = read({ parameters, resources });
  const request = { targets: [rule], answers: {}, ips: [], profile: 'all' } as const;
  const plan = buildPlan({ snapshot, rules, request, id: 'p', decide });
  const nameOf = (id: string) => id.slice(id.lastIndexOf('/') + 1);
  const reasons = Object.fromEntries(plan.skipped.map((one) => [nameOf(one.finding), one.reason]));
  expect(reasons).toEqual({
    stfail: expect.stringMatching(/^The fix needs a setting .*the parameter tier has no value/),
    stopen: expect.stringContaining('the parameter tier has no value'),
  });
  expect(plan.preview.resolves.map(nameOf)).toContain('stknown');

  const all = buildPlan({ snapshot, rules, request: { ...request, targets: 'all' }, id: 'p', decide });
  const failing = report.findings.filter((one) => one.rule === rule && one.outcome === 'fail').map(({ id }) => id);
  expect(failing.map(nameOf).toSorted()).toEqual(['stfail', 'stknown']);
  const said = [...all.preview.resolves, ...all.skipped.map(({ finding }) => finding)];
  expect(said).toEqual(expect.arrayContaining(failing));

  const { preview } = reviewPlan({ snapshot, rules, plan, decide });
  expect(preview).toEqual(plan.preview);
});
