// The verdict on purposes at a firewall: which are met, which are not, and by which rules.
import type { Evidence, Severity } from '../../../model/finding.ts';
import { severities } from '../../../model/finding.ts';
import { fail, listed, noted, pass, shown, subnetShown, unknown } from '../../parts/verdict.ts';
import type { Verdict } from '../../rule.ts';
import { type FirewallPlace, ruleSeen, ruleShown, wayThere } from './place.ts';
import type { Asked, HostNeed, TagNeed } from './purposes.ts';
import { type Standing, standingsOf } from './standing.ts';

const flow = (what: string, { protocol, ports }: TagNeed | HostNeed): string =>
  `${what} on ${protocol === '*' ? 'any protocol' : protocol} ${ports.join(', ')}`;
export const tagShown = (need: TagNeed): string => flow(need.tag, need);
export const hostShown = (need: HostNeed): string => flow(need.host, need);

const some = (items: readonly string[], most: number): string =>
  listed(items.length > most + 1 ? [...items.slice(0, most), `${items.length - most} more`] : items);

/** What a purpose lacks: its tags and, beside them, its names. */
function lacking({ purpose, outcome, tags, hosts }: Standing, { firewall }: FirewallPlace): Evidence[] {
  const how = outcome === 'unmet' ? 'is not let pass' : 'may be let pass';
  return [
    ...(tags.length > 0 ? [noted(firewall.id, tags.map(tagShown), `${purpose.name}: by no network rule ${how}`)] : []),
    ...(hosts.length > 0
      ? [noted(firewall.id, hosts.map(hostShown), `${purpose.name}: by no application rule ${how}`)]
      : []),
  ];
}

/** The verdict on what is needed. Throws GapRead when nothing known is missing and more may be needed, or rules were not read. */
export function purposesJudged({ purposes, gap }: Asked, place: FirewallPlace, own: Severity): Verdict {
  const standings = standingsOf(purposes, place);
  const { subnet, firewall, judgement } = place;
  const [name, wall] = [subnetShown(subnet), shown(firewall.id)];
  const of = (outcome: Standing['outcome']) => standings.filter((one) => one.outcome === outcome);
  const rules = (them: readonly Standing[], note: string): Evidence[] =>
    [...new Set(them.flatMap(({ by }) => by))].slice(0, 6).map((rule) => ruleSeen(rule, judgement.world, note));
  const way = wayThere(subnet, judgement.world);
  const unmet = of('unmet');
  if (unmet.length > 0) {
    const levels = unmet.map(({ purpose }) => purpose.severity ?? own);
    const evidence = [...way, ...unmet.flatMap((one) => lacking(one, place)), ...rules(unmet, 'stops some of it')];
    const worst = severities.find((level) => levels.includes(level)) ?? own;
    return fail(
      `${wall} does not let ${name} reach ${some(
        unmet.map(({ purpose }) => purpose.name),
        5,
      )}.`,
      evidence,
      worst,
    );
  }
  if (gap) throw gap;
  const unsure = of('unknown');
  if (unsure.length > 0) {
    const by = [...new Set(unsure.flatMap((one) => one.by.map(ruleShown)))];
    const evidence = [...way, ...unsure.flatMap((one) => lacking(one, place)), ...rules(unsure, 'may decide')];
    return unknown(
      `Whether ${wall} lets ${name} reach ${some(
        unsure.map(({ purpose }) => purpose.name),
        5,
      )} is not known: it hangs on ${by.length > 0 ? some(by, 3) : 'ranges that could not be read'}.`,
      evidence,
    );
  }
  return pass(`${wall} lets ${name} reach all that it needs.`, [
    ...way,
    noted(
      firewall.id,
      standings.map(({ purpose }) => purpose.name),
      'let pass',
    ),
  ]);
}
