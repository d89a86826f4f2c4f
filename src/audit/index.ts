// The audit, in one place to import from.

export { architectureOf } from '../facts/architecture.ts';
export { preflight, preflightWithReads } from '../facts/job/legs.ts';
export { clusterGates } from '../facts/new-cluster.ts';
export { peeringSpaces, refusalWords, unknownWords } from '../facts/peering-spaces.ts';
export { policiesOn } from '../facts/policies.ts';
export { compareReports, isFailing } from '../model/compare.ts';
export { pageDate } from '../rules/parts/links.ts';
export { audit, auditInSteps, partsOfRollUps } from './audit.ts';
export { findingsOf, isAbout, isPassed, outOfScopeReason } from './check.ts';
export { decidedInEach, type OpenParameter, valuesToSuppose } from './each-value.ts';
export { findingsByTarget, isNamedBy, nearestTarget } from './finding-by-target.ts';
export { dropGateAnswers, gateAnswer, guarded } from './gate.ts';
export { type FlowAt, flowsOf, type LiveReport, liveReport, packetsToAsk, subnetsToAsk } from './live.ts';
export { outsideOf } from './outside.ts';
export { leftOutBy, narrowed, projectSummary, withProject } from './project.ts';
export { scopedTo } from './scope.ts';
