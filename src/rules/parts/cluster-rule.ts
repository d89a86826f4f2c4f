// What every rule about attached Kubernetes clusters has in common: letters, subjects, and the cluster behind the compute.
import { type Draft, defineRule } from '../define.ts';
import type { Judgement, Rule, Verdict } from '../rule.ts';
import { type Attached, attachedJudged, attachedSubjects, computeType } from './clusters.ts';

type ClusterDraft = Omit<Draft, 'about' | 'subjects' | 'check' | 'for' | 'instead'>;

/** A rule that looks at the cluster behind each compute; `judge` throws GapRead where what it needs was not read. */
export const clusterRule = (draft: ClusterDraft, judge: (one: Attached, judgement: Judgement) => Verdict): Rule =>
  defineRule({
    ...draft,
    for: ['service-endpoint', 'private-endpoint'],
    about: computeType,
    instead: 'compute.managed-network-conflict',
    subjects: attachedSubjects,
    check: (subject, judgement) => attachedJudged(subject, judgement, (one) => judge(one, judgement)),
  });
