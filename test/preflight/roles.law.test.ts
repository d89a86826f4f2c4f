// Who may do what, over random role and deny assignments, against a plain judge that follows Azure's documented order step by step:
// deny assignments first, then the roles of the principal, each minus what it excludes, then conditions.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowanceOf, type Right } from '../../src/facts/job/roles.ts';
import type { Json } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';

const subscription = '/subscriptions/11111111-0000-0000-0000-000000000001';
const group = `${subscription}/resourceGroups/rg-ml`;
const account = `${group}/providers/Microsoft.Storage/storageAccounts/stmldata`;
const place = `${account}/blobServices/default/containers/images`;
const principal = '99999999-aaaa-bbbb-cccc-000000000001';
const everyone = '00000000-0000-0000-0000-000000000000';
const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

/** Each with whether the place is at or below it, said by hand. */
const scopes: readonly (readonly [string, boolean])[] = [
  ['/', true],
  ['/providers/Microsoft.Management/managementGroups/root', true],
  [subscription, true],
  [subscription.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'), true],
  [group, true],
  [`${group}2`, false],
  [account, true],
  [account.toLowerCase(), true],
  [`${account}2`, false],
  [place, true],
  [`${account}/blobServices/default/containers/image`, false],
  [`${place}/blobs/x`, false],
  [`${group}/providers/Microsoft.ContainerRegistry/registries/acr`, false],
];
const rights: readonly Right[] = [
  { kind: 'dataActions', action: `${blobs}/read` },
  { kind: 'dataActions', action: `${blobs}/write` },
  { kind: 'actions', action: 'Microsoft.ContainerRegistry/registries/pull/read' },
];
const patterns = [
  ...['*', '*/read', `${blobs}/*`, `${blobs}/read`, `${blobs}/write`, `${blobs}/delete`, `${blobs.toUpperCase()}/READ`],
  ...['Microsoft.Storage/*', 'Microsoft.Storage/storageAccounts/*/read', 'Microsoft.Storage/*/write', `${blobs}`],
  ...[
    'Microsoft.ContainerRegistry/*',
    'Microsoft.ContainerRegistry/registries/pull/read',
    'Microsoft.Storage/*/blobs/re*',
  ],
  ...['Microsoft.ContainerRegistry/registries/push/write', '*/pull/*', 'Microsoft.Sto', '', 'Microsoft?Storage/*'],
];

interface Part {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}
const some = fc.subarray(patterns, { maxLength: 3 });
const part: fc.Arbitrary<Part> = fc.record({
  ...{ actions: some, notActions: some, dataActions: some, notDataActions: some },
});
/** Built-in roles, each as Microsoft documents what it holds of storage data and of images. */
const builtIn: Readonly<Record<string, Part>> = {
  '8e3af657-a8ff-443c-a75c-2fe8c4bcb635': { actions: ['*'], notActions: [], dataActions: [], notDataActions: [] },
  'acdd72a7-3385-48ef-bd42-f606fba81ae7': { actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] },
  '7f951dda-4ed3-4680-a7ca-43fe172d538d': {
    ...{ actions: ['Microsoft.ContainerRegistry/registries/pull/read'], notActions: [] },
    ...{ dataActions: [], notDataActions: [] },
  },
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': {
    ...{ actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/read'], notActions: [] },
    ...{ dataActions: [`${blobs}/read`], notDataActions: [] },
  },
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': {
    ...{ actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/*'], notActions: [] },
    ...{ dataActions: ['read', 'write', 'delete', 'move/action', 'add/action'].map((one) => `${blobs}/${one}`) },
    notDataActions: [],
  },
};
const rarely = fc.integer({ min: 0, max: 5 }).map((one) => one === 0);
const role = fc.record({
  scope: fc.constantFrom(...scopes),
  role: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...Object.keys(builtIn)) },
    { weight: 3, arbitrary: fc.array(part, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constant('unread' as const) },
  ),
  isConditional: rarely,
  byGroup: fc.boolean(),
});
const who = fc.constantFrom('me', 'everyone', 'other', 'group');
const denial = fc.record({
  scope: fc.constantFrom(...scopes),
  onlyHere: fc.boolean(),
  parts: fc.array(part, { minLength: 1, maxLength: 2 }),
  named: fc.array(who, { minLength: 1, maxLength: 2 }),
  excluded: fc.array(fc.constantFrom('me', 'other', 'group'), { maxLength: 2 }),
  isConditional: rarely,
});
type Role = typeof role extends fc.Arbitrary<infer T> ? T : never;
type Denial = typeof denial extends fc.Arbitrary<infer T> ? T : never;

/** A pattern of Azure, letter by letter: `*` is any text, and case is ignored. */
function matches(pattern: string, action: string): boolean {
  if (pattern === '') return action === '';
  if (pattern[0] === '*')
    return matches(pattern.slice(1), action) || (action !== '' && matches(pattern, action.slice(1)));
  return pattern[0]?.toLowerCase() === action[0]?.toLowerCase() && matches(pattern.slice(1), action.slice(1));
}
const holds = (parts: readonly Part[], { kind, action }: Right): boolean =>
  parts.some((one) => {
    const [yes, not] = kind === 'actions' ? [one.actions, one.notActions] : [one.dataActions, one.notDataActions];
    return yes.some((each) => matches(each, action)) && not.every((each) => !matches(each, action));
  });

/** What is not known: whether a condition holds, who is in a group, what an unread role holds. Each of them may be either. */
type Luck = () => boolean;

function access(roles: readonly Role[], denials: readonly Denial[], right: Right, luck: Luck): boolean {
  for (const one of denials) {
    const isHere = one.onlyHere ? one.scope[0].toLowerCase() === place.toLowerCase() : one.scope[1];
    if (!isHere || !holds(one.parts, right)) continue;
    const isNamed = one.named.map((name) => name === 'me' || name === 'everyone' || (name === 'group' && luck()));
    const isExcluded = one.excluded.map((name) => name === 'me' || (name === 'group' && luck()));
    const holdsHere = one.isConditional ? luck() : true;
    if (holdsHere && isNamed.includes(true) && !isExcluded.includes(true)) return false;
  }
  return roles
    .map((one) => {
      const definition = one.role === 'unread' ? luck() : typeof one.role === 'string' ? builtIn[one.role] : one.role;
      const allows =
        typeof definition === 'boolean' ? definition : holds([definition ?? []].flat() as readonly Part[], right);
      const holdsHere = one.isConditional ? luck() : true;
      return one.scope[1] && allows && holdsHere;
    })
    .includes(true);
}

/** The answers over all that is not known: every way for it to fall, one after another. */
function judged(roles: readonly Role[], denials: readonly Denial[], right: Right): 'yes' | 'no' | 'unknown' {
  const answers = new Set<boolean>();
  let fallen: boolean[] = [];
  for (;;) {
    let at = 0;
    const answer = access(roles, denials, right, () => {
      fallen[at] ??= false;
      at += 1;
      return fallen[at - 1] === true;
    });
    answers.add(answer);
    const last = fallen.slice(0, at).lastIndexOf(false);
    if (answers.size === 2) return 'unknown';
    if (last < 0) return answer ? 'yes' : 'no';
    fallen = [...fallen.slice(0, last), true];
  }
}

function worldOf(roles: readonly Role[], denials: readonly Denial[]) {
  const authorization = `${subscription}/providers/Microsoft.Authorization`;
  const resource = (id: string, type: string, properties: object) => ({
    ...{ id, type: `Microsoft.Authorization/${type}`, apiVersion: '2022-04-01' },
    body: { id, properties } as unknown as { readonly [name: string]: Json },
  });
  const at = (scope: string, type: string, number: number) =>
    `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization/${type}/00000000-0000-0000-0000-0000000000${10 + number}`;
  const named = (who: string, number: number) =>
    ({
      me: { id: principal.toUpperCase(), type: 'ServicePrincipal' },
      everyone: { id: everyone, type: 'SystemDefined' },
      other: { id: '88888888-0000-0000-0000-000000000008', type: 'User' },
      group: { id: `66666666-0000-0000-0000-0000000000${10 + number}`, type: 'Group' },
    })[who];
  const assignments = roles.map((one, number) =>
    resource(at(one.scope[0], 'roleAssignments', number), 'roleAssignments', {
      roleDefinitionId: `${authorization}/roleDefinitions/${typeof one.role === 'string' && one.role !== 'unread' ? one.role : `custom-${number}`}`,
      principalId: one.byGroup ? '66666666-0000-0000-0000-000000000099' : principal,
      scope: one.scope[0],
      condition: one.isConditional ? '@Resource[a] StringEquals 1' : null,
    }),
  );
  const definitions = roles.flatMap((one, number) =>
    typeof one.role === 'string'
      ? []
      : [
          resource(`${authorization}/roleDefinitions/custom-${number}`, 'roleDefinitions', {
            roleName: 'c',
            permissions: one.role,
          }),
        ],
  );
  const denied = denials.map((one, number) =>
    resource(at(one.scope[0], 'denyAssignments', number), 'denyAssignments', {
      ...{ denyAssignmentName: `d${number}`, scope: one.scope[0], doNotApplyToChildScopes: one.onlyHere },
      permissions: one.parts,
      principals: one.named.map((name) => named(name, number)),
      excludePrincipals: one.excluded.map((name) => named(name, number + 50)),
      ...(one.isConditional ? { condition: '@Resource[a] StringEquals 1' } : {}),
    }),
  );
  return {
    resources: [...assignments, ...definitions, ...denied],
    collections: [
      {
        id: `${authorization}/roleAssignments?$filter=assignedTo('${principal}')`,
        members: assignments.map(({ id }) => id),
      },
      { id: `${authorization}/denyAssignments`, members: denied.map(({ id }) => id) },
    ],
    gaps: [],
    source: { kind: 'demo', world: 'mixed' },
  } as unknown as Snapshot;
}

test('the verdict is that of the documented order, and unknown where it depends on what is not known', () => {
  const seen = { yes: 0, no: 0, unknown: 0 };
  fc.assert(
    fc.property(
      fc.array(role, { maxLength: 3 }),
      fc.array(denial, { maxLength: 2 }),
      fc.constantFrom(...rights),
      (roles, denials, right) => {
        const context = {
          index: indexSnapshot(worldOf(roles, denials)),
          reads: { ids: new Set<string>(), lists: new Map() },
        };
        const wanted = judged(roles, denials, right);
        expect(allowanceOf(principal, place, right, context).allows).toBe(wanted);
        seen[wanted] += 1;
      },
    ),
    { numRuns: 3000 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(200);
});
