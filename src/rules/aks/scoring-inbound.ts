// aks.scoring-inbound: where models are called from outside, the security group lets callers in to the scoring address.
import { textAt } from '../../kinds/read.ts';
import { fold } from '../../model/resource-id.ts';
import { readPrefixes } from '../../net/addresses.ts';
import { decideAt } from '../../net/decide.ts';
import type { Decision } from '../../net/decision.ts';
import { before } from '../../posture/admin-rules.ts';
import { contextAt } from '../../posture/flows.ts';
import { type NodePlace, nodePlaceRule } from '../parts/cluster-places.ts';
import { frontEvidence, hasServices, isExternal, isInternal, scoringAddress } from '../parts/front-end.ts';
import { links } from '../parts/links.ts';
import { addRule, lowestDeny, noNumber, numberBefore, proposed } from '../parts/nsg-change.ts';
import { deciders, evidenceOf, hangsOn, type Place, placeShown, ruledOut } from '../parts/nsg-place.ts';
import { fail, notApplicable, pass, quoted, seen, unknown } from '../parts/verdict.ts';
import type { Answers, Proposal, Verdict } from '../rule.ts';

const security = '/properties/properties/sslConfiguration/status';
const isSecured = ({ one }: NodePlace): boolean =>
  ['enabled', 'auto'].includes(fold(textAt(one.compute.body, security) ?? ''));
const portOf = (place: NodePlace): string => (isSecured(place) ? '443' : '80');

/** Where Azure's own load balancers ask from whether a node is alive: no caller. */
const probes = '168.63.129.16';

/** Callers from these ranges to the scoring address: the group meets the public address, not that of a node. */
const decide = (place: Place, from: readonly string[], address: string, port: string): Decision =>
  decideAt(
    {
      direction: 'Inbound',
      protocol: 'Tcp',
      source: { of: from, except: [probes] },
      destination: { of: [address] },
      destinationPorts: [port],
    },
    [...before(place.subnet, place.judgement.world), place.layer],
    contextAt(place.subnet, place.judgement.world),
  );

function judge(place: NodePlace): Verdict {
  const { one, judgement } = place;
  const { compute } = one;
  const evidence = [...frontEvidence(compute), seen(compute, security, 'TLS')];
  if (isInternal(compute) || !isExternal(compute, judgement.world)) {
    return notApplicable(
      `Nobody from outside is to call the ${one.name}; aks.internal-load-balancer judges instead.`,
      evidence,
    );
  }
  if (!hasServices(compute)) return notApplicable(`Nothing is deployed on the ${one.name} yet.`, evidence);
  const scoring = scoringAddress(compute);
  if (scoring === undefined || readPrefixes([scoring.address]).refused.length > 0) {
    return unknown(`The scoring address of the ${one.name} is not shown.`, evidence);
  }
  const port = portOf(place);
  const decision = decide(place, ['Internet'], scoring.address, port);
  const all = [...evidence, ...evidenceOf(decision, place, 'Inbound', 'allowed')];
  const plain = isSecured(place) ? '' : '; the endpoint speaks plain HTTP';
  const name = placeShown(place);
  switch (decision.verdict) {
    case 'allowed':
      return pass(
        `${name} lets callers reach ${scoring.address} on port ${port}, by ${deciders(decision, 'allowed')}${plain}.`,
        all,
      );
    case 'partly':
      return pass(
        `${name} lets some callers reach ${scoring.address} on port ${port}, by ${deciders(decision, 'allowed')}${plain}.`,
        all,
      );
    case 'unknown':
      return unknown(
        `Whether ${name} lets callers reach ${scoring.address} hangs on ${hangsOn(decision, place)}.`,
        all,
      );
    default:
      return fail(
        `${name} stops callers from outside at ${scoring.address}, port ${port}, by ${deciders(decision, 'denied')}.`,
        all,
      );
  }
}

function admit(place: NodePlace, answers: Answers): readonly Proposal[] | string {
  const scoring = scoringAddress(place.one.compute);
  if (scoring === undefined) return 'The scoring address is not shown, so no rule can name it.';
  const sources = answers.from?.split(/[\s,]+/).filter((one) => one !== '') ?? ['Internet'];
  const odd = readPrefixes(sources.filter((one) => fold(one) !== 'internet')).refused[0];
  if (odd || sources.length === 0)
    return `${quoted(answers.from)} is not a list of ranges (from=203.0.113.0/24,198.51.100.7).`;
  const port = portOf(place);
  const stopped = decide(place, sources, scoring.address, port);
  const ruled = ruledOut(stopped, place);
  if (ruled !== undefined) return ruled;
  const number = lowestDeny(stopped);
  const priority = numberBefore(place, 'Inbound', number);
  if (priority === undefined) return noNumber(place, 'Inbound', number);
  const step = addRule(
    place,
    {
      ...{ slug: 'aks-scoring', direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
      ...{ sources, destinations: [scoring.address], ports: [port] },
    },
    priority,
  );
  return decide(step.after, sources, scoring.address, port).verdict === 'allowed'
    ? proposed(place, [step], 2, `Lets ${sources.join(', ')} call the scoring address ${scoring.address}.`)
    : 'One more allow would not let the callers in for certain.';
}

export const aksScoringInbound = nodePlaceRule(
  {
    id: 'aks.scoring-inbound',
    title: 'Scoring endpoint reachable from outside when wanted',
    severity: 'medium',
    explain: {
      why: 'Azure’s own rules let nobody in from outside. Models that are to be called from there need a rule for the scoring address.',
      fix: 'Adds an allow for the scoring address and its port, from the Internet unless you name the callers (answer from=RANGES), at a free number below the lowest deny in its way.',
      breaks: 'Nothing that works today. Whoever may call finds your models, so name the callers where you know them.',
      links: [links.secureInference, links.securityGroups],
    },
    fixKind: 'auto',
    undo: 'exact',
  },
  {
    bare: (name) => pass(`${name} has no network security group, so nothing stops callers.`),
    judge,
    fix: admit,
  },
);
