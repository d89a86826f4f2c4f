// An audit of a world of the simulator, and of the same world with hostile names, as documents are made from it.
import { audit } from '../../src/audit/index.ts';
import { mapOf } from '../../src/audit/map.ts';
import { buildPlan, withFixes } from '../../src/plan/index.ts';
import { type AuditResult, auditResult } from '../../src/render/audit-result.ts';
import { rules } from '../../src/rules/index.ts';
import { snapshotFromTexts } from '../../src/session/from-files.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';

export const about = { version: '1.2.3', rules };

/** Controls, markup of every document, formulas, and characters that XML does not allow. */
const hostileWords =
  '\x00\x08\x1b[31m\u0085\u202e<script>alert(1)<!--]]>&amp;"\'`|=1+1 [x](evil) _x0041_ \ufffe\ud800 \u{1f600}';
const renamed = ['stmlsim', 'snet-train', 'nsg-train', 'cpu-cluster', 'kv-mlsim', 'vnet-ml'];

export function auditedWorld(name: string, isHostile = false): AuditResult {
  const inJson = JSON.stringify(hostileWords).slice(1, -1);
  const plain = worldFiles.find((one) => one.name === name)?.resources() ?? '[]';
  const text = isHostile
    ? renamed.reduce((rest, one) => rest.replaceAll(one, `${one.slice(0, 3)}${inJson}${one.slice(3)}`), plain)
    : plain;
  const snapshot = snapshotFromTexts([{ path: `${name}.json`, text }], {
    allResources: false,
    now: () => new Date(0),
    newId: () => 'x',
  });
  const report = withFixes(audit(snapshot, rules, 'all'), { snapshot, rules, profile: 'all' });
  const request = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
  const gather = () => ({ plan: buildPlan({ snapshot, rules, request, id: 'p' }), map: mapOf(snapshot) });
  return { ...auditResult(snapshot, report, { allOutcomes: true, by: 'problem' }), gather };
}
