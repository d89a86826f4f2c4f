// nsg.inbound-ssh: SSH is allowed only where it is intended, and only from the IP addresses that are named.

import type { FlowQuestion } from '../../facts/flows.ts';
import { computesIn } from '../../facts/training-subnets.ts';
import { counted } from '../../model/text.ts';
import { type Addresses, either, nowhere, prefixesOf } from '../../net/addresses.ts';
import type { Decision } from '../../net/decision.ts';
import type { SecurityRule } from '../../net/index.ts';
import { isWide } from '../../net/ip-rules.ts';
import { minus } from '../../net/sets.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { links } from '../parts/links.ts';
import { fail, listed, noted, pass, unknown } from '../parts/verdict.ts';
import type { CheckResult, Proposal } from '../rule.ts';
import {
  addRule,
  deleteRule,
  type NsgStep,
  noNumber,
  numberBefore,
  openFor,
  proposed,
  type RuleSpec,
  ruleNamed,
} from './parts/change.ts';
import { type FlowNeed, sshNeed, sshService } from './parts/flows.ts';
import { decided, deciders, evidenceOf, groupRule, hangsOn, type NsgPlace, placeShown } from './parts/place.ts';

const port = ['22'];
/** SSH from the Internet, except from the service itself and from the IP addresses named. */
const fromInternet = (clients: readonly string[]): FlowQuestion => ({
  ...{ direction: 'Inbound', protocol: 'Tcp', ports: port },
  remote: ['Internet'],
  except: [sshService, ...clients],
});
const clientsOf = ({ context: { index } }: NsgPlace): readonly string[] => index.snapshot.intents.devClientIps ?? [];
const isWanted = ({ context: { index } }: NsgPlace): boolean => index.snapshot.intents.sshWanted === true;
const askedAt = (place: NsgPlace): FlowQuestion => fromInternet(isWanted(place) ? clientsOf(place) : []);

/** The sources that a decision allows; with `perhaps` also those for which it is unknown. */
const allowedSources = (decision: Decision, perhaps = false): Addresses =>
  decision.parts
    .filter(({ outcome }) => outcome === 'allowed' || (perhaps && outcome === 'unknown'))
    .reduce((all: Addresses, { family, box }) => {
      const own =
        family.name === 'v4'
          ? { v4: box.source as readonly number[], v6: [] }
          : { v4: [], v6: box.source as readonly bigint[] };
      return either(all, own);
    }, nowhere);
/** Up to four ranges, and how many more there are. */
function rangesOf(addresses: Addresses): string {
  const ranges = prefixesOf(addresses);
  const more = ranges.length - 4;
  return more > 0 ? `${ranges.slice(0, 4).join(', ')} and ${counted(more, 'more range')}` : listed(ranges);
}
function check(place: NsgPlace): CheckResult {
  const wanted = isWanted(place);
  const clients = clientsOf(place);
  const asked = askedAt(place);
  const decision = decided(asked, place);
  const from = allowedSources(decision);
  const evidence = [
    noted(place.group.id, wanted, 'assumption sshWanted'),
    ...evidenceOf(decision, place, 'Inbound', 'allowed'),
  ];
  // A large unknown part may allow many sources even where other parts are denied; a few (Azure's 168.63.129.16) are no risk.
  const atMost = allowedSources(decision, true);
  const isOpen = decision.parts.length === 0 || isWide(atMost);
  const name = placeShown(place);
  if (isWide(from)) {
    const more = wanted ? 'Restrict the source.' : 'Assumption sshWanted is not true.';
    const some = decision.verdict === 'allowed' ? 'the Internet' : rangesOf(from);
    return fail(`${name} allows SSH (TCP 22) from ${some}: ${deciders(decision, 'allowed')}. ${more}`, evidence);
  }
  if (wanted) {
    if (clients.length === 0)
      return unknown('Assumption sshWanted is true, but devClientIps names no IP address.', evidence);
    const own = decided({ ...asked, remote: clients, except: [] }, place);
    const ownEvidence = [...evidence, ...evidenceOf(own, place, 'Inbound')];
    if (own.verdict === 'unknown')
      return unknown(`Whether ${name} allows SSH from ${listed(clients)} is unknown.`, ownEvidence);
    if (own.verdict !== 'allowed')
      return fail(`${name} denies SSH from ${listed(clients)}: ${deciders(own, 'denied')}.`, ownEvidence);
    if (!isOpen) return pass(`${name} allows SSH from ${listed(clients)} and few other addresses.`, ownEvidence);
  }
  if (isOpen)
    return unknown(
      `Whether ${name} denies SSH (TCP 22) is unknown. It depends on ${hangsOn(decision, place)}.`,
      evidence,
    );
  return decision.verdict === 'denied'
    ? pass(`${name} denies SSH (TCP 22) from the Internet.`, evidence)
    : pass(`${name} allows SSH (TCP 22) from at most ${rangesOf(atMost)}.`, evidence);
}

const allowFrom = (slug: string, sources: readonly string[]): RuleSpec => ({
  ...{ slug, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
  ...{ sources, destinations: ['*'], ports: port },
});
const need = (remote: readonly string[], what: string, add: RuleSpec): FlowNeed => ({
  asked: { direction: 'Inbound', protocol: 'Tcp', remote, ports: port },
  what,
  add,
});

/** SSH that must stay allowed: from the operator where it is intended, and from the service where it uses SSH. */
function kept(place: NsgPlace): FlowNeed[] {
  const clients = clientsOf(place);
  const machines = computesIn(place.subnet, place.context.index).filter((compute) =>
    ['VirtualMachine', 'HDInsight'].includes(computeView(compute).computeType ?? ''),
  );
  return [
    ...(isWanted(place) && clients.length > 0
      ? [need(clients, 'SSH from the client IP addresses', allowFrom('inbound-ssh', clients))]
      : []),
    ...(machines.length > 0 ? [sshNeed('22')] : []),
  ];
}

/** The allow rule that opens SSH to the Internet. */
const culprit = (place: NsgPlace): SecurityRule | undefined => {
  const decision = decided(askedAt(place), place);
  if (!isWide(allowedSources(decision))) return undefined;
  return decision.parts
    .filter(({ outcome }) => outcome === 'allowed')
    .flatMap(({ by }) => by)
    .flatMap(({ rule }) => (rule && !rule.standard ? [rule] : []))[0];
};
const deny: RuleSpec = {
  ...{ slug: 'inbound-ssh-deny', direction: 'Inbound', access: 'Deny', protocol: 'Tcp' },
  ...{ sources: ['Internet'], destinations: ['*'], ports: port },
};

/** Deletes an allow rule for port 22 only; a wider one that other traffic needs gets a deny rule for port 22 before it. */
function restrict(place: NsgPlace): NsgStep[] | string {
  const steps: NsgStep[] = [];
  for (let here = place; ; ) {
    const wide = culprit(here);
    if (!wide) return steps;
    const own = ruleNamed(here, wide.name);
    const alone = minus(wide.destinationPorts, [22, 23]).length === 0;
    if (own && alone) steps.push(deleteRule(here, own));
    else {
      const priority = numberBefore(here, 'Inbound', wide.priority);
      if (priority === undefined) return noNumber(here, 'Inbound', wide.priority);
      steps.push(addRule(here, deny, priority));
    }
    here = steps.at(-1)?.after ?? here;
    if (steps.length > 100) return 'Too many rules allow SSH from the Internet; delete them by hand.';
  }
}

function fix(place: NsgPlace): readonly Proposal[] | string {
  const restricting = restrict(place);
  if (typeof restricting === 'string') return restricting;
  const closed = restricting.at(-1)?.after ?? place;
  // What must stay allowed comes first, at priorities below the deny for the rest.
  const wanted = kept(place).filter((one) => decided(one.asked, closed).verdict !== 'allowed');
  const opened = openFor(closed, wanted);
  if (typeof opened === 'string') return opened;
  return [...proposed(place, opened.steps, 2), ...proposed(place, restricting, 5)];
}

export const nsgInboundSsh = groupRule({
  id: 'nsg.inbound-ssh',
  title: 'SSH (TCP 22) is open only to the named IP addresses',
  problem: 'SSH (TCP 22) access is not as intended',
  severity: 'high',
  explain: {
    why: 'An SSH port that is open to the Internet is found and attacked within minutes.',
    fix: 'Deletes an allow rule for port 22 alone, or adds a deny rule for port 22 before a wider one. Where SSH is wanted (sshWanted), allows it from devClientIps.',
    breaks: 'SSH from all other addresses stops working, for every machine that uses the network security group.',
    links: [links.securedTraffic, links.securityGroups],
  },
  asked: ({ index: { snapshot } }) => [
    fromInternet(snapshot.intents.sshWanted === true ? (snapshot.intents.devClientIps ?? []) : []),
  ],
  check,
  fix,
});
