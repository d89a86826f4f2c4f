// The public network access of a workspace, and the IP addresses that may use it.

import { architectureFor } from '../../facts/architecture.ts';
import { customerEndpoints, unseenConnections } from '../../facts/endpoints.ts';
import { isReachedPublicly } from '../../facts/online-endpoints.ts';
import { type ListKey, removeFrom, setMember } from '../../model/edit.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Json } from '../../model/json.ts';
import { type Pointer, valueAt } from '../../model/pointer.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { vaultIpLegality } from '../../net/ip-rules.ts';
import { parseRange, sizeOfUnion } from '../../net/ipv4.ts';
import { booleanAt, enumAt, itemsAt, textAt } from '../../resource-types/read.ts';
import { defineRule } from '../define.ts';
import { effectivelyOpen } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { addressKey, editsInTurn } from '../parts/proposals.ts';
import { workspaceSubjects } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, notApplicable, pass, quoted } from '../parts/verdict.ts';
import {
  accessPointer,
  endpointEvidence,
  endpointsNamed,
  isOdd,
  oddVerdict,
  publicAccess,
  workspaceProposal,
} from '../parts/workspace.ts';
import type { CheckResult, Proposal, RuleContext } from '../rule.ts';

interface AllowedAddress {
  /** Undefined where the entry is not a text. */
  readonly value: string | undefined;
  readonly raw: Json;
  readonly pointer: Pointer;
}
interface Allowlist {
  /** `none`: the workspace has no list. `odd`: another type than a list. */
  readonly state: 'listed' | 'none' | 'odd';
  readonly pointer: Pointer;
  readonly entries: readonly AllowedAddress[];
  /** Whether it restricts access from the Internet: a list of a /8 or more does not. */
  readonly restricts: boolean;
}

const plainPointer = '/properties/ipAllowlist';
const aclsPointer = '/properties/networkAcls';

/**
 * The IP addresses that may reach a workspace, in either of the two forms of preview API versions. No stable version has
 * them: the scan reads them separately and records a refusal under the workspace's id and `/ipAllowlist`. Throws
 * UnreadableError then.
 */
function allowlistOf(workspace: Resource, index: SnapshotIndex): Allowlist {
  const { body } = workspace;
  const isSet = (pointer: Pointer) => (valueAt(body, pointer) ?? null) !== null;
  const acls = isSet(aclsPointer);
  const pointer = acls && !isSet(plainPointer) ? `${aclsPointer}/ipRules` : plainPointer;
  const odd = acls && isOdd(workspace, aclsPointer, 'object') ? aclsPointer : pointer;
  if (odd !== pointer || isOdd(workspace, pointer, 'list')) {
    return { state: 'odd', pointer: odd, entries: [], restricts: false };
  }
  if (!isSet(plainPointer) && !acls) {
    const gap = index.snapshot.gaps.find(({ id }) => fold(id) === fold(`${workspace.id}/ipAllowlist`));
    if (gap) throw new UnreadableError(gap);
    return { state: 'none', pointer, entries: [], restricts: false };
  }
  const entries = itemsAt(body, pointer).map(({ item, pointer: at }) => {
    const value = typeof item === 'string' ? item : textAt(item, '/value');
    return { value: value?.trim(), raw: item, pointer: at };
  });
  const action = acls ? enumAt(body, `${aclsPointer}/defaultAction`, ['Allow', 'Deny']) : undefined;
  const restricts = action === 'Deny' || (action === undefined && entries.length > 0);
  return { state: 'listed', pointer, entries, restricts: restricts && !isWide(entries) };
}

function isWide(entries: readonly AllowedAddress[]): boolean {
  const ranges = entries.flatMap(({ value }) => {
    const range = parseRange(value ?? '');
    return range.ok ? [range.value] : [];
  });
  return sizeOfUnion(ranges) >= effectivelyOpen;
}

const allowedEvidence = (workspace: Resource, { pointer }: Allowlist): Evidence =>
  evidenceAt(workspace, pointer, 'allowed IP addresses');

/** `allowPublicAccessWhenBehindVnet`, the older setting. The one of the two that was set last overrides the other. */
const olderPointer = '/properties/allowPublicAccessWhenBehindVnet';

function checkAccess(workspace: Resource, context: RuleContext): CheckResult {
  const { index } = context;
  const name = displayName(workspace.id);
  const evidence = [
    evidenceAt(workspace, accessPointer, 'public network access'),
    evidenceAt(workspace, olderPointer, 'older setting for public access'),
  ];
  const hasEndpoint = customerEndpoints(workspace.id, index).length > 0;
  const isClosed = publicAccess(workspace) === 'Disabled' && unseenConnections(workspace.id, index).length > 0;
  if (architectureFor(index) === 'managed-network' && !hasEndpoint && !isClosed) {
    return notApplicable(
      `${name} has a managed network and none of your private endpoints, so it needs public network access.`,
      evidence,
    );
  }
  switch (publicAccess(workspace)) {
    case 'Disabled': {
      const named = endpointsNamed(workspace, index, isReachedPublicly);
      const note = named === undefined ? '' : ` Access to ${named} is a separate setting and still public.`;
      return pass(`Public network access of ${name} is Disabled.${note}`, [
        ...evidence,
        ...publicEndpoints(workspace, index),
      ]);
    }
    case 'Enabled':
      return checkEnabled(workspace, index);
    case 'odd':
      return oddVerdict(workspace, accessPointer, 'public network access');
    case 'unset':
      break;
  }
  if (isOdd(workspace, olderPointer, 'boolean')) return oddVerdict(workspace, olderPointer, 'public network access');
  if (booleanAt(workspace.body, olderPointer) === true) {
    return fail(`${name} is reachable from the Internet: allowPublicAccessWhenBehindVnet is true.`, evidence);
  }
  return hasEndpoint
    ? pass(`${name} has a private endpoint, and public network access is not set.`, evidence)
    : fail(`${name} has no private endpoint: it is reachable from the Internet regardless of the setting.`, evidence);
}

function checkEnabled(workspace: Resource, index: SnapshotIndex): CheckResult {
  const name = displayName(workspace.id);
  const enabled = evidenceAt(workspace, accessPointer, 'public network access');
  const allowlist = allowlistOf(workspace, index);
  if (allowlist.state === 'odd') return oddVerdict(workspace, allowlist.pointer, 'IP allowlist');
  if (allowlist.restricts) {
    const { length } = allowlist.entries;
    return pass(
      `${name} is reachable from ${length} allowed IP ${length === 1 ? 'address or range' : 'addresses or ranges'} only.`,
      [enabled, allowedEvidence(workspace, allowlist)],
    );
  }
  const first =
    customerEndpoints(workspace.id, index).length === 0 ? ' It has no private endpoint yet; create one first.' : '';
  return fail(`${name} is reachable from the Internet: public network access is Enabled.${first}`, [
    enabled,
    ...publicEndpoints(workspace, index),
  ]);
}

/** Each online endpoint has its own setting, which that of the workspace does not change. */
const publicEndpoints = (workspace: Resource, index: SnapshotIndex): readonly Evidence[] =>
  endpointEvidence(workspace, index, isReachedPublicly, 'public network access of the online endpoint');

function disable(workspace: Resource, { index }: RuleContext): Proposal | string {
  const batch =
    index.snapshot.intents.usesBatchEndpoints === false
      ? []
      : ['Batch endpoints created behind a private endpoint stay private.'];
  const named = endpointsNamed(workspace, index, isReachedPublicly);
  const kept = named === undefined ? [] : [`Access to ${named} is a separate setting.`];
  return workspaceProposal(
    workspace,
    5,
    (body) => [setMember(body, accessPointer, 'Disabled')],
    [...batch, ...kept].join(' '),
  );
}

export const workspacePublicNetworkAccess = defineRule({
  id: 'workspace.public-network-access',
  title: 'Workspace is not reachable from the Internet',
  problem: 'Workspace is reachable from the Internet',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  explain: {
    why: 'A private endpoint does not turn off public network access: the workspace stays reachable from the Internet.',
    fix: 'Sets publicNetworkAccess to Disabled as the last step of a plan. The workspace needs a private endpoint, private DNS for its names, and serverless compute in a subnet.',
    breaks:
      'All clients outside the virtual network lose the studio and the SDK at once, including build pipelines. The control plane stays reachable. Batch endpoints stay private even when public network access is enabled again.',
    links: [links.workspacePrivateLink, links.secureWorkspace],
  },
  gates: ['workspace.private-endpoint', 'workspace.private-dns', 'workspace.serverless-subnet'],
  subjects: workspaceSubjects,
  check: checkAccess,
  fix: disable,
});

/** Entries a workspace may hold (Microsoft Learn, "Configure a private endpoint", read 2026). */
const MOST = 200;
const plainKey: ListKey = { member: null, fold: false };

/** The entries that the service rejects, each with the reason. A single address may end in `/32`, as in a key vault. */
const refusedIn = ({ entries }: Allowlist) =>
  entries.flatMap((entry) => {
    if (entry.value === undefined) return [{ entry, reason: 'It is not an address.' }];
    const legality = vaultIpLegality(entry.value);
    return legality.legal ? [] : [{ entry, reason: legality.reason }];
  });

function checkAllowlist(workspace: Resource, { index }: RuleContext): CheckResult {
  const allowlist = allowlistOf(workspace, index);
  const name = displayName(workspace.id);
  const list = allowedEvidence(workspace, allowlist);
  if (allowlist.state === 'odd') return oddVerdict(workspace, allowlist.pointer, 'IP allowlist');
  const { entries } = allowlist;
  if (entries.length === 0) return notApplicable(`${name} has no IP allowlist.`, [list]);
  const refused = refusedIn(allowlist);
  const [first] = refused;
  if (first) {
    const count = refused.length === 1 ? '1 entry' : `${refused.length} entries`;
    return fail(
      `The IP allowlist of ${name} has ${count} that the service refuses, first ${quoted(first.entry.value ?? first.entry.raw)}: ${first.reason}`,
      refused.map(({ entry, reason }) => evidenceAt(workspace, entry.pointer, reason)),
    );
  }
  if (entries.length > MOST) {
    return fail(
      `The IP allowlist of ${name} has ${entries.length} entries; the limit is ${MOST}.`,
      entries.slice(MOST).map(({ pointer }) => evidenceAt(workspace, pointer, `above the limit of ${MOST}`)),
    );
  }
  return pass(`Every entry of the IP allowlist of ${name} is valid.`, [list]);
}

function removeRefused(workspace: Resource, { index }: RuleContext): Proposal | string {
  const allowlist = allowlistOf(workspace, index);
  const refused = refusedIn(allowlist);
  const valid = allowlist.entries.length - refused.length;
  if (valid > MOST) {
    return `The list has ${valid} valid entries; the limit is ${MOST}. Remove or merge entries by hand (az ml workspace update --network-acls).`;
  }
  const key = allowlist.pointer.endsWith('/ipRules') ? addressKey : plainKey;
  return workspaceProposal(workspace, 2, (body) =>
    editsInTurn(
      body,
      refused.map(({ entry }) => (here) => [removeFrom(here, allowlist.pointer, entry.raw, key)]),
    ),
  );
}

export const workspaceIpAllowlist = defineRule({
  id: 'workspace.ip-allowlist',
  title: 'IP allowlist entries are valid',
  problem: 'IP allowlist has invalid or too many entries',
  severity: 'low',
  profiles: ['current'],
  explain: {
    why: 'The service validates the whole list at every write: one invalid entry blocks every other change of the workspace.',
    fix: 'Removes the entries that the service refuses: private, reserved and IPv6 addresses, and text that is no address.',
    breaks: 'None. The removed entries never allowed access. Undo cannot restore what the service refuses.',
    links: [links.workspacePrivateLink],
  },
  undo: 'equivalent',
  subjects: workspaceSubjects,
  check: checkAllowlist,
  fix: removeRefused,
});
