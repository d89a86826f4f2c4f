// The architecture of a workspace in words, with where the answer comes from.
import type { ArchitectureAnswer } from './finding.ts';

const names = {
  'service-endpoint': 'service endpoints',
  'private-endpoint': 'private endpoints',
  'managed-network': 'managed network',
  unknown: 'unknown',
} as const;
const reasons: Readonly<Record<string, string>> = {
  intent: 'declared',
  'managed network': 'set in the workspace',
  'public access off': 'public network access is disabled',
};

/** `service endpoints (inferred from 3 of 3 resources)` */
export function architectureWords({ answer, by, votes }: ArchitectureAnswer): string {
  const counted = votes.filter(({ vote }) => vote !== null);
  const agreeing = counted.filter(({ vote }) => vote === answer).length;
  const inferred = `inferred from ${agreeing} of ${counted.length} ${counted.length === 1 ? 'resource' : 'resources'}`;
  return `${names[answer]} (${by === 'votes' ? inferred : (reasons[by] ?? by)})`;
}
