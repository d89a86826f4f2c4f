// The rules about required flows, one for each row of the table in parts/required-flows.ts: the network security group of the
// training subnet allows them, or the fix adds an allow rule.
import { retired } from '../define.ts';
import { links } from '../parts/links.ts';
import type { Proposal, Rule } from '../rule.ts';
import { openFor, proposed } from './parts/change.ts';
import { groupRule, type NsgPlace, placeAt } from './parts/place.ts';
import { type FlowRule, judgeNeeds, needsOf, type RequiredFlow, requiredFlows } from './parts/required-flows.ts';

const flow = (row: RequiredFlow): Rule => (row.retired === undefined ? needed(row) : noLongerNeeded(row, row.retired));

const needed = ({ id, title, problem, severity, profiles, why, fix }: RequiredFlow): Rule =>
  groupRule({
    ...{ id, title, problem, severity },
    ...(profiles && { profiles }),
    explain: {
      why,
      fix: `${fix} Its priority is below the lowest deny rule that blocks the traffic. An allow rule shadowed by a deny rule is moved instead. A deny rule that this history did not create is overridden only by a fix that you select yourself.`,
      breaks:
        'Existing connections are not affected. The same traffic is allowed for every subnet and NIC that uses the network security group; the plan lists them.',
      links: [links.securedTraffic, links.securityGroups],
    },
    flows(place) {
      const needs = needsOf(id, place);
      return typeof needs === 'string' ? [] : needs.map(({ asked }) => asked);
    },
    check: (place) => judgeNeeds(id, severity, place),
    fix: (place) => allowed(id, place),
  });

function allowed(id: string, { subnet, context }: NsgPlace): readonly Proposal[] | string {
  // Where outbound is to be limited, the allow must also work once the planned deny is there.
  const place = placeAt(subnet, { ...context, assumeDenyByDefault: true });
  if (!place) return 'The subnet has no network security group.';
  const needs = needsOf(id, place);
  if (typeof needs === 'string') return needs;
  const opened = openFor(
    place,
    needs.filter(({ informational }) => informational !== true),
  );
  return typeof opened === 'string' ? opened : proposed(place, opened.steps, 2);
}

const noLongerNeeded = ({ id, title, problem, severity, why, fix }: RequiredFlow, because: string): Rule =>
  retired(
    groupRule({
      ...{ id, title, problem, severity },
      explain: { why, fix, links: [links.batchSimplified, links.securedTraffic] },
      check: (place) => judgeNeeds(id, severity, place),
    }),
    because,
  );

export const requiredFlowRules = Object.fromEntries(requiredFlows.map((row) => [row.id, flow(row)])) as Readonly<
  Record<FlowRule, Rule>
>;
