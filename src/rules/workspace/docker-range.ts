// workspace.docker-range: no network the nodes reach lies in the range that Docker's bridge takes on them.
import { vnetOf, vnetType } from '../../kinds/network-view.ts';
import { itemsAt, textAt, textsAt } from '../../kinds/read.ts';
import type { Evidence } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import { overlaps, parseBlock } from '../../net/ipv4.ts';
import { computes } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { namedSubnets } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

/** The default bridge of Docker (Microsoft Learn, "Secure an Azure Machine Learning workspace", read 2026). */
const bridge = '172.17.0.0/16';
const prefixesPointer = '/properties/addressSpace/addressPrefixes';

/** Every network met: those the computes name, and what else the audit has in hand. */
function subjects(judgement: Judgement): Subject[] {
  const { world } = judgement;
  const { workspace } = world.snapshot;
  const ids = [...world.ofType(vnetType).map(({ id }) => id), ...namedSubnets(judgement).map(vnetOf)];
  const once = [...new Map(ids.toReversed().map((id) => [fold(id), id])).values()].toReversed();
  if (once.length > 0) return once.map((resource) => ({ resource }));
  return workspace === null ? [] : [{ resource: workspace }];
}

/** Prefixes of a network or of a peer, each with where it was read; `unread`: what could not be understood or read. */
interface Space {
  readonly prefixes: readonly { readonly text: string; readonly of: string; readonly evidence: Evidence }[];
  readonly unread: readonly string[];
}

function spaceOf(vnet: Resource): Space {
  const prefixes = itemsAt(vnet.body, prefixesPointer).flatMap(({ item, pointer }) =>
    typeof item === 'string'
      ? [{ text: item, of: shown(vnet.id), evidence: seen(vnet, pointer, 'address prefix') }]
      : [],
  );
  const whole = prefixes.length > 0 && prefixes.length === itemsAt(vnet.body, prefixesPointer).length;
  return { prefixes, unread: whole ? [] : [shown(vnet.id)] };
}

/** The prefixes of each network it is peered with: its own, else as the peering shows them. A peering cut off leads nowhere. */
function peersSpace(vnet: Resource, world: World): Space[] {
  return itemsAt(vnet.body, '/properties/virtualNetworkPeerings').flatMap(({ item, pointer }) => {
    const id = textAt(item, '/properties/remoteVirtualNetwork/id');
    const isCut = fold(textAt(item, '/properties/peeringState') ?? '') === 'disconnected';
    if (id === undefined || isCut) return [];
    const peer = world.peek(id);
    if (peer.state === 'read') return [spaceOf(peer.resource)];
    if (peer.state === 'missing') return [];
    const member = ['remoteVirtualNetworkAddressSpace', 'remoteAddressSpace'].find(
      (name) => textsAt(item, `/properties/${name}/addressPrefixes`).length > 0,
    );
    if (member === undefined) return [{ prefixes: [], unread: [shown(id)] }];
    const list = `/properties/${member}/addressPrefixes`;
    const evidence = seen(vnet, `${pointer}${list}`, `address prefixes of the peer ${shown(id)}`);
    return [{ prefixes: textsAt(item, list).map((text) => ({ text, of: shown(id), evidence })), unread: [] }];
  });
}

function judgeNetwork(vnet: Resource, { world }: Judgement): Verdict {
  const taken = parseBlock(bridge);
  const spaces = [spaceOf(vnet), ...peersSpace(vnet, world)];
  const prefixes = spaces.flatMap((space) => space.prefixes);
  const parsed = prefixes.map((prefix) => ({ ...prefix, block: parseBlock(prefix.text) }));
  const inside = parsed.filter(({ block }) => block.ok && taken.ok && overlaps(block.value, taken.value));
  const own = prefixes.filter(({ of }) => of === shown(vnet.id)).map(({ evidence }) => evidence);
  if (inside.length > 0) {
    const names = [...new Set(inside.map(({ of, text }) => `${of} (${clean(text, 60)})`))];
    return fail(
      `${listed(names)} overlap${inside.length === 1 ? 's' : ''} ${bridge}, which Docker takes on every node: packets for it never leave the node.`,
      inside.map(({ evidence }) => evidence),
    );
  }
  const odd = parsed.filter(({ text, block }) => !block.ok && !text.includes(':')).map(({ of }) => of);
  const unread = [...new Set([...spaces.flatMap((space) => space.unread), ...odd])];
  return unread.length > 0
    ? unknown(`The address space of ${listed(unread)} could not be read.`, own)
    : pass(`Neither ${shown(vnet.id)} nor a network peered with it overlaps ${bridge}.`, own);
}

function judge({ resource: id }: Subject, judgement: Judgement): Verdict {
  const { world } = judgement;
  if (id === world.snapshot.workspace) {
    computes(world);
    return notApplicable('The workspace uses no virtual network.');
  }
  const vnet = world.get(id);
  return vnet
    ? judgeNetwork(vnet, judgement)
    : notApplicable(`${shown(id)} does not exist; workspace.network-preexists speaks of it.`, [
        noted(id, null, 'Azure answers 404'),
      ]);
}

export const workspaceDockerRange = defineRule({
  id: 'workspace.docker-range',
  title: 'No VNet in 172.17.0.0/16',
  severity: 'medium',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: vnetType,
  explain: {
    why: "Docker's bridge on the nodes takes 172.17.0.0/16: what a network or a peer of it holds there cannot be reached from a job.",
    fix: 'None: the address space of a network in use is not changed; make the computes anew in a network that lies elsewhere.',
    breaks: 'Nothing.',
    links: [links.secureWorkspace],
  },
  fixKind: 'none',
  subjects,
  check: judge,
});
