// The assumptions, the question of each, and how a value written as text is parsed. No file and no session.
import type { AssumptionName, Assumptions } from './assumption.ts';
import type { Json } from './json.ts';
import { clean, counted } from './text.ts';

export interface AssumptionEntry {
  readonly name: AssumptionName;
  readonly kind: 'boolean' | 'choice' | 'list';
  readonly choices: readonly string[];
  /** The question, as a sentence without its question mark. */
  readonly says: string;
  /** The default value, or what it is inferred from. */
  readonly otherwise:
    | { readonly how: 'default'; readonly value: Json }
    | { readonly how: 'inferred'; readonly from: string };
  /** Rules whose outcome may depend on it; * is a wildcard. */
  readonly decides: readonly string[];
}
export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

type Rest = Pick<AssumptionEntry, 'otherwise' | 'decides'>;
const unless = (value: Json, ...decides: readonly string[]): Rest => ({
  otherwise: { how: 'default', value },
  decides,
});
const seenBy = (from: string, ...decides: readonly string[]): Rest => ({
  otherwise: { how: 'inferred', from },
  decides,
});

const yesNo = (name: AssumptionName, says: string, rest: Rest): AssumptionEntry => ({
  ...{ name, kind: 'boolean', choices: ['true', 'false'], says },
  ...rest,
});
const choice = (name: AssumptionName, choices: readonly string[], says: string, rest: Rest): AssumptionEntry => ({
  ...{ name, kind: 'choice', choices, says },
  ...rest,
});
const list = (name: AssumptionName, says: string, rest: Rest): AssumptionEntry => ({
  ...{ name, kind: 'list', choices: [], says },
  ...rest,
});

/** Rules that count every flow that nodes need. */
const ofAllFlows = ['nsg.rule-capacity', 'firewall.current-rules'];

export const assumptionEntries: readonly AssumptionEntry[] = [
  choice(
    'architecture',
    ['auto', 'service-endpoint', 'private-endpoint', 'managed-network'],
    'Which network architecture does the workspace use',
    seenBy('the firewalls and private endpoints of the default storage account, key vault and registry', '*'),
  ),
  choice(
    'outboundMode',
    ['auto', 'open', 'limited'],
    'Is outbound traffic from compute subnets restricted',
    seenBy(
      'the NSG of each subnet',
      ...['nsg.outbound-*', 'nsg.allow-before-deny', 'nsg.rule-capacity', 'vm.outbound-*', 'aks.outbound-*'],
      ...['storage.exfiltration-policy', 'acr.build-cluster-egress', 'workspace.managed-network-mode'],
    ),
  ),
  yesNo(
    'sshWanted',
    'Do users connect to compute clusters and instances by SSH',
    unless(false, 'compute.ssh-public-access', 'nsg.inbound-ssh'),
  ),
  yesNo(
    'externalScoring',
    'Do clients outside the virtual network call deployed models',
    seenBy(
      'whether the scoring endpoint has a public address',
      ...['aks.internal-load-balancer', 'aks.scoring-inbound', 'aks.ilb-capacity'],
    ),
  ),
  yesNo(
    'useMicrosoftImagesUserManaged',
    "Do user-managed environments use Microsoft's images",
    unless(false, 'nsg.outbound-mcr', ...ofAllFlows),
  ),
  list(
    'devClientIps',
    'Which public IP addresses or ranges do your own clients use (none is a valid value)',
    unless(
      [],
      ...['storage.dev-client-ip', 'storage.rule-capacity', 'storage.ip-rules-legal', 'storage.adls2-dataset-validate'],
      ...['storage.studio-colocation', 'storage.public-network-access', 'keyvault.operator-access'],
      ...['keyvault.ip-rules-legal', 'keyvault.public-network-access', 'nsg.inbound-ssh'],
    ),
  ),
  yesNo(
    'usesStudio',
    'Do users work in Azure Machine Learning studio',
    unless(
      true,
      ...['storage.studio-colocation', 'workspace.studio-blocked-by-secured-storage'],
      ...['nsg.outbound-frontdoor-frontend', ...ofAllFlows],
    ),
  ),
  yesNo(
    'usesBatchEndpoints',
    'Does the workspace use batch endpoints',
    unless(
      false,
      ...['storage.private-endpoints', 'storage.private-dns', 'storage.public-network-access'],
      ...['storage.same-vnet-as-compute', 'storage.adls2-compute-same-vnet', 'storage.default-action-deny'],
      'workspace.public-network-access',
      'compute.endpoint-path',
    ),
  ),
  yesNo(
    'usesRStudio',
    'Do users run RStudio on compute instances',
    unless(false, 'nsg.outbound-azureml-ports', ...ofAllFlows),
  ),
  yesNo(
    'usesVsCode',
    'Do users connect to compute instances with Visual Studio Code',
    unless(false, 'firewall.current-rules'),
  ),
  yesNo(
    'azureMonitorSecured',
    'Is Azure Monitor accessed through an Azure Monitor Private Link Scope',
    unless(false, 'nsg.outbound-azuremonitor', ...ofAllFlows),
  ),
  yesNo(
    'usesServerless',
    'Do jobs run on serverless compute',
    seenBy('whether a subnet or a managed network is set for it'),
  ),
  yesNo(
    'usesAci',
    'Are models deployed to Azure Container Instances',
    seenBy(
      'whether a subnet is delegated to Azure Container Instances',
      ...['aci.*', 'acr.service-endpoint-clients', 'compute.subnet-not-delegated'],
    ),
  ),
  list('aciSubnets', 'Which subnets are for Azure Container Instances (resource IDs)', unless([], 'aci.*')),
  list(
    'storageAccounts',
    'Which storage accounts does the workspace use in addition to its datastores (resource IDs)',
    unless(
      [],
      'storage.*',
      'aks.dependencies-same-vnet',
      'aks.storage-same-vnet',
      'databricks.storage-same-vnet',
      'compute.endpoint-path',
    ),
  ),
];

/** May an assumption change the outcome of a rule? */
export const affectsRule = ({ decides }: AssumptionEntry, rule: string): boolean =>
  decides.some((pattern) => {
    const [start = '', end] = pattern.split('*');
    return end === undefined ? pattern === rule : rule.startsWith(start) && rule.endsWith(end);
  });

/** A value as people write it. */
export const assumptionText = (value: Json): string =>
  Array.isArray(value) ? (value.length === 0 ? 'none' : value.map(String).join(', ')) : String(value);

export const assumptionEntry = (name: string): AssumptionEntry | undefined =>
  assumptionEntries.find((entry) => entry.name.toLowerCase() === name.toLowerCase());

/** A value written as text: `true`, `limited`, `203.0.113.7,198.51.100.0/24`, or `none` for an empty list. */
export function readAssumption(entry: AssumptionEntry, text: string): Read<Json> {
  const word = text.trim();
  if (entry.kind === 'list') {
    const items = word.split(/[\s,]+/).filter((item) => item !== '');
    return { ok: true, value: items.length === 1 && items[0]?.toLowerCase() === 'none' ? [] : items };
  }
  const known = entry.choices.find((value) => value === word.toLowerCase());
  if (known !== undefined) return { ok: true, value: entry.kind === 'boolean' ? known === 'true' : known };
  if (entry.kind === 'boolean' && /^(yes|no)$/i.test(word)) return { ok: true, value: word.toLowerCase() === 'yes' };
  return { ok: false, reason: `${entry.name} takes ${entry.choices.join(', ')}` };
}

/** Assumptions from the JSON of a file; unknown names and values of another type are listed in `wrong`. */
export function checkAssumptions(json: Json): { readonly intents: Assumptions; readonly wrong: readonly string[] } {
  const intents: Record<string, Json> = {};
  const wrong: string[] = [];
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { intents: {}, wrong: ['not an object'] };
  for (const [name, value] of Object.entries(json)) {
    const entry = assumptionEntries.find((candidate) => candidate.name === name);
    if (entry && fits(entry, value as Json)) intents[name] = value as Json;
    else wrong.push(name);
  }
  return { intents: intents as Assumptions, wrong };
}

function fits(entry: AssumptionEntry, value: Json): boolean {
  if (entry.kind === 'boolean') return typeof value === 'boolean';
  if (entry.kind === 'list') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return typeof value === 'string' && entry.choices.includes(value);
}

/** An assumption that two audits were made with in different ways; null where it is not declared. */
export interface AssumptionChange {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
}

/** Null where one of them is not known. The order of a list does not count. */
export function assumptionChanges(
  before: Assumptions | null | undefined,
  after: Assumptions | null | undefined,
): AssumptionChange[] | null {
  if (before == null || after == null) return null;
  return assumptionEntries
    .map(({ name }) => ({ name, before: declaredIn(before, name), after: declaredIn(after, name) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}

function declaredIn(assumptions: Assumptions, name: AssumptionName): Json {
  const value: Json = (assumptions[name] as Json | undefined) ?? null;
  return Array.isArray(value) ? value.map(String).toSorted() : value;
}
const valueWords = (value: Json): string => (value === null ? 'not declared' : clean(assumptionText(value), 300));

/** `outboundMode: not declared → limited`, a sentence for each; that they are not known, where one side does not tell. */
export function assumptionChangeWords(changes: readonly AssumptionChange[] | null | undefined): string[] {
  if (changes === undefined) return [];
  if (changes === null) return ['Whether the assumptions are the same is not known: one side does not tell them.'];
  return changes.map(({ name, before, after }) => `${name}: ${valueWords(before)} → ${valueWords(after)}`);
}

/** An assumption that is not the same for all workspaces of a fleet; the value that most have comes first. */
export interface AssumptionSpread {
  readonly name: string;
  /** `value` is null where it is not declared. */
  readonly values: readonly { readonly value: Json; readonly workspaces: readonly string[] }[];
}

export function assumptionSpread(
  fleet: readonly { readonly id: string; readonly intents: Assumptions }[],
): AssumptionSpread[] {
  return assumptionEntries.flatMap(({ name }) => {
    const groups = Map.groupBy(fleet, ({ intents }) => JSON.stringify(declaredIn(intents, name)));
    if (groups.size < 2) return [];
    const values = [...groups].map(([value, those]) => ({
      value: JSON.parse(value) as Json,
      workspaces: those.map(({ id }) => id),
    }));
    return [{ name, values: values.toSorted((a, b) => b.workspaces.length - a.workspaces.length) }];
  });
}

/** `outboundMode: not declared for 3 workspaces, limited for 1 workspace` */
export const assumptionSpreadWords = ({ name, values }: AssumptionSpread): string =>
  `${name}: ${values.map(({ value, workspaces }) => `${valueWords(value)} for ${counted(workspaces.length, 'workspace')}`).join(', ')}`;
