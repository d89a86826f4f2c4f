// The virtual machines and HDInsight clusters that are attached to the workspace, and the security groups that decide their
// traffic: that of the subnet, and that of the NIC which the service reaches.

import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { looksLiteral } from '../net/addresses.ts';
import { decideAt } from '../net/decide.ts';
import { allowedTags } from '../net/index.ts';
import { leak } from '../net/leak.ts';
import { attachedView, hdinsightType, hdinsightView, nicsOf, nicView } from '../resource-types/machine-view.ts';
import { textAt } from '../resource-types/read.ts';
import { securityGroupType } from '../resource-types/security-group-view.ts';
import { computeView } from '../resource-types/workspace-view.ts';
import { adminRulesAt, beforeRules } from './admin-rules.ts';
import { contextAt, flowOf, layerFor, type OutboundMode, toInternet } from './flows.ts';
import { memoizePerSnapshot } from './memoize.ts';
import { computes } from './needs.ts';
import { securityGroupAt } from './training-subnets.ts';

/** Where one machine connects to the network. */
export interface MachinePlacement {
  readonly subnet: string;
  /** The interface; undefined for an HDInsight cluster, whose nodes' NICs are not read. */
  readonly nic: string | undefined;
  /** Its private address; undefined where the whole subnet is meant. */
  readonly local: readonly string[] | undefined;
  readonly publicAddress: string | undefined;
}

/** A cluster of files without a workspace, which nothing attaches. */
const isAlone = ({ type }: Resource): boolean => fold(type) === fold(hdinsightType);
/** Is it an HDInsight cluster, attached or in files without a workspace? */
export const isHdinsight = (compute: Resource): boolean =>
  computeView(compute).computeType === 'HDInsight' || isAlone(compute);
/** Does nothing attach it? */
export const isUnattached = isAlone;

/**
 * Attached machines and clusters; in files without a workspace, also clusters that none attaches. Throws UnreadableError when
 * the list of computes was not read.
 */
export const attachedMachines = memoizePerSnapshot((index): readonly Resource[] => {
  const attached = computes(index).filter(
    (one) => isHdinsight(one) || computeView(one).computeType === 'VirtualMachine',
  );
  if (index.snapshot.workspace !== null) return attached;
  const known = new Set(attached.map((one) => fold(computeView(one).resourceId ?? '')));
  return [...attached, ...index.ofType(hdinsightType).filter(({ id }) => !known.has(fold(id)))];
});

/**
 * The machine or cluster behind a compute; undefined when it is deleted or not named. Throws UnreadableError when it was not
 * read.
 */
export function attachedTo(compute: Resource, index: SnapshotIndex): Resource | undefined {
  if (isAlone(compute)) return compute;
  const { resourceId } = computeView(compute);
  return resourceId === undefined ? undefined : index.get(resourceId);
}

/**
 * Where a compute connects to the network: the NIC address that the service opens SSH to, else the primary one; each subnet
 * of an HDInsight cluster. [] when it is deleted or in no subnet. Throws UnreadableError when a resource between them was not
 * read.
 */
export function placementsOfMachine(compute: Resource, index: SnapshotIndex): readonly MachinePlacement[] {
  const attached = attachedTo(compute, index);
  if (!attached) return [];
  if (isHdinsight(compute)) {
    const at = { nic: undefined, local: undefined, publicAddress: undefined };
    return hdinsightView(attached).subnets.map((subnet) => ({ subnet, ...at }));
  }
  const placements = nicPlacements(attached, index);
  const { address } = attachedView(compute);
  const called =
    address === undefined ? undefined : placements.find((placement) => answersTo(placement, address, index));
  const placement = called ?? placements[0];
  return placement ? [placement] : [];
}

function nicPlacements(machine: Resource, index: SnapshotIndex): MachinePlacement[] {
  return nicsOf(machine).flatMap((id) => {
    const nic = index.get(id);
    return (nic ? nicView(nic).addresses : []).flatMap(({ subnet, address, publicAddress }) =>
      subnet === undefined
        ? []
        : [{ subnet, nic: id, local: address === undefined ? undefined : [address], publicAddress }],
    );
  });
}

/** Is this the NIC address that the service calls? An unread public address is not. */
function answersTo(placement: MachinePlacement, called: string, index: SnapshotIndex): boolean {
  if (placement.local?.includes(called)) return true;
  const there = placement.publicAddress === undefined ? undefined : index.peek(placement.publicAddress);
  if (there?.state !== 'read') return false;
  const { body } = there.resource;
  const names = [textAt(body, '/properties/ipAddress'), textAt(body, '/properties/dnsSettings/fqdn')];
  return names.some((name) => name !== undefined && fold(name) === fold(called));
}

/** Every subnet of any NIC of a machine, or of any role of a cluster. Throws UnreadableError as {@link placementsOfMachine}. */
export function everySubnetOf(compute: Resource, index: SnapshotIndex): readonly string[] {
  const attached = attachedTo(compute, index);
  if (!attached) return [];
  if (isHdinsight(compute)) return hdinsightView(attached).subnets;
  return nicPlacements(attached, index).map(({ subnet }) => subnet);
}

/** The group of an interface; undefined when it has none. Throws UnreadableError when it could not be read. */
export function nicGroup(nic: string, index: SnapshotIndex): Resource | undefined {
  const found = index.get(nic);
  const id = found && nicView(found).group;
  const group = id === undefined ? undefined : index.get(id);
  return group && fold(group.type) === fold(securityGroupType) ? group : undefined;
}

/** Open or limited: the operator's answer, else what the groups do together. Throws UnreadableError when one was not read. */
export function machineOutboundMode(placement: MachinePlacement, index: SnapshotIndex): OutboundMode {
  const { outboundMode } = index.snapshot.intents;
  if (outboundMode === 'open' || outboundMode === 'limited') return outboundMode;
  const subnet = securityGroupAt(placement.subnet, index);
  const nic = placement.nic === undefined ? undefined : nicGroup(placement.nic, index);
  const layers = [
    ...(nic ? [layerFor(nic, placement.subnet, index, false, 'nic')] : []),
    ...(subnet ? [layerFor(subnet, placement.subnet, index)] : []),
  ];
  const asked = placement.local === undefined ? toInternet : { ...toInternet, local: placement.local };
  const context = contextAt(placement.subnet, index);
  const flow = flowOf(asked, placement.subnet, index);
  const all = [...beforeRules(placement.subnet, index), ...layers];
  if (all.length === 0 || decideAt(flow, all, context).verdict === 'allowed') return 'open';
  const allowed = [subnet, nic].flatMap((group) => (group ? allowedTags(group.body) : []));
  const question = { source: flow.source.of, allowed: allowed.filter((name) => !looksLiteral(name)) };
  const adminRules = adminRulesAt(placement.subnet, index);
  const left = leak(question, { subnetNsg: subnet?.body, nicNsg: nic?.body, adminRules }, context, 1);
  return left.verdict === 'denied' ? 'limited' : 'undecided';
}
