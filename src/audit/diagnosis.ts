// The workspace diagnosis of the service as evidence of the findings it is about: a cross-check by a service that sees what no read
// shows. It changes only the outcome of `workspace.diagnose`. Pure: the request is sent elsewhere.

import { diagnosisIn, type Statement } from '../facts/diagnosis.ts';
import type { Evidence, Finding } from '../model/finding.ts';
import { fold } from '../model/resource-id.ts';
import type { ReadFailure, Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';

/** The rules that a category of results is about; the rest is about the workspace. */
const categories: Readonly<Record<string, RegExp>> = {
  userdefinedrouteresults: /^udr\./,
  networksecurityruleresults: /^nsg\./,
  resourcelockresults: /^compute\.locks$/,
  dnsresolutionresults: /\.private-dns$/,
  storageaccountresults: /^storage\./,
  keyvaultresults: /^keyvault\./,
  containerregistryresults: /^acr\./,
  otherresults: /^workspace\./,
};
/** Codes that are more specific than their category; in lower case, since Microsoft's pages spell them in several ways. */
const codes: Readonly<Record<string, RegExp>> = {
  customdnsinuse: /\.private-dns$/,
  imagebuildcomputenotvalid: /^acr\.(image-build-compute|workspace-has-cluster)$/,
  resourcelockdetected: /^compute\.locks$/,
};

/** The results of the diagnosis, or why it was refused. */
export interface DiagnosisReport {
  readonly statements: readonly {
    readonly category: string;
    readonly code: string | null;
    readonly level: string | null;
    readonly message: string | null;
    /** Ids of the findings it speaks about. */
    readonly findings: readonly string[];
  }[];
  readonly refused: Pick<ReadFailure, 'reason' | 'action'> | null;
}

export const isDiagnosed = (snapshot: Snapshot): boolean => diagnosisIn(indexSnapshot(snapshot)).state !== 'not asked';

/** Undefined when the diagnosis was not run. */
export function diagnosisReport(snapshot: Snapshot, findings: readonly Finding[]): DiagnosisReport | undefined {
  const asked = diagnosisIn(indexSnapshot(snapshot));
  if (asked.state === 'not asked') return undefined;
  if (asked.state === 'refused') {
    return { statements: [], refused: { reason: asked.gap.reason, action: asked.gap.action } };
  }
  const statements = asked.state === 'said' ? asked.statements : [];
  return {
    refused: null,
    statements: statements.map((statement) => ({
      category: statement.category,
      code: statement.code ?? null,
      level: statement.level ?? null,
      message: statement.message ?? null,
      findings: findings.filter((finding) => concerns(statement, finding)).map(({ id }) => id),
    })),
  };
}

/** The findings with the results about them after their own evidence. */
export function withDiagnosis(snapshot: Snapshot, findings: readonly Finding[]): readonly Finding[] {
  const asked = diagnosisIn(indexSnapshot(snapshot));
  if (asked.state !== 'said') return findings;
  const resource = asked.answer.id;
  return findings.map((finding) => {
    const about = asked.statements.filter((statement) => concerns(statement, finding));
    if (about.length === 0) return finding;
    const more = about.map(
      ({ pointer, raw, level }): Evidence => ({
        ...{ resource, pointer, value: raw },
        note: `workspace diagnosis${level === undefined ? '' : ` (${level})`}`,
      }),
    );
    return { ...finding, evidence: [...finding.evidence, ...more] };
  });
}

/** A known code is about its rules whatever their outcome; any other result is about what does not pass in its category. */
function concerns({ code, category }: Statement, { rule, outcome }: Finding): boolean {
  if (rule === 'workspace.diagnose' || outcome === 'notApplicable') return false;
  const known = codes[fold(code ?? '')];
  return known !== undefined ? known.test(rule) : outcome !== 'pass' && categories[fold(category)]?.test(rule) === true;
}
