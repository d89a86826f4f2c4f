// Network security groups in files without a selected workspace: no subnet says what they are for, so what they allow from the Internet
// is checked.

import { serviceTagsOf } from '../../facts/service-tags.ts';
import type { Resource } from '../../model/resource.ts';
import { clean } from '../../model/text.ts';
import { count4, count6 } from '../../net/addresses.ts';
import { contextOf, type Decision, decide, readGroup, type SecurityRule } from '../../net/index.ts';
import { securityGroupType, securityRulesPointer } from '../../resource-types/security-group-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { alone } from '../parts/subjects.ts';
import { displayName, evidenceAt, fail, few, listed, pass, unknown } from '../parts/verdict.ts';
import type { CheckResult, RuleContext } from '../rule.ts';

/** Which network it will be used in is not known: private ranges may be in it. */
const ownRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'];
const everything = new Set(['*', 'internet', 'any', 'azurecloud', 'virtualnetwork', 'azureloadbalancer']);

type Part = Decision['parts'][number];
/** A /16 of IPv4, or as many networks of IPv6. */
const isWide = ({ family, box }: Part): boolean =>
  family.name === 'v4'
    ? count4(box.source as readonly number[]) >= 2 ** 16
    : count6(box.source as readonly bigint[]) >= 1n << 80n;

/** Parts of inbound TCP from the Internet that are wide enough to count; services that a rule names by their tag are left out. */
function fromInternet(group: Resource, ports: readonly string[], { index }: RuleContext): readonly Part[] {
  const tags = readGroup(group.body).rules.flatMap(({ source }) =>
    source.prefixes.filter((prefix) => /^[a-z]/i.test(prefix) && !everything.has(prefix.toLowerCase())),
  );
  const decision = decide(
    {
      ...{ direction: 'Inbound', protocol: 'Tcp', destination: { of: ['*'] }, destinationPorts: ports },
      source: { of: ['Internet'], except: [...new Set(tags)] },
    },
    { subnetNsg: group.body },
    contextOf({ virtualNetwork: [], virtualNetworkMaybe: ownRanges, serviceTags: serviceTagsOf(index) }),
  );
  return decision.parts.filter(isWide);
}

const isAllowed = ({ outcome }: Part): boolean => outcome === 'allowed';
const namesOf = (parts: readonly Part[]): string[] => [
  ...new Set(parts.flatMap(({ by }) => by.flatMap(({ rule }) => (rule ? [clean(rule.name, 80)] : [])))),
];

const services: readonly (readonly [port: string, name: string])[] = [
  ['22', 'SSH'],
  ['3389', 'RDP'],
  ['5985', 'WinRM'],
  ['5986', 'WinRM'],
];

function checkPorts(group: Resource, context: RuleContext): CheckResult {
  const name = `Network security group ${displayName(group.id)}`;
  const evidence = [evidenceAt(group, securityRulesPointer, 'security rules')];
  const found = services.map(([port, service]) => ({
    shown: `${service} (TCP ${port})`,
    parts: fromInternet(group, [port], context),
  }));
  const open = found.filter(({ parts }) => parts.some(isAllowed));
  if (open.length > 0) {
    const rules = namesOf(open.flatMap(({ parts }) => parts.filter(isAllowed)));
    const ports = listed(open.map(({ shown }) => shown));
    return fail(`${name} allows ${ports} from the Internet: ${few(rules)}.`, evidence);
  }
  const unsure = found.filter(({ parts }) => parts.some(({ outcome }) => outcome === 'unknown'));
  return unsure.length > 0
    ? unknown(`Whether ${name} allows ${listed(unsure.map(({ shown }) => shown))} is not known.`, evidence)
    : pass(`${name} denies SSH, RDP and WinRM from the Internet.`, evidence);
}

const about = { about: securityGroupType, profiles: ['current'], subjects: alone(securityGroupType) } as const;

export const nsgManagementPorts = defineRule({
  ...about,
  id: 'nsg.management-ports',
  title: 'Management ports are closed to the Internet',
  problem: 'Management port is open to the Internet',
  severity: 'high',
  explain: {
    why: 'SSH, RDP and WinRM ports that are reachable from the Internet are found and attacked within minutes. This rule applies to files without a selected workspace, which do not tell what the network security group is for.',
    fix: 'None: set the source of the rule to the addresses of your operators, or delete the rule and use Azure Bastion.',
    links: [links.securityGroups],
  },
  check: checkPorts,
});

const allPorts = 65_535;
const coversAllPorts = ({ destinationPorts }: SecurityRule): boolean => {
  let covered = 0;
  for (let at = 0; at + 1 < destinationPorts.length; at += 2)
    covered += (destinationPorts[at + 1] ?? 0) - (destinationPorts[at] ?? 0);
  return covered >= allPorts;
};

export const nsgInboundAny = defineRule({
  ...about,
  id: 'nsg.inbound-any',
  title: 'Inbound rules name their sources or ports',
  problem: 'Inbound rule allows any source on every port',
  severity: 'high',
  explain: {
    why: 'A rule that allows any source on every port overrides all rules after it. This rule applies to files without a selected workspace.',
    fix: 'None: name the sources and the ports that are needed, one rule for each service.',
    links: [links.securityGroups],
  },
  check(group, context) {
    const name = `Network security group ${displayName(group.id)}`;
    const evidence = [evidenceAt(group, securityRulesPointer, 'security rules')];
    const parts = fromInternet(group, ['*'], context);
    const wide = (outcome: Part['outcome']) =>
      parts
        .filter((part) => part.outcome === outcome)
        .flatMap(({ by, unsure }) => [...by, ...unsure].flatMap(({ rule }) => (rule ? [rule] : [])))
        .filter((rule) => rule.access === 'Allow' && coversAllPorts(rule));
    const [open, unsure] = [wide('allowed'), wide('unknown')];
    const shown = (rules: readonly SecurityRule[]) => few([...new Set(rules.map((rule) => clean(rule.name, 80)))]);
    if (open.length > 0) return fail(`${name} allows the Internet on every port: ${shown(open)}.`, evidence);
    return unsure.length > 0
      ? unknown(`Whether ${name} allows the Internet on every port is not known: ${shown(unsure)}.`, evidence)
      : pass(`No inbound rule of ${name} allows the Internet on every port.`, evidence);
  },
});
