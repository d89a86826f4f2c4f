// The audit, in one place to import from.

export { architectureOf } from '../facts/architecture.ts';
export { clusterGates, type NewCluster } from '../facts/new-cluster.ts';
export { compareReports, isFailing, type ReportComparison as Comparison } from '../model/compare.ts';
export { audit, summaryOf } from './audit.ts';
export {
  type CheckedResult,
  checkSubject as judge,
  findingOf,
  findingsOf,
  isAbout,
  isPassed,
  outOfScopeReason as silenced,
} from './check.ts';
export { findingsByTarget } from './finding-by-target.ts';
export { type GateAnswer, gateAnswer, guarded } from './gate.ts';
export { type FlowAt, flowsOf, type LiveReport, liveReport, packetsToAsk, type Said, subnetsToAsk } from './live.ts';
export { scopedTo } from './scope.ts';
