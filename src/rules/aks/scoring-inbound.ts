// aks.scoring-inbound: where external clients are expected, the security group allows them to connect to the scoring address.

import { beforeRules } from '../../facts/admin-rules.ts';
import { contextAt } from '../../facts/flows.ts';
import { scoringAddress } from '../../facts/path/fronts.ts';
import { needSentence } from '../../model/plan-need.ts';
import { fold } from '../../model/resource-id.ts';
import { readPrefixes } from '../../net/addresses.ts';
import { decideAt } from '../../net/decide.ts';
import type { Decision } from '../../net/decision.ts';
import { defineRule } from '../define.ts';
import { addRule, lowestDeny, noNumber, numberBefore, proposed } from '../nsg/parts/change.ts';
import { deciders, evidenceOf, hangsOn, type NsgPlace, placeShown, ruledOut } from '../nsg/parts/place.ts';
import { links } from '../parts/links.ts';
import { evidenceAt, fail, notApplicable, pass, quoted, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, CheckResult } from '../rule.ts';
import { aksRule } from './parts/clusters.ts';
import { frontEvidence, hasServices, isExternal, isInternal, tlsPointer, usesTls } from './parts/front-end.ts';
import { clusterNodeSubnets, type NodePlace, noGroup } from './parts/node-subnets.ts';

const portOf = ({ one }: NodePlace): string => (usesTls(one.compute) ? '443' : '80');

/** Source of Azure health probes, which is not a client. */
const probes = '168.63.129.16';

/** Traffic from these ranges to the scoring address: an NSG sees the public address, not that of a node. */
const decide = (place: NsgPlace, from: readonly string[], address: string, port: string): Decision =>
  decideAt(
    {
      direction: 'Inbound',
      protocol: 'Tcp',
      source: { of: from, except: [probes] },
      destination: { of: [address] },
      destinationPorts: [port],
    },
    [...beforeRules(place.subnet, place.context.index), place.layer],
    contextAt(place.subnet, place.context.index),
  );

function checkPlace(place: NodePlace): CheckResult {
  const { one, context } = place;
  const { compute } = one;
  const evidence = [...frontEvidence(compute), evidenceAt(compute, tlsPointer, 'TLS status')];
  if (isInternal(compute) || !isExternal(compute, context.index)) {
    return notApplicable(
      `${one.name} is not expected to serve external clients (see aks.internal-load-balancer).`,
      evidence,
    );
  }
  if (!hasServices(compute)) return notApplicable(`No model is deployed on ${one.name}.`, evidence);
  const address = scoringAddress(compute);
  if (address === undefined || readPrefixes([address]).refused.length > 0) {
    return unknown(`The scoring address of ${one.name} is not known.`, evidence);
  }
  const port = portOf(place);
  const decision = decide(place, ['Internet'], address, port);
  const all = [...evidence, ...evidenceOf(decision, place, 'Inbound', 'allowed')];
  const plain = usesTls(compute) ? '' : ' The endpoint uses HTTP without TLS.';
  const name = placeShown(place);
  const to = `to ${address}, port ${port}`;
  switch (decision.verdict) {
    case 'allowed':
      return pass(`${name} allows external clients ${to}: ${deciders(decision, 'allowed')}.${plain}`, all);
    case 'partly':
      return pass(`${name} allows some external clients ${to}: ${deciders(decision, 'allowed')}.${plain}`, all);
    case 'unknown':
      return unknown(`Whether ${name} allows external clients ${to} depends on ${hangsOn(decision, place)}.`, all);
    default:
      return fail(`${name} denies external clients ${to}: ${deciders(decision, 'denied')}.`, all);
  }
}

const sourcesIn = ({ from = '' }: Answers): string[] => from.split(/[\s,]+/).filter((one) => one !== '');
const isAnyNetwork = (source: string): boolean =>
  ['*', 'internet', 'any'].includes(fold(source)) || /\/0$/.test(source);

const askFrom = needSentence({ kind: 'text', name: 'from', what: 'RANGES', suggestion: null });

/** The question that is still open: who may connect, whether all networks may, and whether without TLS. */
function asksFor(place: NodePlace, answers: Answers): string | undefined {
  const sources = sourcesIn(answers);
  const address = scoringAddress(place.one.compute) ?? 'the scoring address';
  if (sources.length === 0) {
    return `${askFrom} These are the address ranges or service tags of the clients of ${address}.`;
  }
  if (!sources.some(isAnyNetwork)) return undefined;
  const option = (name: string, says: string) =>
    needSentence({ kind: 'choice', options: [{ name, value: 'yes', says }] });
  if (answers.public !== 'yes') return option('public', `allows all networks to connect to ${address}`);
  if (portOf(place) === '80' && answers.http !== 'yes') {
    return option('http', `allows all networks to connect to ${address} without TLS`);
  }
  return undefined;
}

export const aksScoringInbound = defineRule({
  ...aksRule,
  id: 'aks.scoring-inbound',
  answers: { from: 'RANGES', public: ['yes'], http: ['yes'] },
  title: 'External clients allowed at the scoring endpoint',
  problem: 'External clients denied at the scoring endpoint',
  severity: 'medium',
  explain: {
    why: 'The default rules of an NSG deny inbound traffic from the Internet. Models for external clients need an Allow rule for the scoring address.',
    fix: 'Adds an Allow rule for the scoring address and port, before the first Deny rule. Answer from=RANGES names the clients, public=yes allows all networks, http=yes allows port 80.',
    breaks: 'No interruption. All allowed clients can connect to the models, so limit the source ranges where you can.',
    links: [links.secureInference, links.securityGroups],
  },
  fixKind: 'guided',
  subjects: clusterNodeSubnets,
  check: ({ subnet, place }) =>
    place ? checkPlace(place) : pass(`${subnetShown(subnet)} has no network security group; no client is denied.`),
  fix({ place }, _judgement, answers) {
    if (!place) return noGroup;
    const address = scoringAddress(place.one.compute);
    if (address === undefined) return 'The scoring address is not known; no rule can be added for it.';
    const asked = asksFor(place, answers);
    if (asked !== undefined) return asked;
    const sources = sourcesIn(answers);
    const odd = readPrefixes(sources.filter((one) => !/^[A-Za-z][\w.]*$/.test(one) && one !== '*')).refused[0];
    if (odd || sources.length === 0) {
      return `${quoted(answers.from)} is not a list of address ranges (from=203.0.113.0/24,198.51.100.7). ${askFrom}`;
    }
    const port = portOf(place);
    const denied = decide(place, sources, address, port);
    const ruled = ruledOut(denied, place);
    if (ruled !== undefined) return ruled;
    const number = lowestDeny(denied);
    const priority = numberBefore(place, 'Inbound', number);
    if (priority === undefined) return noNumber(place, 'Inbound', number);
    const step = addRule(
      place,
      {
        ...{ slug: 'aks-scoring', direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
        ...{ sources, destinations: [address], ports: [port] },
      },
      priority,
    );
    return decide(step.after, sources, address, port).verdict === 'allowed'
      ? proposed(place, [step], 2)
      : 'An additional Allow rule is not certain to allow all of these clients.';
  },
});
