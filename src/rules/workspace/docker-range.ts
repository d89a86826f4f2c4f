// No virtual network that nodes reach overlaps the address range of Docker's bridge on them.

import { computes } from '../../facts/needs.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { overlaps, parseBlock } from '../../net/ipv4.ts';
import { vnetOf, vnetType } from '../../resource-types/network-view.ts';
import { itemsAt, textAt, textsAt } from '../../resource-types/read.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { namedSubnets } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, listed, notApplicable, noted, pass, unknown } from '../parts/verdict.ts';
import type { CheckResult, RuleContext, Subject, Subjects } from '../rule.ts';

/** The default bridge of Docker (Microsoft Learn, "Secure an Azure Machine Learning workspace", read 2026). */
const bridge = '172.17.0.0/16';
const prefixesPointer = '/properties/addressSpace/addressPrefixes';

/** Each virtual network that was read or that compute names; the workspace where there is none. */
const networks: Subjects<Resource> = {
  list(context): Subject[] {
    const { index } = context;
    const { workspace } = index.snapshot;
    const ids = [...index.ofType(vnetType).map(({ id }) => id), ...namedSubnets(context).map(vnetOf)];
    const once = distinctIds(ids.toReversed()).toReversed();
    if (once.length > 0) return once.map((resource) => ({ resource }));
    return workspace === null ? [] : [{ resource: workspace }];
  },
  resolve({ resource: id }, { index }) {
    if (id === index.snapshot.workspace) {
      computes(index); // unknown, not "none", where the list of computes was not read
      return notApplicable('The workspace uses no virtual network.');
    }
    const gone = noted(id, null, 'not found (HTTP 404)');
    return (
      index.get(id) ?? notApplicable(`${displayName(id)} does not exist (see workspace.network-preexists).`, [gone])
    );
  },
};

/** The address prefixes of a virtual network, each with its evidence; `unread`: networks whose prefixes are not known. */
interface AddressSpace {
  readonly prefixes: readonly { readonly text: string; readonly of: string; readonly evidence: Evidence }[];
  readonly unread: readonly string[];
}

function spaceOf(vnet: Resource): AddressSpace {
  const items = itemsAt(vnet.body, prefixesPointer);
  const prefixes = items.flatMap(({ item, pointer }) =>
    typeof item === 'string'
      ? [{ text: item, of: displayName(vnet.id), evidence: evidenceAt(vnet, pointer, 'address prefix') }]
      : [],
  );
  const isWhole = prefixes.length > 0 && prefixes.length === items.length;
  return { prefixes, unread: isWhole ? [] : [displayName(vnet.id)] };
}

/** The address spaces of connected peers: as the peer shows it, or else as the peering does. */
function peerSpaces(vnet: Resource, index: SnapshotIndex): AddressSpace[] {
  return itemsAt(vnet.body, '/properties/virtualNetworkPeerings').flatMap(({ item, pointer }) => {
    const id = textAt(item, '/properties/remoteVirtualNetwork/id');
    const isDisconnected = fold(textAt(item, '/properties/peeringState') ?? '') === 'disconnected';
    if (id === undefined || isDisconnected) return [];
    const peer = index.peek(id);
    if (peer.state === 'read') return [spaceOf(peer.resource)];
    if (peer.state === 'missing') return [];
    const member = ['remoteVirtualNetworkAddressSpace', 'remoteAddressSpace'].find(
      (name) => textsAt(item, `/properties/${name}/addressPrefixes`).length > 0,
    );
    if (member === undefined) return [{ prefixes: [], unread: [displayName(id)] }];
    const list = `/properties/${member}/addressPrefixes`;
    const evidence = evidenceAt(vnet, `${pointer}${list}`, `address prefixes of the peer ${displayName(id)}`);
    return [{ prefixes: textsAt(item, list).map((text) => ({ text, of: displayName(id), evidence })), unread: [] }];
  });
}

function check(vnet: Resource, { index }: RuleContext): CheckResult {
  const docker = parseBlock(bridge);
  const spaces = [spaceOf(vnet), ...peerSpaces(vnet, index)];
  const prefixes = spaces.flatMap((space) => space.prefixes);
  const parsed = prefixes.map((prefix) => ({ ...prefix, block: parseBlock(prefix.text) }));
  const inside = parsed.filter(({ block }) => block.ok && docker.ok && overlaps(block.value, docker.value));
  const own = prefixes.filter(({ of }) => of === displayName(vnet.id)).map(({ evidence }) => evidence);
  if (inside.length > 0) {
    const names = [...new Set(inside.map(({ of, text }) => `${of} (${clean(text, 60)})`))];
    return fail(
      `${listed(names)} overlap${inside.length === 1 ? 's' : ''} ${bridge}, the range of Docker on every node: jobs cannot reach addresses in it.`,
      inside.map(({ evidence }) => evidence),
    );
  }
  const odd = parsed.filter(({ text, block }) => !block.ok && !text.includes(':')).map(({ of }) => of);
  const unread = [...new Set([...spaces.flatMap((space) => space.unread), ...odd])];
  return unread.length > 0
    ? unknown(`The address space of ${listed(unread)} could not be read.`, own)
    : pass(`Neither ${displayName(vnet.id)} nor a connected peer overlaps ${bridge}.`, own);
}

export const workspaceDockerRange = defineRule({
  id: 'workspace.docker-range',
  title: 'No virtual network overlaps 172.17.0.0/16 (Docker)',
  problem: 'Virtual network overlaps 172.17.0.0/16 (Docker)',
  severity: 'medium',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: vnetType,
  explain: {
    why: 'The bridge of Docker on the nodes uses 172.17.0.0/16. Jobs cannot reach addresses of that range in the virtual network or a peer.',
    fix: 'None. The address space of a virtual network in use cannot change; create the compute again in a virtual network with another address space.',
    links: [links.secureWorkspace],
  },
  subjects: networks,
  check,
});
