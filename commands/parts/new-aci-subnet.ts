// A new subnet for container instances: its network, its name, its range, and the existing subnets.

import type { ProfileChoice } from '../../src/model/assumption.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold, nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { clean } from '../../src/model/text.ts';
import {
  containerDelegation,
  freeRange,
  refusesRange,
  subnetView,
  vnetType,
  vnetView,
} from '../../src/resource-types/index.ts';
import type { Creation } from '../../src/session/session.ts';
import type { Existing } from './existing-compute.ts';

export interface SubnetArgs {
  readonly name: string;
  readonly prefix?: string | undefined;
}

const usage = (code: string, message: string, next: string): Failure =>
  new Failure(code, exitStatus.usage, message, next);

/** Throws Failure (exit 2) for a name that Azure refuses (Microsoft Learn, "Naming rules", read 2026). */
export function legalSubnet(name: string): void {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?$/.test(name)) return;
  throw usage(
    'bad-name',
    `${clean(name, 60)} is not a valid subnet name: use 1 to 80 letters, digits, dots, dashes and underscores, starting with a letter or digit.`,
    'Nothing was sent. Choose another name.',
  );
}

/** The network of this name or id; the only one that was read where none is named. Throws Failure (exit 2). */
export function networkNamed(snapshot: Snapshot, wanted: string | undefined): Resource {
  const all = indexSnapshot(snapshot).ofType(vnetType);
  const found = wanted === undefined ? all : all.filter(({ id }) => sameId(id, wanted) || sameId(nameOf(id), wanted));
  const [only] = found;
  if (only && found.length === 1) return only;
  const choices = all.map(({ id }) => clean(nameOf(id), 120)).join(', ');
  const what =
    wanted === undefined ? 'No virtual network is given' : `No single virtual network is named ${clean(wanted, 80)}`;
  throw usage(
    'unknown-network',
    `${what}.`,
    choices === '' ? 'No virtual network was found.' : `Pass --vnet with one of ${choices}.`,
  );
}

/** The subnet of this name, and how it differs from the request; undefined where there is none. */
export function existingSubnet(network: Resource, { name, prefix }: SubnetArgs): Existing | undefined {
  const found = vnetView(network).subnets.find(({ id }) => sameId(nameOf(id), name));
  if (!found) return undefined;
  const { prefixes, delegations, provisioningState } = subnetView(found);
  const isHanded = delegations.some((service) => fold(service) === fold(containerDelegation));
  const isThere = prefix === undefined || prefixes.includes(prefix);
  return {
    exists: found.id,
    type: 'subnet',
    state: provisioningState ?? null,
    differs: [
      ...(isThere ? [] : [{ setting: 'address range', stands: prefixes.join(', '), asked: prefix }]),
      ...(isHanded ? [] : [{ setting: 'delegated to', stands: delegations.join(', '), asked: containerDelegation }]),
    ],
  };
}

/** What is to be made. Throws Failure (exit 2) for a range that is not free, and where none is named and none is free. */
export function subnetCreation(
  snapshot: Snapshot,
  network: Resource,
  { name, prefix }: SubnetArgs,
  profile: ProfileChoice,
): Creation {
  const index = indexSnapshot(snapshot);
  const range = prefix ?? freeRange(network, index);
  const where = clean(nameOf(network.id), 120);
  const free = freeRange(network, index);
  const next =
    free === undefined
      ? 'Pass a range of its address space: --prefix RANGE.'
      : `${free} is free: pass --prefix ${free}.`;
  if (range === undefined) throw usage('no-free-range', `${where} has no free range.`, next);
  const refusal = refusesRange(network, range, index);
  if (refusal !== undefined) throw usage('bad-prefix', refusal, `Nothing was sent. ${next}`);
  const delegation = { name: 'bastide-aci', properties: { serviceName: containerDelegation } };
  return {
    change: {
      kind: 'create',
      resource: `${network.id}/subnets/${name}`,
      edits: [],
      body: { properties: { addressPrefix: range, delegations: [delegation] } },
    },
    advice: `Uses ${range} of the address space of ${where}. Only container groups can be placed in the subnet.`,
    around: [network.id, ...(snapshot.workspace === null ? [] : [snapshot.workspace])],
    stops: [],
    warns: ['aci.', 'acr.service-endpoint-clients'],
    profile,
  };
}
