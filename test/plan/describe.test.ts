// A plan in words: each change on one line and setting by setting, its effects, its warnings, and side by side with what is there.
import { describe, expect, test } from 'vitest';
import type { Change, EditChange } from '../../src/model/change.ts';
import type { Edit } from '../../src/model/edit.ts';
import type { Effect } from '../../src/model/effect.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Gate, Plan, Step } from '../../src/model/plan.ts';
import {
  describePlan,
  doesWords,
  effectLines,
  effectsInShort,
  gatesByReason,
  labelOf,
  linesOf,
  previewNumbers,
  settingChangeWords,
  stepTitle,
  undoLabels,
  undoWords,
} from '../../src/plan/describe.ts';
import { settingRows, stepRows } from '../../src/plan/describe-settings.ts';
import { countedAs } from '../../src/resource-types/index.ts';
import { sampleEffect, sampleFlow } from '../support/effect-samples.ts';

const group = '/subscriptions/s/resourceGroups/g/providers';
const account = `${group}/Microsoft.Storage/storageAccounts/st`;
const registry = `${group}/Microsoft.ContainerRegistry/registries/acr`;
const vnet = `${group}/Microsoft.Network/virtualNetworks/vnet`;
const subnet = `${vnet}/subnets/snet`;
const acls = '/properties/networkAcls';
const byValue = { member: 'value', fold: false };
const byId = { member: 'id', fold: true };

const edit = (...edits: Edit[]): EditChange => ({ kind: 'edit', resource: account, edits, body: null });
const set = (pointer: string, before: Json | undefined, after: Json | undefined): Edit => ({
  ...{ op: 'set' as const, pointer },
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});
const addIp = (value: string): Edit => ({
  op: 'add',
  pointer: `${acls}/ipRules`,
  after: { value, action: 'Allow' },
  key: byValue,
});
const removeIp = (value: string): Edit => ({
  op: 'remove',
  pointer: `${acls}/ipRules`,
  before: { value },
  key: byValue,
});
const addSubnet: Edit = { op: 'add', pointer: `${acls}/virtualNetworkRules`, after: { id: subnet }, key: byId };
const made = (resource: string, body: JsonObject): Change => ({ kind: 'create', resource, edits: [], body });
const gone = (resource: string, body: JsonObject): Change => ({ kind: 'delete', resource, edits: [], body });

test('a setting that somebody changed reads as the change of a plan does, and never as JSON', () => {
  const told = (pointer: string, before: Json, after: Json) =>
    settingChangeWords({ resource: account, kind: 'changed', pointer, before, after });
  const item = (list: string, key: string) => `${list}/${key.replaceAll('/', '~1')}`;
  const endpoint = { service: 'Microsoft.Storage', provisioningState: 'Succeeded', locations: ['*'] };
  const rule = { id: subnet, action: 'Allow', state: 'Succeeded' };
  const rules = `${acls}/virtualNetworkRules`;
  const tags = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 };
  const six = (change: string): string =>
    Object.entries(tags)
      .map(([name, value]) => `tags.${name}: ${change.replace('VALUE', `${value}`)}`)
      .join('; ');
  expect([
    told(`${acls}/defaultAction`, 'Allow', 'Deny'),
    told(item('/properties/serviceEndpoints', 'Microsoft.Storage'), null, endpoint),
    told(item(rules, subnet), rule, null),
    told(item(`${acls}/ipRules`, '203.0.113.7'), null, { value: '203.0.113.7', action: 'Allow' }),
    told(item('/properties/addressSpace/addressPrefixes', '10.0.0.0/16'), '10.0.0.0/16', null),
    told(`${item(rules, subnet)}/action`, 'Allow', 'Deny'),
    told(acls, null, { defaultAction: 'Deny', virtualNetworkRules: [rule] }),
    told('/tags/owner', null, 'b'),
    told('/tags', null, tags),
    told('/tags', { ...tags, g: 7 }, null),
    told('/tags', null, { ...tags, g: 7, h: 8 }),
    settingChangeWords({ resource: account, kind: 'deleted', pointer: '', before: null, after: null }),
  ]).toEqual([
    'default action: Allow → Deny',
    '+ service endpoint Microsoft.Storage',
    '- virtual network rule vnet/snet',
    '+ IP rule 203.0.113.7',
    '- addressSpace.addressPrefixes 10.0.0.0/16',
    'virtual network rule vnet/snet action: Allow → Deny',
    'network rules: added; default action: not set → Deny; + virtual network rule vnet/snet',
    'tags.owner: not set → b',
    `tags: added; ${six('not set → VALUE')}`,
    `tags: removed; ${six('VALUE → not set')}; and 1 more value`,
    `tags: added; ${six('not set → VALUE')}; and 2 more values`,
    'deleted',
  ]);
});

describe('one change', () => {
  test.each<[string, Change, string, readonly string[]]>([
    [
      'a setting',
      edit(set(`${acls}/defaultAction`, 'Allow', 'Deny')),
      'default action Allow → Deny',
      ['  default action: Allow → Deny'],
    ],
    [
      'what was not set, and what no longer is',
      edit(set('/properties/publicNetworkAccess', undefined, 'Disabled'), set('/properties/a/b', '', undefined)),
      'public network access not set → Disabled; a.b not set → not set',
      ['  public network access: not set → Disabled', '  a.b: not set → not set'],
    ],
    [
      'elements of lists, those of one list together',
      edit(addIp('203.0.113.7'), addIp('203.0.113.8'), removeIp('203.0.113.9'), addSubnet),
      '+ IP rule 203.0.113.7, 203.0.113.8; - IP rule 203.0.113.9; + virtual network rule vnet/snet',
      ['+ IP rule 203.0.113.7', '+ IP rule 203.0.113.8', '- IP rule 203.0.113.9', '+ virtual network rule vnet/snet'],
    ],
    [
      'a whole object set',
      edit(set(acls, undefined, { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7' }], bypass: 'None' })),
      'set network rules',
      [
        '  network rules: added',
        '  default action: not set → Deny',
        '+ IP rule 203.0.113.7',
        '  exceptions (bypass): not set → None',
      ],
    ],
    [
      'a whole object removed',
      edit(set(acls, { defaultAction: 'Deny', odd: { a: 1 } }, undefined)),
      'remove network rules',
      ['  network rules: removed', '  default action: Deny → not set', '  networkAcls.odd: {"a":1} → not set'],
    ],
    [
      'a whole object replaced',
      edit(set(acls, { ipRules: [{ value: '203.0.113.7' }] }, { ipRules: [{ value: '203.0.113.8' }] })),
      'replace network rules',
      ['  network rules: replaced', '- IP rule 203.0.113.7', '+ IP rule 203.0.113.8'],
    ],
    [
      'an object in place of a text',
      edit(set('/properties/x', 'text', { a: 'b' })),
      'replace x',
      ['  x: replaced', '  x.a: not set → b'],
    ],
    [
      'a list of several values on one line',
      edit(set(`${acls}/bypass`, 'Logging,Metrics', 'AzureServices,Logging')),
      'exceptions (bypass) Logging, Metrics → AzureServices, Logging',
      ['  exceptions (bypass): Logging,Metrics → AzureServices,Logging'],
    ],
    [
      'numbers and the top of the body',
      edit(set('/sku/name', 'A', 'B'), set('/n', 1, 2)),
      'SKU A → B; n 1 → 2',
      ['  SKU: A → B', '  n: 1 → 2'],
    ],
    [
      'something made',
      made(`${vnet}/subnets/new`, { name: 'new', properties: { addressPrefix: '10.0.1.0/24', delegations: [] } }),
      'create subnet',
      ['+ addressPrefix: 10.0.1.0/24', '+ delegations: []'],
    ],
    [
      'something deleted, whose members are at its top',
      gone(account, { location: 'westeurope', sku: { name: 'A' } }),
      'delete storage account',
      ['- location: westeurope', '- sku: {"name":"A"}'],
    ],
  ])('%s', (_name, change, does, lines) => {
    expect(doesWords(change)).toBe(does);
    expect(linesOf(change).map(({ sign, text }) => `${sign} ${text}`)).toEqual(lines);
  });

  test('what is made or deleted and has a summary is told by it', () => {
    const rule = `${group}/Microsoft.Network/networkSecurityGroups/nsg/securityRules/r`;
    const properties = {
      ...{ direction: 'Outbound', access: 'Allow', protocol: 'Tcp', priority: 200 },
      ...{ sourceAddressPrefix: '*', sourcePortRange: '*' },
      ...{ destinationAddressPrefix: 'Storage\u0007', destinationPortRange: '443' },
    };
    expect(doesWords(made(rule, { properties }))).toBe('allow outbound TCP 443 to Storage (new security rule)');
    expect(doesWords(gone(rule, { properties }))).toBe('delete security rule: allow outbound TCP 443 to Storage');
    const route = `${group}/Microsoft.Network/routeTables/rt/routes/r`;
    const hop = { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.0.4' };
    expect(doesWords(made(route, { properties: hop }))).toBe('0.0.0.0/0 to VirtualAppliance 10.0.0.4 (new route)');
    const role = `${account}/providers/Microsoft.Authorization/roleAssignments/1`;
    const roleDefinitionId = '/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7';
    expect(doesWords(made(role, { properties: { roleDefinitionId } }))).toBe('role Reader on st (new role assignment)');
    // In numbers of resources a rule is its group, a route its table.
    expect([rule, route, subnet].map(countedAs)).toEqual([
      rule.split('/securityRules')[0],
      route.split('/routes/')[0],
      subnet,
    ]);
    // What cannot be read has none.
    for (const id of [rule, route, role])
      expect(doesWords(made(id, {}))).toMatch(/^create (?:security rule|route|role)/);
  });

  test('elements are named by their key, an id by the names in it', () => {
    const words = (after: Json, member: string | null) =>
      doesWords(edit({ op: 'add', pointer: '/properties/list', after, key: { member, fold: true } }));
    expect(words({ service: 'Microsoft.Storage', locations: ['*'] }, 'service')).toBe('+ list Microsoft.Storage');
    expect(words('Text', null)).toBe('+ list Text');
    expect(words(subnet, null)).toBe('+ list vnet/snet');
    expect(words('/not/an/id', null)).toBe('+ list /not/an/id');
    expect(words({ other: 1 }, 'service')).toBe('+ list {"other":1}');
    const inside = (item: Json) => linesOf(edit(set('/properties/o', undefined, { list: [item] })))[1]?.text;
    const items: readonly Json[] = [
      { value: 'v', id: 'i' },
      { id: subnet },
      { resourceId: account },
      { service: 'S' },
      { name: 'n' },
      { x: 1 },
      7,
    ];
    expect(items.map(inside)).toEqual([
      ...['o.list v', 'o.list vnet/snet', 'o.list st', 'o.list S', 'o.list n', 'o.list {"x":1}', 'o.list 7'],
    ]);
  });

  test.each<[string, Change, string]>([
    ['edited', edit(), 'change storage account st'],
    ['made, in another resource', made(subnet, {}), 'create subnet snet of vnet'],
    ['deleted', gone(registry, {}), 'delete container registry acr'],
  ])('the label of what is %s', (_name, change, expected) => {
    expect(labelOf(change)).toBe(expected);
  });

  test('the label of what has no name yet does not repeat its type', () => {
    const found = { besides: [], pointer: '/properties/description', says: 'x' };
    const change = { ...edit(), resource: `${account}/privateEndpointConnections/new connection`, found };
    expect(labelOf(change)).toBe('change new connection of st');
  });
});

const step = (change: Change, more: Partial<Step> = {}): Step => ({
  ...{
    change,
    phase: 2,
    findings: ['r@x'],
    needs: [],
    az: 'az x',
    risk: 'Risk.',
    undo: 'exact',
    does: '',
    effects: [],
  },
  ...more,
});
const planOf = (steps: readonly Step[], more: Partial<Plan> = {}): Plan => ({
  ...{
    id: 'p',
    snapshot: 's',
    source: { kind: 'demo', name: 'demo:x' },
    workspace: null,
    architecture: 'service-endpoint',
  },
  ...{ verb: 'fix', of: null, steps, gates: [], skipped: [], irreversible: [], effects: [] },
  preview: { resolves: [], introduces: [] },
  ...more,
});

describe('effects', () => {
  test('of one kind are labelled once; twelve are named, what is not automatic first, then how many more there are', () => {
    const opens = (count: number, automatic = true) =>
      Array.from({ length: count }, (_, at) => sampleEffect('opens', `Source ${at}.`, automatic));
    const lines = (effects: readonly Effect[]) => effectLines(effects).map(({ label, text }) => `${label}: ${text}`);
    expect(lines([sampleEffect('costs', 'A.', true), ...opens(2), ...opens(1, false)])).toEqual([
      'Opens: Source 0.',
      'Opens: Source 0.',
      ': Source 1.',
      'Costs: A.',
    ]);
    const short = effectsInShort([...opens(14), sampleEffect('costs', 'A.')]);
    expect(short.lines.map(({ text }) => text)).toEqual(['A.', ...opens(11).map(({ detail }) => detail)]);
    expect(short.more).toBe('and 3 more, listed at each change');
    expect(short.numbers).toBe('opens 14 · cuts off 0 · interrupts 0 · overrides 0 · deletes 0 · costs 1');
    expect(effectLines(opens(14))).toHaveLength(14);
    expect(effectLines([sampleEffect('oneWay', 'x\u001b[31m')])).toMatchObject([{ label: 'One-way', text: 'x' }]);
    const old = { kind: 'relaxes' as const, resource: account, detail: 'Old.', subject: '' };
    expect([effectLines([old]), effectsInShort([old]).lines]).toEqual([[], []]);
  });
});

describe('a plan', () => {
  const gate = (outcome: Gate['outcome'], detail: string, kind: Gate['kind'] = 'rule'): Gate => ({
    kind,
    outcome,
    detail,
  });

  test.each<[string, Partial<Plan>, number, string]>([
    ['of nothing', {}, 0, 'Fix: no changes'],
    ['of one step', {}, 1, 'Fix: 1 change'],
    ['of two', {}, 2, 'Fix: 2 changes'],
    ['that undoes', { verb: 'undo', of: 'e-1' }, 2, 'Undo e-1: 2 changes'],
    ['that repeats', { verb: 'redo', of: 'e-1' }, 0, 'Redo e-1: no changes'],
  ])('%s', (_name, more, count, title) => {
    expect(
      describePlan(
        planOf(
          Array.from({ length: count }, () => step(edit())),
          more,
        ),
      ).title,
    ).toBe(title);
  });
  test('for no finding creates, or only plans what changes; with one finding among the steps it fixes', () => {
    const free = step(edit(), { findings: [] });
    const created = step(made(account, {}), { findings: [] });
    expect(describePlan(planOf([created, created])).title).toBe('Create: 2 changes');
    expect(describePlan(planOf([created])).title).toBe('Create: 1 change');
    expect(describePlan(planOf([free, created])).title).toBe('Plan: 2 changes');
    expect(describePlan(planOf([free])).title).toBe('Plan: 1 change');
    expect(describePlan(planOf([free, step(edit())])).title).toBe('Fix: 2 changes');
    expect(describePlan(planOf([free], { aim: 'restore' })).title).toBe('Restore: 1 change');
    expect(describePlan(planOf([created], { aim: 'restore' })).title).toBe('Restore: 1 change');
    expect(describePlan(planOf([free], { aim: 'path' })).title).toBe('Open path: 1 change');
    expect(describePlan(planOf([free], { verb: 'undo' })).title).toBe('Undo: 1 change');
  });

  test('tells each step, and what must be read first', () => {
    const effects = [sampleEffect('costs', 'C.', false, account)];
    const change = edit(set(`${acls}/defaultAction`, 'Allow', 'Deny'));
    const plan = planOf([step(change, { phase: 5, undo: 'partial', does: 'does', effects })], {
      effects,
      gates: [
        gate('pass', 'Fine.'),
        gate('warn', 'Warned.', 'lockout'),
        gate('fail', 'Failed.', 'lock'),
        gate('unknown', 'Not known.', 'state'),
      ],
      irreversible: ['st: kept.'],
      preview: { resolves: ['a', 'b'], introduces: ['r@y'] },
      skipped: [{ finding: 'x', reason: 'y' }],
    });
    const described = describePlan(plan);
    expect(described.steps).toEqual([
      {
        ...{
          label: 'change storage account st',
          resource: account,
          title: 'Change',
          risk: 'Risk.',
          advice: '',
          undo: 'partial',
          az: 'az x',
          does: 'does',
          effects,
          managed: '',
        },
        lines: [{ sign: ' ', text: 'default action: Allow → Deny' }],
      },
    ]);
    expect([described.effects, described.gates]).toEqual([effects, plan.gates]);
    expect(described.warnings).toEqual([
      'Warned.',
      'Failed.',
      'Not known.',
      'st: kept.',
      'Introduces a failing finding: r@y',
    ]);
    expect(previewNumbers(plan)).toBe('resolves 2 · introduces 1 · 4 warnings · 1 not included');
    expect(previewNumbers(planOf([], { gates: [gate('warn', 'w')] }))).toBe(
      'resolves 0 · introduces 0 · 1 warning · 0 not included',
    );
    expect(previewNumbers(planOf([]))).toBe('resolves 0 · introduces 0 · 0 warnings · 0 not included');
  });

  test('checks that are unknown for one reason are one warning, which names their rules once each', () => {
    const unknown = [
      gate('unknown', 'a.one: No access.'),
      gate('unknown', 'b.two: No access.'),
      gate('unknown', 'a.one: No access.'),
    ];
    const other = [
      gate('unknown', 'c.three: Timeout.'),
      gate('fail', 'a.one: No access.'),
      gate('unknown', 'x: No access.', 'lock'),
    ];
    expect(gatesByReason([...unknown, ...other]).map(({ outcome, detail }) => `${outcome} ${detail}`)).toEqual([
      'unknown 3 checks: No access. (a.one, b.two)',
      'unknown c.three: Timeout.',
      'fail a.one: No access.',
      'unknown x: No access.',
    ]);
    const twice = [gate('warn', 'w'), gate('warn', 'w')];
    expect(gatesByReason(twice)).toEqual(twice);
  });

  test('the title of a step is what it does, whatever its phase', () => {
    const [opens, cuts] = [sampleFlow('opens', ['a', 'b']), sampleFlow('cutsOff', ['c', 'b'])];
    const unsure = { ...cuts, data: { ...cuts.data, certain: false } } as Effect;
    const unknown = { ...opens, reason: 'unknown', data: { why: 'w' } } as Effect;
    const changed = edit(set(`${acls}/bypass`, 'a', 'b'));
    const title = (effects: readonly Effect[], change: Change = changed) => stepTitle({ change, effects });
    expect(title([])).toBe('Change');
    expect(title([sampleEffect('costs', 'c')])).toBe('Change');
    expect(title([opens])).toBe('Allow access');
    expect(title([cuts, unsure])).toBe('Restrict access');
    for (const effects of [[opens, cuts], [opens, unsure], [unsure], [unknown]])
      expect(title(effects)).toBe('Change access');
    expect(title([cuts], made(account, {}))).toBe('Create');
    expect(title([opens], gone(account, {}))).toBe('Delete');
  });

  test('every undo class has its words', () => {
    for (const [name, label] of Object.entries(undoLabels)) {
      expect(undoWords[name as keyof typeof undoWords].startsWith(`${label}: `)).toBe(true);
    }
  });
});

describe('side by side', () => {
  const rows = (change: Change, body?: Json) =>
    settingRows(change, body).map(
      ({ name, depth, before, after, stays }) =>
        `${' '.repeat(depth)}${name}: ${before} | ${after}${stays ? ' stays' : ''}`,
    );

  test.each<[string, Change, readonly string[]]>([
    ['a setting', edit(set('/properties/a', 'x', 'y')), ['a: x | y']],
    [
      'what is absent, null, or an empty text',
      edit(set('/properties/a', undefined, ''), set('/properties/b', null, 'x')),
      ["a: null | ''", 'b: null | x'],
    ],
    ['lists of texts', edit(set('/properties/a', ['x', 'y'], [])), ['a: x, y | none']],
    ['other lists and values', edit(set('/properties/a', [1, 'x'], true)), ['a: [1,"x"] | true']],
    ['equal sides', edit(set('/properties/a', { b: 1 }, { b: 1 })), []],
    [
      'objects member by member, only those that differ',
      edit(set('/properties/a', { b: 'x', c: 'y', e: 'z' }, { b: 'x', c: 'w', d: { f: 1 } })),
      ['a: null | null', ' c: y | w', ' e: z | null', ' d: null | null', '  f: null | 1'],
    ],
    ['an object in place of a text', edit(set('/properties/a', 'x', { b: 'y' })), ['a: x | null', ' b: null | y']],
    ['an empty object', edit(set('/properties/a', {}, undefined)), ['a: {} | null']],
    [
      'lists of objects, without the elements of both',
      edit(set('/properties/a', [{ name: 'x' }, { name: 'y', n: 1 }], [{ name: 'x' }, { name: 'z', n: 2 }])),
      ['a: null | null', ' a: y | null', '  n: 1 | null', ' a: null | z', '  n: null | 2'],
    ],
    [
      'members with names of their own',
      edit(set(acls, undefined, { defaultAction: 'Deny', bypass: 'None' })),
      ['network rules: null | null', ' default action: null | Deny', ' exceptions (bypass): null | None'],
    ],
    [
      'an element added, without what repeats its name or says Allow',
      edit({
        op: 'add',
        pointer: '/properties/list',
        after: { name: 'n', id: 'i', action: 'Allow', state: 'Ok', ports: ['1', '2'] },
        key: { member: 'name', fold: true },
      }),
      ['list: null | n', ' ports: null | 1, 2'],
    ],
    [
      'an element removed, with its properties',
      edit({
        op: 'remove',
        pointer: '/properties/list',
        before: { name: 'n', properties: { action: 'Deny', a: 'b', etag: 'e' } },
        key: { member: 'name', fold: true },
      }),
      ['list: n | null', ' action: Deny | null', ' a: b | null'],
    ],
    [
      'an element that is a text',
      edit({ op: 'add', pointer: '/properties/list', after: 'x', key: { member: null, fold: false } }),
      ['list: null | x'],
    ],
    [
      'something made: its top, then its properties, without what Azure sets',
      made(account, {
        id: 'i',
        name: 'st',
        type: 't',
        etag: 'e',
        location: 'westeurope',
        properties: { a: 'x', b: { c: 1 } },
      }),
      ['location: null | westeurope', 'a: null | x', 'b: null | null', ' c: null | 1'],
    ],
    [
      'something deleted',
      gone(account, { location: 'westeurope', properties: { a: 'x' } }),
      ['location: westeurope | null', 'a: x | null'],
    ],
    ['something without properties', made(account, { tags: { k: 'v' } }), ['tags: null | null', ' k: null | v']],
  ])('%s', (_name, change, expected) => {
    expect(rows(change)).toEqual(expected);
  });

  const list = (...values: string[]): JsonObject => ({
    properties: { networkAcls: { ipRules: values.map((value) => ({ value })) } },
  });
  test('of a list that changes, what stays is shown before its first edit, six at most', () => {
    expect(rows(edit(removeIp('1'), addIp('9')), list('1', '2', '3'))).toEqual([
      ...['IP rule: 2 | 2 stays', 'IP rule: 3 | 3 stays', 'IP rule: 1 | null', 'IP rule: null | 9'],
    ]);
    const many = ['1', '2', '3', '4', '5', '6', '7', '8'];
    expect(rows(edit(addIp('9')), list(...many)).slice(5)).toEqual([
      'IP rule: 6 | 6 stays',
      'IP rule: and 2 more | and 2 more stays',
      'IP rule: null | 9',
    ]);
    expect(rows(edit(addIp('9')), list(...many.slice(0, 6)))).toHaveLength(7);
    expect(rows(edit(addIp('9')), { properties: {} })).toEqual(['IP rule: null | 9']);
    expect(rows(edit(set(`${acls}/ipRules`, [{ value: '1' }], [])), list('1', '2'))).not.toContain(
      'IP rule: 2 | 2 stays',
    );
    expect(rows(edit(set(`${acls}/defaultAction`, 'a', 'b'), addIp('9')), list('1'))).toEqual([
      ...['default action: a | b', 'IP rule: 1 | 1 stays', 'IP rule: null | 9'],
    ]);
  });

  test('no more than four hundred rows, and eight levels', () => {
    const wide = made(account, Object.fromEntries(Array.from({ length: 403 }, (_, at) => [`m${at}`, at])));
    const told = rows(wide);
    expect([told.length, told[399], told[400]]).toEqual([401, 'm399: null | 399', 'and 3 more: null | null']);
    expect(
      rows(made(account, Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`m${at}`, at])))),
    ).toHaveLength(400);
    const nested = (depth: number): Json => (depth === 0 ? 'x' : { a: nested(depth - 1) });
    const deep = rows(edit(set('/properties/a', undefined, nested(12))));
    expect(deep).toHaveLength(9);
    expect(deep.at(-1)).toBe('        a: null | {"a":{"a":{"a":{"a":"x"}}}}');
  });

  test('each step on what the steps before it lead to', () => {
    const resources = [{ id: account.toUpperCase(), type: 'x', apiVersion: '1', body: list('1') }];
    const plan = planOf([
      step(edit(addIp('2'))),
      step(gone(account, {})),
      step(made(account, list('7'))),
      step(edit(addIp('8'))),
    ]);
    const names = (at: number, from = resources, of = plan) =>
      stepRows(of, at, from).map(({ before, after }) => `${before} | ${after}`);
    expect(names(0)).toEqual(['1 | 1', 'null | 2']);
    expect(names(3)).toEqual(['7 | 7', 'null | 8']);
    expect(names(0, [])).toEqual(['null | 2']);
    expect(names(4)).toEqual([]);
    expect(names(1, resources, planOf([step(gone(account, {})), step(edit(addIp('2')))]))).toEqual(['null | 2']);
    expect(names(1, resources, planOf([step(edit(removeIp('5'))), step(edit(addIp('2')))]))).toEqual(['null | 2']);
    const elsewhere = planOf([step({ ...edit(addIp('9')), resource: registry }), step(edit(addIp('2')))]);
    expect(names(1, resources, elsewhere)).toEqual(['1 | 1', 'null | 2']);
  });
});
