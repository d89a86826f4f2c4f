// Microsoft.Network/networkManagers: what they hold decides nothing until it is committed to a region; and the security admin rules
// and connectivity configurations that follow from it for one network. Groups hold networks by static members; a dynamic one, which a policy fills, holds none here.
// Source: the operation of the generated clients, concept-security-admins and query-azure-resource-graph (Microsoft docs, 2025).
import { fold, nameOf, parentOf, within } from '../../gateway/address.ts';
import { networkError, ok } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, clone, isObject, json, list, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import type { Deed, ProviderCall, ProviderType } from '../provider.ts';
import { plainRegion } from './references.ts';
import { propertiesOf } from './subnet-document.ts';

const type = 'Microsoft.Network/networkManagers';
const configurations = `${type}/securityAdminConfigurations`;
/** What was committed, by region: the service keeps it and shows it elsewhere. */
const kept = 'committed';

export const networkManagers: ProviderType = {
  type,
  long: { put: 'none', delete: 'location' },
  etags: true,
  replace: ({ before, body }) => replaceDocument(before, body, ['resourceGuid', kept]),
  show(_call, body) {
    propertiesOf(body).delete(kept);
    return body;
  },
  actions: { commit },
};

/** Puts configurations in force in regions; those that were in force there before are not any more. */
function commit(call: ProviderCall, body: ArmObject | undefined): Deed {
  const manager = clone(call.store.get(call.address.path) ?? new Map());
  const word = (member: string) => list(body, member).filter((one) => typeof one === 'string');
  const [regions, ids] = [word('targetLocations').map(plainRegion), word('configurationIds')];
  const kind = fold(text(body, 'commitType') ?? '');
  if (!['securityadmin', 'connectivity'].includes(kind) || regions.length === 0) {
    throw networkError(400, 'InvalidRequestFormat', 'Cannot parse the request.', [
      { code: 'InvalidJson', message: 'Security admin and connectivity configurations are committed to regions.' },
    ]);
  }
  const missing = ids.find((id) => !call.store.get(id));
  if (missing !== undefined) throw networkError(400, 'InvalidResourceReference', `Resource ${missing} was not found.`);
  const properties = propertiesOf(manager);
  const others = list(properties, kept).filter(
    (one) => kindOf(one) !== kind || !regions.includes(text(one, 'region') ?? ''),
  );
  put(properties, kept, [...others, ...regions.map((region) => json({ region, kind, ids }))]);
  put(manager, 'properties', properties);
  const result = object({ commitId: call.newId(), targetLocations: regions, configurationIds: ids });
  return { target: idOf(manager), next: manager, result };
}

const kindOf = (commit: ArmJson): string => text(commit, 'kind') ?? 'securityadmin';

/** The configurations of one kind in force in a region. */
const inForce = (store: Store, region: string, kind: 'securityadmin' | 'connectivity'): ArmObject[] =>
  store
    .ofType(type)
    .flatMap((manager) => list(manager, 'properties', kept))
    .filter((one) => text(one, 'region') === region && kindOf(one) === kind)
    .flatMap((one) => list(one, 'ids'))
    .flatMap((id) => (typeof id === 'string' ? (store.get(id) ?? []) : []));

const groupsOf = (collection: ArmObject): string[] =>
  list(collection, 'properties', 'appliesToGroups').flatMap((one) => text(one, 'networkGroupId') ?? []);

/** Is the network, or a subnet of it, a static member of the group? */
const holdsNetwork = (store: Store, group: string, network: string): boolean =>
  store
    .ofType(`${type}/networkGroups/staticMembers`, group)
    .some((member) => within(text(member, 'properties', 'resourceId') ?? '', network));

/** The rule collections that hold for a network. */
const collectionsFor = (store: Store, network: ArmObject): ArmObject[] =>
  inForce(store, plainRegion(text(network, 'location') ?? ''), 'securityadmin')
    .flatMap((configuration) => store.ofType(`${configurations}/ruleCollections`, idOf(configuration)))
    .filter((collection) => groupsOf(collection).some((group) => holdsNetwork(store, group, idOf(network))));

/** Every security admin rule in effect in a network; those of a snapshot, where the state was made of one. */
function effectiveRules(store: Store, network: ArmObject): ArmJson[] {
  const seen = store.get(`${idOf(network)}/listNetworkManagerEffectiveSecurityAdminRules`);
  if (seen) return list(seen, 'value');
  return collectionsFor(store, network).flatMap((collection) => {
    const configuration = store.get(parentOf(idOf(collection)));
    return store.ofType(`${configurations}/ruleCollections/rules`, idOf(collection)).map((rule) =>
      json({
        id: idOf(rule),
        configurationDescription: text(configuration, 'properties', 'description'),
        ruleCollectionDescription: text(collection, 'properties', 'description'),
        ruleCollectionAppliesToGroups: list(collection, 'properties', 'appliesToGroups'),
        ruleGroups: groupsOf(collection)
          .filter((group) => holdsNetwork(store, group, idOf(network)))
          .flatMap((group) => store.get(group) ?? [])
          .map((group) => ({ id: idOf(group), properties: at(group, 'properties') ?? null })),
        kind: text(rule, 'kind') ?? 'Custom',
        properties: at(rule, 'properties') ?? null,
      }),
    );
  });
}

/** Every connectivity configuration in effect in a network; those of a snapshot, where the state was made of one. */
function effectiveConnectivity(store: Store, network: ArmObject): ArmJson[] {
  const seen = store.get(`${idOf(network)}/listNetworkManagerEffectiveConnectivityConfigurations`);
  if (seen) return list(seen, 'value');
  return inForce(store, plainRegion(text(network, 'location') ?? ''), 'connectivity').flatMap((configuration) => {
    const groups = groupsOf(configuration).filter((group) => holdsNetwork(store, group, idOf(network)));
    if (groups.length === 0) return [];
    return json({
      id: idOf(configuration),
      configurationGroups: groups
        .flatMap((group) => store.get(group) ?? [])
        .map((group) => ({ id: idOf(group), properties: at(group, 'properties') ?? null })),
      properties: at(configuration, 'properties') ?? null,
    });
  });
}

const rulesOnPage = 100;

/** POST virtualNetworks/{name}/listNetworkManagerEffectiveSecurityAdminRules; the body may hold where the last answer ended. */
export const listEffectiveRules = ({ store, address }: ProviderCall, body: ArmObject | undefined) =>
  pageOf(effectiveRules(store, store.get(address.path) ?? new Map()), body);

/** POST virtualNetworks/{name}/listNetworkManagerEffectiveConnectivityConfigurations. */
export const listEffectiveConnectivity = ({ store, address }: ProviderCall, body: ArmObject | undefined) =>
  pageOf(effectiveConnectivity(store, store.get(address.path) ?? new Map()), body);

function pageOf(all: readonly ArmJson[], body: ArmObject | undefined) {
  const start = Number(text(body, 'skipToken') ?? 0);
  if (!Number.isInteger(start)) throw networkError(400, 'InvalidSkipToken', 'The skip token is invalid.');
  const end = start + rulesOnPage;
  return ok(object({ value: all.slice(start, end), skipToken: end < all.length ? String(end) : undefined }));
}

/** The rows of Resource Graph that say by which configurations networks are ruled. */
export function rulingRows(store: Store): ArmObject[] {
  return store.ofType('Microsoft.Network/virtualNetworks').flatMap((network) => {
    const ids = effectiveRules(store, network).flatMap((rule) => text(rule, 'id') ?? []);
    if (ids.length === 0) return [];
    const own = [...new Set(ids.map((id) => parentOf(parentOf(id))))];
    return object({
      id: `${idOf(network)}/providers/Microsoft.Network/effectiveSecurityAdminRules/default`,
      name: 'default',
      type: 'microsoft.network/effectivesecurityadminrules',
      properties: { EffectiveSecurityAdminConfigurations: own.map((id) => ({ Id: id })) },
    });
  });
}

/** For the check of single packets: what one security admin rule says, in the words of a group's rule. */
export const rulesAt = (store: Store, network: ArmObject): ArmObject[] =>
  effectiveRules(store, network)
    .filter(isObject)
    .map((rule) => new Map([...rule, ['name', nameOf(idOf(rule))]]));
