// Which tool or service manages a resource, and so puts its own settings back after another change. Only what a mark proves
// counts: a tag that names a team or a cost centre is none. Pure.
import type { Change } from './change.ts';
import { isObject, type Json } from './json.ts';
import { member, memberNames } from './pointer.ts';
import { fold, nameInParent, sameId } from './resource-id.ts';
import { clean } from './text.ts';

export type ManagerKind =
  | 'terraform'
  | 'pulumi'
  | 'bicep'
  | 'arm'
  | 'azd'
  | 'ansible'
  | 'crossplane'
  | 'iac'
  | 'deployment'
  | 'stack'
  | 'service';

export interface Manager {
  readonly kind: ManagerKind;
  /** The subject of a sentence: `Terraform`, `Deployment main`, `AKS cluster aks-ml`. */
  readonly name: string;
  /** What says so: `tag managed-by`, `deployment history of rg-ml`. */
  readonly mark: string;
  /** Id of the resource that bears the mark: the one in question, or the one that it is a part of. */
  readonly resource: string;
}

interface Tool {
  readonly name: string;
  /** What may overwrite a change: whether it holds the setting is in a configuration that was not read. */
  readonly next: string;
}

const tools: Readonly<Record<Exclude<ManagerKind, 'deployment' | 'stack' | 'service'>, Tool>> = {
  terraform: { name: 'Terraform', next: 'its next apply' },
  pulumi: { name: 'Pulumi', next: 'its next update' },
  bicep: { name: 'Bicep', next: 'its next deployment' },
  arm: { name: 'An ARM template', next: 'its next deployment' },
  azd: { name: 'The Azure Developer CLI', next: 'its next provisioning' },
  ansible: { name: 'Ansible', next: 'its next run' },
  crossplane: { name: 'Crossplane', next: 'its next reconciliation' },
  iac: { name: 'A repository of infrastructure as code', next: 'its next run' },
};
const others = {
  deployment: { next: 'deploying it again' },
  stack: { next: 'the next update of the stack' },
  service: { next: 'the service' },
} as const;

/** Words in values of tags by which a tool is meant. */
const wordsOfTools: readonly (readonly [word: RegExp, kind: keyof typeof tools])[] = [
  [/^(?:terraform|opentofu|terragrunt|azurerm|tfc|tfe)$/, 'terraform'],
  [/^pulumi$/, 'pulumi'],
  [/^bicep$/, 'bicep'],
  [/^(?:arm|armtemplate|armtemplates)$/, 'arm'],
  [/^azd$/, 'azd'],
  [/^ansible$/, 'ansible'],
  [/^crossplane$/, 'crossplane'],
];
/** A value with one of these says that the tool does not manage the resource, or no longer; or it means people, or the tool's own data. */
const denied =
  /^(?:no|not|none|non|unmanaged|false|without|manual|manually|former|formerly|was|were|ex|migrated|exempt|team|teams|squad|state|backend)$/;

/**
 * Tags whose value names the tool. There is no standard: these are the ones in use in modules and examples, compared without letter
 * case, dashes, underscores, dots, colons and blanks.
 * - `managed-by`, `ManagedBy`, `managed_by`: Azure/terraform-azurerm-* modules and their examples, 2023 to 2026;
 * - `provisioner`, `provisioned-by`, `deployed-by`, `created-by`, `source`, `iac`: public Terraform and Bicep repositories, seen 2026-11.
 */
const toolTags: readonly string[] = [
  ...['managedby', 'managedwith', 'provisioner', 'provisionedby', 'provisionedwith', 'deployedby', 'deployedwith'],
  ...['deploymentmethod', 'deploymenttool', 'createdby', 'createdwith', 'builtby', 'iac', 'iactool', 'source'],
];

/** Tags that are themselves the mark, whatever their value. */
const ownTags: readonly {
  readonly tag: RegExp;
  readonly kind: Exclude<ManagerKind, 'deployment' | 'stack'>;
  readonly name?: string;
}[] = [
  // Written by hand as a flag or beside a workspace or module of Terraform; a value that denies it is none.
  { tag: /^(?:is[-_ ]?)?(?:managed[-_ ]?by[-_ ]?)?(?:terraform|opentofu)(?:[-_ ]?managed)?$/i, kind: 'terraform' },
  { tag: /^(?:terraform|tfc|tf)[-_: ](?:workspace|module|project|stack|version|repo|repository)$/i, kind: 'terraform' },
  // Azure Developer CLI: the tag by which azd finds the resources of an environment (Azure-Samples templates, 2026-11).
  { tag: /^azd-(?:env|service)-name$/i, kind: 'azd' },
  // Crossplane: `ExternalResourceTagKeyKind`, `…Name`, `…Provider` of crossplane-runtime, pkg/resource (2026-11).
  { tag: /^crossplane-(?:kind|name|providerconfig)$/i, kind: 'crossplane' },
  // Yor writes them into Terraform, Bicep and ARM files (bridgecrewio/yor, README; Azure/terraform-azurerm-hubnetworking with a prefix).
  { tag: /^(?:\w+_)?yor_(?:trace|name)$/i, kind: 'iac' },
  // Pulumi's own tags where stacks are tagged by a transformation (pulumi.com, "Automatically enforcing tags").
  { tag: /^(?:user:|pulumi:|pulumi-)(?:project|stack)$/i, kind: 'pulumi' },
  // AKS puts them on what it makes in its node resource group (learn.microsoft.com, "Use Azure tags in AKS", 2023-06-16).
  { tag: /^aks-managed-/i, kind: 'service', name: 'AKS' },
  // The cloud provider of Kubernetes: load balancers and addresses (kubernetes-sigs/cloud-provider-azure, pkg/consts, 2026-11).
  { tag: /^k8s-azure-(?:cluster-name|service)$/i, kind: 'service', name: 'Kubernetes' },
  // Cluster API: `NameAzureProviderOwned` (kubernetes-sigs/cluster-api-provider-azure, api/v1beta1/tags.go, 2026-11); `shared` is not owned.
  { tag: /^sigs\.k8s\.io_cluster-api-provider-azure_cluster_/i, kind: 'service', name: 'Cluster API' },
  // DevTest Labs: the only hidden tag that names an owner. `hidden-title` and `hidden-link:` are the portal's
  // (MicrosoftDocs/community-content, "Hidden tags in Microsoft Azure", 2023-09-26).
  { tag: /^hidden-devtestlabs-/i, kind: 'service', name: 'Azure DevTest Labs' },
];

/** The manager that tags of a resource name; undefined where none does. The first tag in their order decides. */
export function managerByTags(resource: string, tags: Json | undefined): Manager | undefined {
  if (!isObject(tags)) return undefined;
  for (const name of memberNames(tags)) {
    const value = member(tags, name);
    const found = typeof value === 'string' ? managerOfTag(name, value) : undefined;
    if (found !== undefined) return { ...found, mark: `tag ${clean(name, 60)}`, resource };
  }
  return undefined;
}

function managerOfTag(name: string, value: string): Pick<Manager, 'kind' | 'name'> | undefined {
  const words = value.toLowerCase().split(/[^a-z0-9]+/);
  if (value.trim() === '0' || words.some((word) => denied.test(word))) return undefined;
  const own = ownTags.find(({ tag }) => tag.test(name));
  if (own !== undefined) {
    const isShared = /cluster-api/i.test(name) && fold(value) !== 'owned';
    if (isShared) return undefined;
    return { kind: own.kind, name: own.name ?? (own.kind === 'service' ? 'A service' : tools[own.kind].name) };
  }
  if (!toolTags.includes(name.toLowerCase().replace(/[-_.: ]/g, ''))) return undefined;
  const kind = wordsOfTools.find(([word]) => words.some((one) => word.test(one)))?.[1];
  return kind === undefined ? undefined : { kind, name: tools[kind].name };
}

const nextOf = (kind: ManagerKind): string =>
  (kind === 'deployment' || kind === 'stack' || kind === 'service' ? others[kind] : tools[kind]).next;

/** A change of something that has a manager. */
export interface ManagedChange {
  readonly managedBy?: Manager;
  readonly change: Pick<Change, 'kind' | 'resource'>;
}

/**
 * `Terraform manages this (tag managed-by): its next apply may revert this change. …`; of several changes that one mark is about, with
 * their names. `isNamed`: the sentence does not stand at its change.
 */
export function managedSentence(changes: readonly ManagedChange[], isNamed = false): string {
  const [first] = changes;
  if (first?.managedBy === undefined) return '';
  const { kind, name, mark } = first.managedBy;
  const isOne = changes.length === 1;
  const names = [...new Set(changes.flatMap(({ managedBy }) => (managedBy ? [nameInParent(managedBy.resource)] : [])))];
  const what =
    !isNamed && isOne && sameId(first.change.resource, first.managedBy.resource) ? 'this' : namesWords(names);
  const verb = kind === 'deployment' ? 'deployed' : 'manages';
  const those = isOne ? 'this change' : 'these changes';
  return `${clean(name, 120)} ${verb} ${what} (${clean(mark, 120)}): ${nextOf(kind)} may revert ${those}. ${insteadOf(first.managedBy, those)}`;
}

/** `Terraform manages stmldata (tag managed-by): its next apply may revert a fix.` Said of what a finding is about, before any plan. */
export function managerSentence({ kind, name, mark, resource }: Manager): string {
  const verb = kind === 'deployment' ? 'deployed' : 'manages';
  return `${clean(name, 120)} ${verb} ${clean(nameInParent(resource), 120)} (${clean(mark, 120)}): ${nextOf(kind)} may revert a fix.`;
}

/** So many names are listed. */
const mostNames = 3;
function namesWords(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map((one) => clean(one, 120));
  const more = names.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** One sentence for each manager and mark among the changes of a plan. */
export const managedSentences = (changes: readonly ManagedChange[]): string[] =>
  [
    ...Map.groupBy(changes, ({ managedBy }) =>
      managedBy === undefined ? '' : JSON.stringify([managedBy.kind, managedBy.name, managedBy.mark]),
    ),
  ].flatMap(([key, alike]) => (key === '' ? [] : [managedSentence(alike, true)]));

/** The shape of `bastide export` that holds the settings for it. */
export const exportShapeOf = ({ kind }: Pick<Manager, 'kind'>): 'arm' | null => (kind === 'service' ? null : 'arm');

function insteadOf(manager: Manager, those: string): string {
  const shape = exportShapeOf(manager);
  if (shape === null) return 'Change the settings of the service instead.';
  const command = `\`bastide export --as ${shape}\``;
  return ['deployment', 'stack', 'bicep', 'arm', 'azd'].includes(manager.kind)
    ? `Export ${those} instead: ${command}.`
    : `Change its configuration instead: ${command} prints the settings.`;
}
