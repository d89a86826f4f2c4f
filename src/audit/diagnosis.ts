// What the service's own diagnosis says, laid beside the findings it speaks about: a cross-check, by people who see what no read
// shows. It changes no verdict but that of `workspace.diagnose`. Pure: whoever asks is elsewhere.
import type { Evidence, Finding } from '../model/finding.ts';
import { fold } from '../model/resource-id.ts';
import type { Gap, Snapshot } from '../model/snapshot.ts';
import { worldOf } from '../model/world.ts';
import { diagnosisIn, type Statement } from '../posture/diagnosis.ts';

/** Which rules a statement of a category is about. What the service has no rule here for is about the workspace. */
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
/** Where a code says more than its category; in lower case, since Microsoft's own pages spell them both ways. */
const codes: Readonly<Record<string, RegExp>> = {
  customdnsinuse: /\.private-dns$/,
  imagebuildcomputenotvalid: /^acr\.(image-build-compute|workspace-has-cluster)$/,
  resourcelockdetected: /^compute\.locks$/,
};

/** The service was asked: what it said, or why it did not. */
export interface DiagnosisReport {
  readonly statements: readonly {
    readonly category: string;
    readonly code: string | null;
    readonly level: string | null;
    readonly message: string | null;
    /** Ids of the findings it speaks about. */
    readonly findings: readonly string[];
  }[];
  readonly refused: Pick<Gap, 'reason' | 'action'> | null;
}

/** Undefined when nobody asked. */
export function diagnosisReport(snapshot: Snapshot, findings: readonly Finding[]): DiagnosisReport | undefined {
  const asked = diagnosisIn(worldOf(snapshot));
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

/** The findings with what the service said about them after their own evidence. */
export function withDiagnosis(snapshot: Snapshot, findings: readonly Finding[]): readonly Finding[] {
  const asked = diagnosisIn(worldOf(snapshot));
  if (asked.state !== 'said') return findings;
  const resource = asked.answer.id;
  return findings.map((finding) => {
    const about = asked.statements.filter((statement) => concerns(statement, finding));
    if (about.length === 0) return finding;
    const more = about.map(
      ({ pointer, raw, level }): Evidence => ({
        ...{ resource, pointer, value: raw },
        note: `the service’s own diagnosis${level === undefined ? '' : `, ${level}`}`,
      }),
    );
    return { ...finding, evidence: [...finding.evidence, ...more] };
  });
}

/** A statement whose code is known speaks to its rules whatever they say; another one to what does not pass in its area. */
function concerns({ code, category }: Statement, { rule, outcome }: Finding): boolean {
  if (rule === 'workspace.diagnose' || outcome === 'notApplicable') return false;
  const known = codes[fold(code ?? '')];
  return known !== undefined ? known.test(rule) : outcome !== 'pass' && categories[fold(category)]?.test(rule) === true;
}
