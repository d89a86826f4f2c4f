// Findings of files say where the file declares what they are about: line and column of the property, else of the resource.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/model/finding.ts';
import { isArray, isObject, type Json, type JsonObject, stringifyJson } from '../../src/model/json.ts';
import { entryPlace, objectPlaces, positionsIn } from '../../src/model/json-places.ts';
import { rules } from '../../src/rules/index.ts';
import { createFileSession } from '../../src/session/create-file-session.ts';
import { documentsOf } from '../../src/session/files/documents.ts';
import { readFiles } from '../../src/session/from-files.ts';
import { forFiles } from '../support/sandbox.ts';

const options = { allResources: false, now: () => new Date(0), newId: () => 'id' };

function findingsIn(files: Readonly<Record<string, string>>): readonly Finding[] {
  const texts = Object.entries(files).map(([path, text]) => ({ path, text }));
  const { snapshot, locate } = readFiles(texts, options);
  return createFileSession({ snapshot, locate, rules, ...forFiles }).report(snapshot, 'all').findings;
}
/** The text from where a finding is said to be, on its line. */
function textAt(files: Readonly<Record<string, string>>, finding: Finding | undefined): string | undefined {
  const { location } = finding ?? {};
  return (
    location &&
    files[location.file]
      ?.split('\n')
      [location.line - 1]?.slice(location.column - 1)
      .trimEnd()
  );
}
const find = (all: readonly Finding[], rule: string, name: string): Finding | undefined =>
  all.find((one) => one.rule === rule && one.resource.toLowerCase().endsWith(`/${name}`));

const id = (type: string, name: string) => `/subscriptions/s/resourceGroups/g/providers/${type}/${name}`;
const account = id('Microsoft.Storage/storageAccounts', 'stone');

describe('the location of a finding', () => {
  test('of a template is the property as it is written, also below a loop, a comment and another letter case', () => {
    const files = {
      'infra/main.json': `// compiled
{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "languageVersion": "2.0",
  "resources": {
    /* { "type": "none" } */
    "accounts": {
      "type": "Microsoft.Storage/storageAccounts",
      "apiVersion": "2023-05-01",
      "name": "[format('st{0}', copyIndex())]",
      "copy": { "name": "accounts", "count": 2, },
      "properties": {
        "networkAcls": {
          "DefaultAction": "Allow", "bypass": "None",
        },
      },
    },
    "bare": { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "name": "bare" },
    "inside": {
      "type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": "inside",
      "properties": { "mode": "Incremental", "template": {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "resources": [
          { "type": "Microsoft.Storage/storageAccounts", "apiVersion": "2023-05-01", "name": "deep" }
        ] } }
    }
  },
}
`,
    };
    const all = findingsIn(files);
    expect(all.length).toBeGreaterThan(0);
    expect(all.every(({ location }) => location?.file === 'infra/main.json')).toBe(true);
    const at = (rule: string, name: string) => textAt(files, find(all, rule, name));
    expect(at('storage.default-action-deny', 'st0')).toMatch(/^"DefaultAction": "Allow"/);
    expect(find(all, 'storage.default-action-deny', 'st1')?.location).toEqual(
      find(all, 'storage.default-action-deny', 'st0')?.location,
    );
    expect(at('storage.default-action-deny', 'bare')).toMatch(/^\{ "type": "Microsoft\.Storage.*"bare" \},$/);
    expect(at('storage.default-action-deny', 'deep')).toMatch(/^\{ "type": "Microsoft\.Storage.*"deep" \}$/);
  });

  test('of lists, output of the Azure CLI and snapshots is in each file', () => {
    const body: JsonObject = { id: account, properties: { networkAcls: { defaultAction: 'Allow' } } };
    const two = { ...body, id: `${account}2` };
    const printed = {
      id: `${account}3`,
      type: 'Microsoft.Storage/storageAccounts',
      provisioningState: 'Succeeded',
      networkRuleSet: { bypass: 'None', defaultAction: 'Allow' },
    };
    const files = {
      'list.json': `\uFEFF{"value":[${stringifyJson(body)},\n\t${stringifyJson(two)}]}`,
      'printed.json': `[\r\n${stringifyJson(printed, 2).replaceAll('\n', '\r\n')}\r\n]`,
    };
    const all = findingsIn(files);
    const of = (name: string) => find(all, 'storage.default-action-deny', name);
    expect(textAt(files, of('stone'))).toMatch(/^"defaultAction":"Allow"/);
    expect(of('stone')?.location?.line).toBe(1);
    expect(of('stone2')?.location?.line).toBe(2);
    expect(textAt(files, of('stone3'))).toBe('"defaultAction": "Allow"');
    const snapshot = stringifyJson(readFiles([{ path: 'a', text: files['list.json'] }], options).snapshot as never, 1);
    const kept = { 'kept.json': snapshot };
    expect(textAt(kept, find(findingsIn(kept), 'storage.default-action-deny', 'stone2'))).toBe(
      '"defaultAction": "Allow"',
    );
  });

  test('of what is inside another resource is its item there', () => {
    const group = {
      id: id('Microsoft.Network/networkSecurityGroups', 'nsg'),
      properties: {
        securityRules: ['One', 'Two'].map((name, index) => ({
          name,
          properties: {
            ...{ priority: 100 + index, access: 'Allow', direction: 'Inbound', protocol: '*', sourcePortRange: '*' },
            ...{
              sourceAddressPrefix: '*',
              destinationAddressPrefix: '*',
              destinationPortRange: index === 0 ? '443' : '22',
            },
          },
        })),
      },
    };
    const files = { 'nsg.json': stringifyJson(group, 2) };
    const rule = findingsIn(files).find(({ outcome }) => outcome === 'fail');
    expect(rule?.location).toBeDefined();
    expect(rule?.location?.line).toBeGreaterThan(1);
  });

  test('of a Terraform plan is the resource in the plan, with its address', () => {
    const change = (type: string, name: string, after: JsonObject) => ({
      ...{
        address: `module.data.${type}.${name}`,
        mode: 'managed',
        type,
        name,
        change: { actions: ['create'], after },
      },
    });
    const plan = {
      ...{ format_version: '1.2', terraform_version: '1.9.0' },
      resource_changes: [
        change('azurerm_storage_account', 'one', { name: 'stone', resource_group_name: 'g', location: 'x' }),
        change('azapi_resource', 'two', {
          ...{ type: 'Microsoft.Storage/storageAccounts@2023-05-01', name: 'sttwo' },
          body: { properties: { networkAcls: { defaultAction: 'Allow' } } },
        }),
      ],
    };
    const files = { 'plan.json': stringifyJson(plan, 1) };
    const all = findingsIn(files);
    const one = find(all, 'storage.default-action-deny', 'stone');
    expect(one?.location?.address).toBe('module.data.azurerm_storage_account.one');
    expect(textAt(files, one)).toBe('{');
    expect(files['plan.json'].split('\n')[one?.location?.line ?? 0]).toMatch(
      /"address": "module\.data\.azurerm_storage/,
    );
    expect(textAt(files, find(all, 'storage.default-action-deny', 'sttwo'))).toBe('"defaultAction": "Allow"');
  });

  test('is found for every object and member of any text, with comments and line breaks anywhere', () => {
    const name = fc.constantFrom('a', '10', 'with space', 'q"uote', 'back\\', 'é', '//no', '/*no*/', '{', '');
    const scalar = fc.oneof(name, fc.constantFrom(1, -2.5e10, true, false, null));
    const { json } = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 5 },
        scalar,
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(name, tie('json'), { maxKeys: 4 }).map((all) => ({ ...all })),
      ),
    }));
    const noise = fc.infiniteStream(fc.constantFrom('', '', ' ', '\n', '\r\n', ' // {"not": ["this"\n', '/* [ " */'));
    fc.assert(
      fc.property(fc.array(fc.array(json), { minLength: 1, maxLength: 3 }), noise, (documents, blanks) => {
        const { text, objects, members } = written(documents, () => String(blanks.next().value));
        const read = documentsOf({ path: 'x', text }).map((one) => one.json);
        const inOrder: JsonObject[] = [];
        const gather = (value: Json): void => {
          if (isObject(value)) inOrder.push(value);
          if (isObject(value) || isArray(value)) for (const inside of Object.values<Json>(value)) gather(inside);
        };
        read.forEach(gather);
        const places = objectPlaces(text, read, new Set(inOrder));
        expect(inOrder.map((one) => places.get(one))).toEqual(objects);
        for (const { of, key, at } of members) expect(entryPlace(text, of, key)?.at).toBe(at);
      }),
      { numRuns: 150 },
    );
  });

  test('counts lines and columns from 1', () => {
    const position = positionsIn('a\nbc\n\nd');
    const at = [0, 1, 2, 3, 5, 6].map((offset) => Object.values(position(offset)).join(':'));
    expect(at).toEqual(['1:1', '1:2', '2:1', '2:2', '3:1', '4:1']);
  });
});

/** Documents as text with blanks between all tokens, and where their objects and members begin in it. */
function written(documents: readonly Json[], blank: () => string) {
  let text = '';
  const objects: number[] = [];
  const members: { of: number; key: string; at: number }[] = [];
  const write = (value: Json): void => {
    if (!isObject(value) && !isArray(value)) {
      text += stringifyJson(value);
      return;
    }
    const from = text.length;
    if (isObject(value)) objects.push(from);
    text += isArray(value) ? '[' : '{';
    for (const [index, [key, inside]] of Object.entries<Json>(value).entries()) {
      text += `${index === 0 ? '' : ','}${blank()}`;
      if (isObject(value)) {
        members.push({ of: from, key, at: text.length });
        text += `${JSON.stringify(key)}${blank()}:${blank()}`;
      }
      write(inside);
      text += blank();
    }
    text += isArray(value) ? ']' : '}';
  };
  for (const document of documents) {
    text += blank();
    write(document);
    text += '\n';
  }
  return { text, objects, members };
}
