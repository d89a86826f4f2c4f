// nsg.inbound-ssh: port 22 is open to the Internet only for those who are meant to come.
import { computeView } from '../../kinds/workspace-view.ts';
import { type Addresses, count4, count6, either, nowhere, prefixesOf } from '../../net/addresses.ts';
import type { Decision } from '../../net/decision.ts';
import type { Rule } from '../../net/index.ts';
import { minus } from '../../net/sets.ts';
import type { Asked } from '../../posture/flows.ts';
import { computesIn } from '../../posture/training-subnets.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { sshNeed, sshService } from '../parts/machines.ts';
import {
  addRule,
  deleteRule,
  noNumber,
  numberBefore,
  openFor,
  proposed,
  type RuleSpec,
  ruleNamed,
  type Step,
} from '../parts/nsg-change.ts';
import type { Need } from '../parts/nsg-need.ts';
import {
  decided,
  deciders,
  evidenceOf,
  hangsOn,
  type Place,
  placeJudged,
  placeShown,
  proposalsAt,
  subnetType,
  trainingPlaces,
} from '../parts/nsg-place.ts';
import { fail, listed, noted, pass, unknown } from '../parts/verdict.ts';
import type { Proposal, Verdict } from '../rule.ts';

const port = ['22'];
/** The Internet, less the service itself and less whom the operator named. */
const strangers = (clients: readonly string[]): Asked => ({
  ...{ direction: 'Inbound', protocol: 'Tcp', ports: port },
  remote: ['Internet'],
  except: [sshService, ...clients],
});
const clientsOf = ({ judgement: { world } }: Place): readonly string[] => world.snapshot.intents.devClientIps ?? [];
const isWanted = ({ judgement: { world } }: Place): boolean => world.snapshot.intents.sshWanted === true;

/** The sources that a decision lets in; with `perhaps` also those of which it is not known. */
const admitted = (decision: Decision, perhaps = false): Addresses =>
  decision.parts
    .filter(({ outcome }) => outcome === 'allowed' || (perhaps && outcome === 'unknown'))
    .reduce((all: Addresses, { family, box }) => {
      const own =
        family.name === 'v4'
          ? { v4: box.source as readonly number[], v6: [] }
          : { v4: [], v6: box.source as readonly bigint[] };
      return either(all, own);
    }, nowhere);
/** A /16 of IPv4, or as many networks of IPv6. */
const isWide = ({ v4, v6 }: Addresses): boolean => count4(v4) >= 2 ** 16 || count6(v6) >= 1n << 80n;

function judge(place: Place): Verdict {
  const wanted = isWanted(place);
  const clients = clientsOf(place);
  const asked = strangers(wanted ? clients : []);
  const decision = decided(asked, place);
  const from = admitted(decision);
  const evidence = [
    noted(place.group.id, wanted, 'SSH is wanted'),
    ...evidenceOf(decision, place, 'Inbound', 'allowed'),
  ];
  // Many may come in by what is not known, whatever is denied beside it; a few that may (Azure's own 168.63.129.16) open nothing.
  const atMost = admitted(decision, true);
  const isOpen = decision.parts.length === 0 || isWide(atMost);
  const name = placeShown(place);
  const some = listed(prefixesOf(from, 4));
  if (isWide(from)) {
    const more = wanted ? 'restrict the source' : 'nobody asked for SSH';
    return fail(`${name} lets ${some} reach port 22, by ${deciders(decision, 'allowed')}: ${more}.`, evidence);
  }
  if (wanted) {
    if (clients.length === 0) return unknown('SSH is wanted, and from where was never said (devClientIps).', evidence);
    const own = decided({ ...asked, remote: clients, except: [] }, place);
    const shownOwn = [...evidence, ...evidenceOf(own, place, 'Inbound')];
    if (own.verdict === 'unknown') return unknown(`Whether ${listed(clients)} reach port 22 is not known.`, shownOwn);
    if (own.verdict !== 'allowed')
      return fail(`SSH is wished for, and ${name} shuts it, by ${deciders(own, 'denied')}.`, shownOwn);
    if (!isOpen) return pass(`${name} lets SSH in from ${listed(clients)} and hardly anybody else.`, shownOwn);
  }
  if (isOpen) return unknown(`Whether ${name} shuts port 22 hangs on ${hangsOn(decision, place)}.`, evidence);
  return decision.verdict === 'denied'
    ? pass(`${name} shuts port 22 to the Internet.`, evidence)
    : pass(`${name} lets at most ${listed(prefixesOf(atMost, 4))} reach port 22.`, evidence);
}

const allowFrom = (slug: string, sources: readonly string[]): RuleSpec => ({
  ...{ slug, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
  ...{ sources, destinations: ['*'], ports: port },
});
const need = (remote: readonly string[], what: string, add: RuleSpec): Need => ({
  asked: { direction: 'Inbound', protocol: 'Tcp', remote, ports: port },
  what,
  add,
});

/** Who must keep coming in: the operator where SSH is wanted, and the service where it works machines by SSH. */
function kept(place: Place): Need[] {
  const clients = clientsOf(place);
  const machines = computesIn(place.subnet, place.judgement.world).filter((compute) =>
    ['VirtualMachine', 'HDInsight'].includes(computeView(compute).computeType ?? ''),
  );
  return [
    ...(isWanted(place) && clients.length > 0
      ? [need(clients, 'SSH from your machines', allowFrom('inbound-ssh', clients))]
      : []),
    ...(machines.length > 0 ? [sshNeed('22')] : []),
  ];
}

/** The allow that lets strangers in, as the wide rule stands. */
const culprit = (place: Place): Rule | undefined => {
  const decision = decided(strangers(isWanted(place) ? clientsOf(place) : []), place);
  if (!isWide(admitted(decision))) return undefined;
  return decision.parts
    .filter(({ outcome }) => outcome === 'allowed')
    .flatMap(({ by }) => by)
    .flatMap(({ rule }) => (rule && !rule.standard ? [rule] : []))[0];
};
const deny: RuleSpec = {
  ...{ slug: 'inbound-ssh-deny', direction: 'Inbound', access: 'Deny', protocol: 'Tcp' },
  ...{ sources: ['Internet'], destinations: ['*'], ports: port },
};

/** Takes out an allow that is for port 22 alone; a wider one that others need gets a deny of port 22 ahead of it. */
function shut(place: Place): Step[] | string {
  const steps: Step[] = [];
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
    if (steps.length > 100) return 'Too many rules let strangers in; take them out by hand.';
  }
}

function mend(place: Place): readonly Proposal[] | string {
  const shutting = shut(place);
  if (typeof shutting === 'string') return shutting;
  const closed = shutting.at(-1)?.after ?? place;
  // What must stay comes first, at numbers below the deny that shuts the rest out.
  const wanted = kept(place).filter((one) => decided(one.asked, closed).verdict !== 'allowed');
  const opened = openFor(closed, wanted);
  if (typeof opened === 'string') return opened;
  return [
    ...proposed(place, opened.steps, 2, 'Lets SSH in from the named sources only.'),
    ...proposed(place, shutting, 5, 'SSH from everywhere else is cut, yours included where it is not named.'),
  ];
}

export const nsgInboundSsh = defineRule({
  id: 'nsg.inbound-ssh',
  title: 'Inbound TCP 22 is open only when SSH is wanted',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'SSH that anybody can reach is found and tried by strangers within minutes.',
    fix: 'Takes out an allow that is for port 22 alone, or denies port 22 from the Internet ahead of a wider one. Where SSH is wanted, allows it from your machines (devClientIps).',
    breaks: 'SSH from places that are not named stops, for every machine that shares the security group.',
    links: [links.securedTraffic, links.securityGroups],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: trainingPlaces,
  flows: (_, { world }) => [
    strangers(world.snapshot.intents.sshWanted === true ? (world.snapshot.intents.devClientIps ?? []) : []),
  ],
  check: (subject, judgement) => placeJudged(subject, judgement, judge),
  fix: (finding, judgement) => proposalsAt(finding, judgement, mend),
});
