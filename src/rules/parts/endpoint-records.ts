// The records of private endpoints in private DNS zones: what a zone says of an endpoint's names, as a result, and the changes
// that make them resolve to it.

import { addressesFor, type Resolution, registeredIn, resolutions, rivalsOf } from '../../facts/endpoint-records.ts';
import type { EndpointInHand } from '../../facts/endpoints-in-hand.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import type { Phase } from '../../model/plan.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { holdsLaterAddress } from '../../resource-types/private-dns-records.ts';
import { zoneNameOf } from '../../resource-types/private-dns-zone.ts';
import type { CheckResult, Proposal } from '../rule.ts';
import { editable } from './proposals.ts';
import { displayName, evidenceAt, fail, few, noted, pass, unknown } from './verdict.ts';

/** What a zone says of the names of an endpoint, as a result. */
export function resolutionResult(endpoint: EndpointInHand, zone: Resource, resolution: Resolution): CheckResult {
  const { id } = endpoint.endpoint;
  const name = clean(zoneNameOf(zone.id), 120);
  const count = evidenceAt(zone, '/properties/numberOfRecordSets', 'record sets of the zone');
  if (resolution.state === 'yes')
    return pass(`The zone ${name} resolves the names of ${displayName(id)} to it.`, [
      noted(id, [...endpoint.addresses], 'addresses of the private endpoint'),
    ]);
  if (resolution.state === 'unread')
    return unknown(`Whether the zone ${name} resolves to ${displayName(id)} is not known: ${resolution.gap.reason}`, [
      noted(resolution.gap.id, null, 'could not be read'),
    ]);
  const label = clean(resolution.label, 120);
  if (resolution.state === 'missing')
    return fail(`The zone ${name} has no record ${label} for ${displayName(id)}: the name does not resolve to it.`, [
      count,
    ]);
  const { record, addresses } = resolution;
  const evidence = [
    record
      ? evidenceAt(record, '/properties/aRecords', 'record')
      : noted(zone.id, [...addresses], 'addresses that a zone group wrote'),
    noted(id, [...endpoint.addresses], 'addresses of the private endpoint'),
  ];
  const to = few(addresses.map((one) => clean(one, 60)));
  return resolution.state === 'stale'
    ? fail(`The zone ${name} resolves ${label} to ${to}, which is not an address of ${displayName(id)}.`, evidence)
    : fail(
        `The zone ${name} resolves ${label} to ${to}, the private endpoint ${displayName(resolution.by.endpoint.id)}, not to ${displayName(id)}.`,
        evidence,
      );
}

/** Azure's own for the records of zone groups, in seconds. */
const timeToLive = 10;

const recordBody = (addresses: readonly string[]) => ({
  properties: { ttl: timeToLive, aRecords: addresses.map((ipv4Address) => ({ ipv4Address })) },
});

/**
 * The changes after which the zone resolves every name of the endpoint to it; `register` where its zone group is to name the
 * zone; or the reason why there is none. A record of another private endpoint is never overwritten.
 */
export function recordProposals(
  endpoint: EndpointInHand,
  zone: Resource,
  index: SnapshotIndex,
): readonly Proposal[] | 'register' | { readonly reason: string } {
  const name = clean(zoneNameOf(zone.id), 120);
  const own = displayName(endpoint.endpoint.id);
  const wrong = resolutions(endpoint, zone, index).filter(({ state }) => state !== 'yes');
  const rival = rivalsOf(endpoint, index).find((one) => registeredIn(one, zone));
  const shadow = wrong.find((one) => one.state === 'shadowed');
  const other = shadow?.state === 'shadowed' ? shadow.by : rival;
  if (other) {
    const reason = `The zone ${name} already has a record of the same name for the private endpoint ${displayName(other.endpoint.id)}. See dns.endpoint-collision: keep one of them, or use a separate zone for the second network.`;
    return { reason };
  }
  if (!registeredIn(endpoint, zone) && wrong.every(({ state }) => state === 'missing')) return 'register';
  const made: Proposal[] = [];
  for (const one of wrong) {
    if (one.state === 'unread')
      return { reason: `The record of ${own} in ${name} could not be read: ${one.gap.reason}` };
    if (one.state !== 'missing' && one.state !== 'stale') continue;
    const addresses = addressesFor(endpoint, zone, one.label);
    const label = clean(one.label, 120);
    if (addresses.length === 0) return { reason: `The address of ${own} for ${label} is not known.` };
    const advice = `${label} in ${name} resolves to ${addresses.join(', ')}, the private endpoint ${own}.`;
    const record = one.state === 'stale' ? one.record : undefined;
    if (one.state === 'stale' && !record) return { reason: `The record ${label} in ${name} was not read.` };
    // A wildcard record serves other names too, and stays.
    if (record && fold(nameOf(record.id)) === one.label) {
      const corrected = correctedRecord(record, addresses, 2, advice);
      if (typeof corrected === 'string') return { reason: corrected };
      made.push(corrected);
    } else made.push(newRecord(zone, one.label, addresses, advice));
  }
  return made;
}

/** Or a sentence where the record cannot be edited. */
export const correctedRecord = (
  record: Resource,
  addresses: readonly string[],
  phase: Phase,
  advice: string,
): Proposal | string =>
  editable(record, () => {
    if (holdsLaterAddress(record))
      return `Azure writes the record ${displayName(record.id)} in an earlier step of this plan. Run this fix again afterwards.`;
    const edit = setMember(record.body, '/properties/aRecords', recordBody(addresses).properties.aRecords);
    return { change: editChange(record.id, [edit]), phase, advice };
  });

export const newRecord = (zone: Resource, label: string, addresses: readonly string[], advice: string): Proposal => ({
  change: { kind: 'create', resource: `${zone.id}/A/${label}`, edits: [], body: recordBody(addresses) },
  phase: 2,
  advice,
});
