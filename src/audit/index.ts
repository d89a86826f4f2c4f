// The audit, in one place to import from.

export { type Comparison, compareReports, isFailing } from '../model/compare.ts';
export { clusterGates, type NewCluster } from '../posture/new-cluster.ts';
export { audit, summaryOf } from './audit.ts';
export {
  atLeast,
  gapsThatMattered,
  type Selection,
  selectFindings,
} from './compare.ts';
export { findingsByTarget } from './finding-by-target.ts';
export { type GateAnswer, gateAnswer, guarded } from './gate.ts';
export { findingOf, findingsOf, isAbout, isPassed, type Judged, judge, silenced } from './judge.ts';
export { type FlowAt, flowsOf, type LiveReport, liveReport, packetsToAsk, type Said, subnetsToAsk } from './live.ts';
export { scopedTo } from './scope.ts';
