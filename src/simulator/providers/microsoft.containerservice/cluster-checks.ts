// What the service refuses of a Kubernetes cluster's address plan and of its pools, before anything is made. Codes as reports
// quote them (docs/reference/azure-errors.md); where none is known, the answer is a plain BadRequest.
import { fold, parentOf } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmObject, at, isObject, JsonNumber, list, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { contains, overlap, rangeOf, type ServiceRange } from '../ipv4.ts';
import { prefixesOf } from '../microsoft.network/subnet-document.ts';

const [reservedInSubnet, defaultPods, largestService] = [5, 30, 12];
/** Ranges that the service uses itself (Microsoft Learn, "AKS legacy CNI", read 2026-04). */
const reserved = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'];
const refused = (message: string): ArmError => new ArmError(400, 'BadRequest', message);

const ranges = (texts: readonly string[]): { readonly text: string; readonly range: ServiceRange }[] =>
  texts.flatMap((one) => {
    const range = rangeOf(one);
    return range ? [{ text: one, range }] : [];
  });
const inProfile = (cluster: ArmObject, member: string): string | undefined =>
  text(cluster, 'properties', 'networkProfile', member);

/** Throws what the service says to a plan that cannot work. */
export function checkPlan(store: Store, cluster: ArmObject): void {
  const service = inProfile(cluster, 'serviceCidr');
  const own = service === undefined ? undefined : rangeOf(service);
  if (service !== undefined && !own) throw refused(`The service CIDR ${service} is not a valid address range.`);
  if (own && own.bits < largestService) {
    throw refused(`The service CIDR ${service} must be smaller than /${largestService}.`);
  }
  for (const { text: taken, range } of ranges(reserved)) {
    for (const asked of [service, inProfile(cluster, 'podCidr')]) {
      const plan = asked === undefined ? undefined : rangeOf(asked);
      if (plan && overlap(plan, range)) throw refused(`The range ${asked} overlaps ${taken}, which is reserved.`);
    }
  }
  if (own && service !== undefined) checkService(store, cluster, own, service);
}

function checkService(store: Store, cluster: ArmObject, own: ServiceRange, service: string): void {
  const dns = inProfile(cluster, 'dnsServiceIP');
  const address = dns === undefined ? undefined : rangeOf(dns);
  if (dns !== undefined && (!address || !contains(own, address) || address.first === own.first + 1)) {
    throw refused(`The DNS service IP ${dns} must be in the service CIDR ${service} and not its first address.`);
  }
  const networks = new Set(
    list(cluster, 'properties', 'agentPoolProfiles').flatMap((pool) => {
      const where = text(pool, 'vnetSubnetID');
      return where === undefined ? [] : [fold(parentOf(where))];
    }),
  );
  for (const network of networks) {
    for (const subnet of list(store.get(network), 'properties', 'subnets')) {
      const met = ranges(prefixesOf(at(subnet, 'properties'))).find(({ range }) => overlap(range, own));
      if (met) {
        throw new ArmError(
          400,
          'ServiceCidrOverlapExistingSubnetsCidr',
          `The specified service CIDR ${service} is conflicted with an existing subnet CIDR ${met.text}`,
          { target: 'networkProfile.serviceCIDR' },
        );
      }
    }
  }
}

/** Pools are refused with the error alone as the body (recorded, azure-cli-extensions). */
const refusedPool = (code: string, target: string, message: string): ArmError =>
  new ArmError(400, code, message, { bare: true, target });

function checkTaints(pool: ArmObject): void {
  const isSystem = fold(text(pool, 'mode') ?? '') === 'system';
  const isKnown = (taint: string) => /^CriticalAddonsOnly\b|:PreferNoSchedule$/i.test(taint);
  const own = list(pool, 'nodeTaints').filter((taint) => typeof taint === 'string' && !isKnown(taint));
  if (!isSystem || own.length === 0) return;
  const message =
    "Placing custom taints on system pool is not supported(except 'CriticalAddonsOnly' taint or taint effect is 'PreferNoSchedule'). Please refer to https://aka.ms/aks/system-taints for detail";
  throw refusedPool('SystemPoolHasRestrictedTaint', 'agentPoolProfile.nodeTaints', message);
}

const localDnsModes = ['Preferred', 'Required', 'Disabled'];
const localDnsZones = ['.', 'cluster.local'];

function checkLocalDns(pool: ArmObject): void {
  const profile = at(pool, 'localDNSProfile');
  if (!isObject(profile)) return;
  const refuse = (member: string, why: string): ArmError => {
    const target = `localDNSProfile.${member}`;
    return refusedPool(
      'InvalidParameter',
      target,
      `The value of parameter ${target} is invalid. Error details: ${why}`,
    );
  };
  const mode = text(profile, 'mode') ?? 'Unspecified';
  if (!localDnsModes.some((one) => fold(one) === fold(mode))) {
    throw refuse('mode', `value ${mode} is not allowed. Only Preferred, Required and Disabled are allowed.`);
  }
  // Both or neither: Azure has its own where neither is said.
  const said = ['vnetDNSOverrides', 'kubeDNSOverrides'].filter((member) => isObject(at(profile, member)));
  if (fold(mode) === 'disabled' || said.length === 0) return;
  for (const [member, name] of [
    ['vnetDNSOverrides', 'VnetDNSOverrides'],
    ['kubeDNSOverrides', 'KubeDNSOverrides'],
  ] as const) {
    const overrides = at(profile, member);
    if (!isObject(overrides)) throw refuse(member, `${name} must not be nil.`);
    const missing = localDnsZones.find((zone) => !overrides.has(zone));
    if (missing !== undefined) throw refuse(member, `zone '"${missing}"' is required in ${name}.`);
  }
}

/** Throws for a pool whose subnet does not exist, is delegated to a service, or too small with the pools that are in it. */
export function checkPool(store: Store, cluster: ArmObject, pool: ArmObject, others: readonly ArmObject[] = []): void {
  const limits = [number(pool, 'minCount'), number(pool, 'count'), number(pool, 'maxCount')];
  const [least = 0, count = 0, most] = limits;
  if (at(pool, 'enableAutoScaling') === true && most !== undefined && (most < count || most < least)) {
    throw new ArmError(
      400,
      'InvalidParameter',
      `The value of maxCount, ${most}, must not be less than minCount, ${least}, and count, ${count}.`,
      { target: 'agentPoolProfile.maxCount' },
    );
  }
  checkTaints(pool);
  checkLocalDns(pool);
  const where = text(pool, 'vnetSubnetID');
  if (where === undefined) return;
  const subnet = store.get(where);
  if (!subnet) throw new ArmError(400, 'SubnetNotFound', `The subnet ${where} was not found.`);
  const delegation = list(subnet, 'properties', 'delegations')[0];
  if (delegation !== undefined) {
    throw refused(
      `The subnet ${where} is delegated to ${text(delegation, 'properties', 'serviceName') ?? 'a service'}.`,
    );
  }
  const here = others.filter((other) => fold(text(other, 'vnetSubnetID') ?? '') === fold(where));
  const need = [pool, ...here].reduce((sum, one) => sum + addressesOf(cluster, one), 0);
  const prefixes = prefixesOf(at(subnet, 'properties'));
  const room = ranges(prefixes).reduce((sum, { range }) => sum + range.last - range.first + 1 - reservedInSubnet, 0);
  if (need > room) {
    throw new ArmError(
      400,
      'InsufficientSubnetSize',
      `Pre-allocated IPs ${need} exceeds IPs available ${room} in Subnet Cidr ${prefixes.join(', ')}, Subnet Name ${text(subnet, 'name') ?? idOf(subnet)}.`,
      { target: 'agentPoolProfile.vnetSubnetID' },
    );
  }
}

/** Addresses that the nodes of a pool hold as many as they are now, with one more while they are upgraded. */
function addressesOf(cluster: ArmObject, pool: ArmObject): number {
  const nodes = (number(pool, 'count') ?? 0) + 1;
  const flat =
    fold(inProfile(cluster, 'networkPlugin') ?? '') === 'azure' &&
    fold(inProfile(cluster, 'networkPluginMode') ?? '') !== 'overlay' &&
    text(pool, 'podSubnetID') === undefined;
  return flat ? nodes * (1 + (number(pool, 'maxPods') ?? defaultPods)) : nodes;
}

function number(pool: ArmObject, member: string): number | undefined {
  const value = at(pool, member);
  return value instanceof JsonNumber ? Number(value.text) : undefined;
}
