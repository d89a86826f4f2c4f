// What manages a resource: each kind of mark is found where it is planted, nothing is marked that no mark proves, and a history that
// Azure refuses to show makes it unknown. Plans say it in every form, and nothing else about them changes.
import { describe, expect, test } from 'vitest';
import { withManagers } from '../../commands/parts/managed.ts';
import { planSentences } from '../../src/accessible/plan-words.ts';
import { exportShapeOf, managedSentence, managerByTags } from '../../src/model/manager.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Resource } from '../../src/model/resource.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { plainText } from '../../src/model/words.ts';
import { managerOf } from '../../src/plan/index.ts';
import { shapes } from '../../src/render/export/index.ts';
import { planHtml } from '../../src/render/html-plan.ts';
import { planMarkdown } from '../../src/render/plan-markdown.ts';
import { planLines } from '../../src/render/plan-text.ts';
import { planDigest } from '../../src/session/digest.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { type InProcess, simulated } from '../support/in-process.ts';
import { worldSnapshot } from './worlds.ts';

const rg = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml';
const id = (type: string, name: string) => `${rg}/providers/${type}/${name}`;
const account = id('Microsoft.Storage/storageAccounts', 'st');

async function finished<T>(act: AsyncGenerator<SessionEvent, T>): Promise<T> {
  for (;;) {
    const step = await act.next();
    if (step.done) return step.value;
  }
}

const { signal } = new AbortController();

/** The plan of these targets, with its managers. */
async function planned(opened: InProcess, targets: readonly string[] | 'all'): Promise<{ plain: Plan; plan: Plan }> {
  const snapshot = await finished(opened.session.scan());
  const plain = opened.session.plan(snapshot, { targets, answers: {}, ips: [], profile: 'all' });
  return { plain, plan: await finished(withManagers({ signal }, opened.session, plain)) };
}
const told = ({ steps }: Plan): string[] => [
  ...new Set(
    steps.flatMap(({ change, managedBy }) =>
      managedBy === undefined ? [] : [`${nameInParent(change.resource)}: ${managedBy.name} (${managedBy.mark})`],
    ),
  ),
];

test('the group of a service that a template leaves open is no group that is known', () => {
  const owned = (type: string, name: string, member: string): Resource => {
    const open = { $unresolved: "[concat('MC_', parameters('x'))]", because: 'the parameter x has no value' };
    return { id: id(type, name), type, apiVersion: '2024-05-01', body: { properties: { [member]: open } } };
  };
  const resources: readonly Resource[] = [
    owned('Microsoft.ContainerService/managedClusters', 'aks', 'nodeResourceGroup'),
    owned('Microsoft.Databricks/workspaces', 'dbw', 'managedResourceGroupId'),
    { id: account, type: 'Microsoft.Storage/storageAccounts', apiVersion: '2023-05-01', body: {} },
  ];
  expect(managerOf(account, { ...worldSnapshot('mixed'), resources })).toBeUndefined();
});

describe('tags', () => {
  test.each([
    ['managed-by', 'terraform', 'Terraform'],
    ['ManagedBy', 'Terraform Cloud', 'Terraform'],
    ['managed_by', 'OpenTofu', 'Terraform'],
    ['Provisioner', 'Terraform', 'Terraform'],
    ['source', 'Terraform', 'Terraform'],
    ['created-by', 'bicep', 'Bicep'],
    ['deployed-by', 'ARM template', 'An ARM template'],
    ['terraform', 'true', 'Terraform'],
    ['terraform:workspace', 'prod', 'Terraform'],
    ['managed-by', 'Pulumi', 'Pulumi'],
    ['pulumi:stack', 'prod', 'Pulumi'],
    ['azd-env-name', 'prod', 'The Azure Developer CLI'],
    ['crossplane-kind', 'account.storage.azure.upbound.io', 'Crossplane'],
    ['yor_trace', 'a0425718', 'A repository of infrastructure as code'],
    ['avm_yor_trace', 'a0425718', 'A repository of infrastructure as code'],
    ['managedBy', 'ansible', 'Ansible'],
    ['aks-managed-cluster-name', 'aks-ml', 'AKS'],
    ['k8s-azure-cluster-name', 'kubernetes', 'Kubernetes'],
    ['sigs.k8s.io_cluster-api-provider-azure_cluster_ml', 'owned', 'Cluster API'],
    ['hidden-DevTestLabs-LabUId', 'b1', 'Azure DevTest Labs'],
  ])('%s = %s is a mark', (tag, value, name) => {
    expect(managerByTags(account, { team: 'vision', [tag]: value })).toMatchObject({ name, mark: `tag ${tag}` });
  });

  test.each([
    ['managed-by', 'platform-team'],
    ['managed-by', 'terraform-team'],
    ['managed-by', 'DevOps'],
    ['managed-by', 'manual'],
    ['managed-by', 'not terraform'],
    ['managed-by', 'formerly terraform'],
    ['terraform', 'false'],
    ['terraform', '0'],
    ['purpose', 'terraform-state'],
    ['source', 'terraform-state'],
    ['project', 'terraforming'],
    ['managed-by', 'terraforming'],
    ['created-by', 'charm'],
    ['git_repo', 'models'],
    ['hidden-title', 'Terraform'],
    ['hidden-link:/subscriptions/s', 'Resource'],
    ['sigs.k8s.io_cluster-api-provider-azure_cluster_ml', 'shared'],
    ['aks-team', 'ml'],
    ['', ''],
  ])('%s = %s is none', (tag, value) => {
    expect(managerByTags(account, { [tag]: value })).toBeUndefined();
  });

  test('foreign tags are safe to show, and odd bodies are no mark', () => {
    const tag = 'aks-managed-\u001b]0;owned\u0007\u202e';
    const mark = managerByTags(account, { [tag]: 'x' })?.mark ?? '';
    expect(mark).toMatch(/^tag aks-managed-/);
    expect(mark).not.toMatch(/[\u001b\u0007\u202e]/);
    for (const odd of [null, [], 'terraform', { 'managed-by': null }, { 'managed-by': ['terraform'] }]) {
      expect(managerByTags(account, odd as never)).toBeUndefined();
    }
  });
});

describe('resources', () => {
  const one = (more: object, of = account, type = 'Microsoft.Storage/storageAccounts'): Resource => ({
    ...{ id: of, type, apiVersion: '' },
    body: { id: of, ...more },
  });
  const among = (...resources: Resource[]): Snapshot => ({ ...worldSnapshot('mixed'), id: 'made', resources });

  test('a part has the manager of the whole, managedBy names a service, and a disk names its machine', () => {
    const network = id('Microsoft.Network/virtualNetworks', 'vnet');
    const whole = one({ tags: { 'managed-by': 'terraform' } }, network);
    const found = managerOf(`${network}/subnets/a`, among(whole));
    expect(found).toMatchObject({ kind: 'terraform', resource: network });
    const change = { kind: 'create', resource: `${network}/subnets/a` } as const;
    expect(managedSentence([{ change, ...(found ? { managedBy: found } : {}) }])).toBe(
      'Terraform manages vnet (tag managed-by): its next apply may revert this change. Change its configuration instead: `bastide export --as arm` prints the settings.',
    );
    const owner = id('Microsoft.Solutions/applications', 'app');
    expect(managerOf(account, among(one({ managedBy: owner })))).toMatchObject({ kind: 'service', name: 'app' });
    const disk = id('Microsoft.Compute/disks', 'd');
    expect(managerOf(disk, among(one({ managedBy: owner }, disk, 'Microsoft.Compute/disks')))).toBeUndefined();
    expect(managerOf(account, among(one({ managedBy: '' })))).toBeUndefined();
  });

  test('the groups of AKS and Databricks belong to them', () => {
    const cluster = id('Microsoft.ContainerService/managedClusters', 'aks-ml');
    const aks = one(
      { properties: { nodeResourceGroup: 'MC_rg-ml' } },
      cluster,
      'Microsoft.ContainerService/managedClusters',
    );
    const node = (name: string) => `${rg.replace('rg-ml', name)}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
    expect(managerOf(node('mc_RG-ml'), among(aks))?.name).toBe('AKS cluster aks-ml');
    expect(managerOf(node('rg-other'), among(aks))).toBeUndefined();
    const workspace = id('Microsoft.Databricks/workspaces', 'dbw');
    const managedResourceGroupId = rg.replace('rg-ml', 'dbw-managed');
    const databricks = one({ properties: { managedResourceGroupId } }, workspace, 'Microsoft.Databricks/workspaces');
    expect(managerOf(node('DBW-managed'), among(databricks))?.name).toBe('Databricks workspace dbw');
  });

  test('no world without marks has a manager in its findings and problems', () => {
    for (const world of ['mixed', 'open', 'governed', 'machines']) {
      const snapshot = worldSnapshot(world);
      const marked = snapshot.resources.filter((each) => managerOf(each.id, snapshot) !== undefined);
      expect(marked.map((each) => each.id)).toEqual([]);
    }
  });
});

describe('plans', () => {
  test('a plan names the tag, the template and the tool of what it changes, and no wizard or failed deployment', async () => {
    const opened = simulated('drifted');
    const { plain, plan } = await planned(opened, 'all');
    expect(told(plain)).toEqual(['acrmlsim: The Azure Developer CLI (tag azd-env-name)']);
    expect(told(plan).toSorted()).toEqual([
      'acrmlsim: The Azure Developer CLI (tag azd-env-name)',
      'kv-mlsim: A template (deployment main of 2024-04-02)',
    ]);
    expect(plan.steps.map(({ change }) => nameInParent(change.resource))).toContain('lakemlsim');
    expect([planDigest(plan), plan.gates, plan.effects]).toEqual([planDigest(plain), plain.gates, plain.effects]);
    const sentence =
      'A template deployed this (deployment main of 2024-04-02): deploying it again may revert this change';
    const forms = [
      planLines(plan).map(plainText).join('\n'),
      planMarkdown({ plan, digest: '', problems: [] }).replaceAll('\\', ''),
      planHtml(plan),
      planSentences(plan).join('\n'),
    ];
    for (const text of forms) {
      expect(text.split(sentence)).toHaveLength(2);
      expect(text).toContain('A template deployed kv-mlsim (deployment main of 2024-04-02)');
    }
  });

  test('a stack is read by the name of its deployment; a deployment that is named alike, without a stack, is a template', async () => {
    for (const isThere of [true, false]) {
      const opened = simulated('drifted');
      const stack = id('Microsoft.Resources/deploymentStacks', 'net');
      if (!isThere) expect(opened.plant('user', { method: 'DELETE', path: stack })).toBeLessThan(300);
      const { plan } = await planned(opened, ['compute.explicit-outbound', 'nsg.outbound-internet-open']);
      expect(plan.steps.length).toBeGreaterThan(0);
      const found = told(plan).filter((text) => text.startsWith('nsg-train'));
      const name = isThere
        ? 'Deployment stack net (deployment stack)'
        : 'A template (deployment net-24051714epybc of 2024-05-17)';
      expect(new Set(found.map((text) => text.slice(text.indexOf(': ') + 2)))).toEqual(new Set([name]));
    }
  });

  test('a stack of the subscription or of a management group is found in their lists, which are asked once', async () => {
    const subscription = rg.replace(/\/resourceGroups.*/, '');
    const above = '/providers/Microsoft.Management/managementGroups/mg-platform';
    const nsg = id('Microsoft.Network/networkSecurityGroups', 'nsg-train');
    for (const [scope, name] of [
      [subscription, '22222222-2222-2222-2222-222222222222'],
      [above, 'mg-platform'],
    ] as const) {
      const opened = simulated('drifted');
      opened.plant('user', { method: 'DELETE', path: id('Microsoft.Resources/deploymentStacks', 'net') });
      const snapshot = await finished(opened.session.scan());
      const asked: string[] = [];
      const stack = `${scope}/providers/Microsoft.Resources/deploymentStacks/landing`;
      const session = {
        ...opened.session,
        // Of what is above a group the simulator has no stacks.
        async *look(...given: Parameters<typeof opened.session.look>) {
          const [, , , lists = []] = given;
          asked.push(...lists.map(({ collection }) => collection));
          const found = yield* opened.session.look(...given);
          const type = 'Microsoft.Resources/deploymentStacks';
          const body = { id: stack, properties: { resources: [{ id: nsg.toUpperCase(), status: 'managed' }] } };
          const isListed = lists.some(({ collection }) => collection === `${scope}/providers/${type}`);
          const made = { id: stack, type, apiVersion: '2024-07-01', body };
          return isListed ? { ...found, resources: [...found.resources, made] } : found;
        },
        latest: () => ({
          ...snapshot,
          resources: [
            ...snapshot.resources,
            {
              ...{ id: `${above}/providers/Microsoft.Authorization/policyAssignments/p`, apiVersion: '', body: {} },
              type: 'Microsoft.Authorization/policyAssignments',
            },
          ],
        }),
      };
      const plain = opened.session.plan(snapshot, {
        ...{ targets: ['compute.explicit-outbound', 'nsg.outbound-internet-open'] },
        ...{ answers: {}, ips: [], profile: 'all' },
      });
      const plan = await finished(withManagers({ signal }, session, plain));
      expect(told(plan).filter((text) => text.startsWith('nsg-train'))).toContain(
        `${
          told(plan)
            .find((text) => text.startsWith('nsg-train'))
            ?.split(':')[0]
        }: Deployment stack landing (deployment stack of ${name})`,
      );
      const lists = asked.filter((one) => one.endsWith('/deploymentStacks'));
      expect(lists.toSorted()).toEqual(
        [above, subscription].map((one) => `${one}/providers/Microsoft.Resources/deploymentStacks`).toSorted(),
      );
    }
  });

  test('a history that is refused is said, and is not an answer', async () => {
    const opened = simulated('drifted');
    opened.limit([
      { scope: rg.replace(/\/resourceGroups.*/, ''), actions: ['*'], notActions: ['Microsoft.Resources/*'] },
    ]);
    const { plain, plan } = await planned(opened, 'all');
    expect(told(plan)).toEqual(told(plain));
    expect(plan.managersUnread?.map(({ action }) => action)).toEqual(['Microsoft.Resources/deployments/read']);
    expect(plan.gaps).toEqual(plain.gaps);
    const reason = 'The deployments of rg-ml could not be read, so it is not known whether a template manages';
    for (const text of [planLines(plan).map(plainText).join('\n'), planSentences(plan).join('\n')]) {
      expect(text).toContain(reason);
    }
  });

  test('what is advised can be exported', () => {
    const names = shapes.map(({ name }) => name);
    expect(names).toContain(exportShapeOf({ kind: 'terraform' }));
  });
});
