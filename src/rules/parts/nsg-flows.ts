// The rules that ask whether flows pass at a subnet's security group, all alike: judged, shown and mended in one way.
import type { Finding, Severity } from '../../model/finding.ts';
import type { Decision } from '../../net/decision.ts';
import { type Draft, defineRule } from '../define.ts';
import type { Judgement, Proposal, Rule, Verdict } from '../rule.ts';
import { links } from './links.ts';
import { openFor, proposed } from './nsg-change.ts';
import type { Need } from './nsg-need.ts';
import { needsOf } from './nsg-needs.ts';
import {
  decided,
  deciders,
  evidenceOf,
  hangsOn,
  type Place,
  placeAt,
  placeJudged,
  placeShown,
  proposalsAt,
  stopperShown,
  subnetType,
  trainingPlaces,
} from './nsg-place.ts';
import { fail, notApplicable, noted, pass, together, unknown } from './verdict.ts';

/** Does a group let one flow pass? */
export function judgeNeed(need: Need, place: Place): Verdict {
  const decision = decided(need.asked, place);
  const evidence = evidenceOf(decision, place, need.asked.direction);
  const name = placeShown(place);
  switch (decision.verdict) {
    case 'allowed':
      return pass(`${name} lets ${need.what} pass, by ${deciders(decision, 'allowed')}.`, evidence);
    case 'unknown':
      return need.onlyNote
        ? noteOf(need, place, decision, evidence)
        : unknown(
            `Whether ${name} lets ${need.what} pass is not known: it hangs on ${hangsOn(decision, place)}.`,
            evidence,
          );
    default: {
      const part = decision.verdict === 'partly' ? 'part of ' : '';
      if (need.onlyNote) return noteOf(need, place, decision, evidence);
      return fail(
        `${stopperShown(decision, place)} stops ${part}${need.what}, by ${deciders(decision, 'denied')}.`,
        evidence,
        need.severity,
      );
    }
  }
}
const noteOf = (need: Need, place: Place, decision: Decision, evidence: Verdict['evidence']): Verdict =>
  pass('', [noted(place.group.id, decision.verdict, `not needed for certain: ${need.what}`), ...(evidence ?? [])]);

export function judgeNeeds(rule: string, severity: Severity, place: Place): Verdict {
  const needs = needsOf(rule, place);
  if (typeof needs === 'string') return notApplicable(needs);
  const verdict = together(
    severity,
    needs.map((need) => () => judgeNeed(need, place)),
  );
  return { ...verdict, because: verdict.because.replaceAll(/ +/g, ' ').trim() };
}

/** What lets the flows of a finding's rule pass, or the sentence why nothing can. */
export const openProposals = (finding: Finding, judgement: Judgement): readonly Proposal[] | string =>
  // Where outbound is to be limited, the allow must outlive the deny that is to come.
  proposalsAt(finding, { ...judgement, asIfClosed: true }, (place) => {
    const needs = needsOf(finding.rule, place);
    if (typeof needs === 'string') return needs;
    const opened = openFor(
      place,
      needs.filter(({ onlyNote }) => onlyNote !== true),
    );
    return typeof opened === 'string' ? opened : proposed(place, opened.steps, 2, 'Lets this traffic pass.');
  });

type FlowDraft = Pick<Draft, 'id' | 'title' | 'severity' | 'profiles'> & { readonly why: string; readonly fix: string };

/** A rule about required flows: judged by its needs, mended by an allow at a number that counts. */
export const flowRule = ({ why, fix, ...draft }: FlowDraft): Rule =>
  defineRule({
    ...draft,
    for: ['service-endpoint', 'private-endpoint'],
    about: subnetType,
    explain: {
      why,
      fix: `${fix} It gets a free number below the lowest deny in its way; an allow of the same traffic that a deny hides is moved instead.`,
      breaks:
        'Nothing that works today. The same traffic passes for everything else that shares the security group, which the plan names.',
      links: [links.securedTraffic, links.securityGroups],
    },
    fixKind: 'auto',
    undo: 'exact',
    subjects: trainingPlaces,
    flows: ({ resource }, judgement) => {
      const place = placeAt(resource, judgement);
      const needs = place ? needsOf(draft.id, place) : [];
      return typeof needs === 'string' ? [] : needs.map(({ asked }) => asked);
    },
    check: (subject, judgement) =>
      placeJudged(subject, judgement, (place) => judgeNeeds(draft.id, draft.severity, place)),
    fix: openProposals,
  });
