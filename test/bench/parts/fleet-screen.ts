// A program that is nothing but the screen of a fleet without Azure: as many workspaces of the world `fleet` as its argument says, with
// what is planted in them as their findings. A workspace that is opened has a session of its own, and Backspace comes back.
import process from 'node:process';
import { startApp } from '../../../src/app/start.tsx';
import type { FleetKept } from '../../../src/app/state/fleet-shown.ts';
import { type Severity, severities } from '../../../src/model/finding.ts';
import {
  type FleetProblem,
  type FleetReport,
  type FleetRequest,
  type FleetRow,
  type FleetStage,
  worstWorkspaceFirst,
} from '../../../src/model/fleet.ts';
import { fold, nameInParent, nameOf, resourceGroupOf, subscriptionOf } from '../../../src/model/resource-id.ts';
import { sharedCauses } from '../../../src/plan/index.ts';
import { rules } from '../../../src/rules/index.ts';
import { planFleet } from '../../../src/simulator/worlds/fleet.ts';
import { chooseTheme } from '../../../src/theme/choose.ts';
import { themes } from '../../../themes/index.ts';
import { fakeOptions } from '../../support/fake-options.ts';
import { fakeSession } from '../../support/fake-session.ts';

const byId = new Map(rules.map((rule) => [rule.id, rule]));
const at = new Date().toISOString();
const planned = planFleet({ workspaces: Number(process.argv[2]), seed: 1 }).workspaces;

const problems = planned.flatMap(({ id, faults }) =>
  [...Map.groupBy(faults, ({ resource }) => fold(resource)).values()].map((group): FleetProblem => {
    const findings = group.map(({ rule, resource, says }) => {
      const { problem = rule, severity = 'low' } = byId.get(rule) ?? {};
      return { id: `${rule}@${fold(resource)}`, rule, severity, problem, because: says, resource };
    });
    const worst = severities.find((one) => findings.some(({ severity }) => severity === one)) ?? 'low';
    const [{ problem, resource }] = findings as [(typeof findings)[number]];
    return { workspace: id, resource, headline: `${nameInParent(resource)}: ${problem}`, severity: worst, findings };
  }),
);
const ofWorkspace = Map.groupBy(problems, ({ workspace }) => workspace);

function rowOf({ id, tags }: (typeof planned)[number], stage: FleetStage): FleetRow {
  const own = ofWorkspace.get(id) ?? [];
  const all = own.flatMap(({ findings }) => findings);
  const bySeverity = Object.fromEntries(
    severities.map((one) => [one, all.filter(({ severity }) => severity === one).length]),
  ) as Record<Severity, number>;
  const counts = { pass: 180, fail: all.length, unknown: stage === 1 ? 40 : 8, notApplicable: 150 };
  return {
    ...{ id, name: nameOf(id), subscription: subscriptionOf(id) ?? '', resourceGroup: resourceGroupOf(id) ?? '' },
    severity: severities.find((one) => bySeverity[one] > 0) ?? null,
    summary: { ...counts, bySeverity, rollUps: 0, accepted: 0 },
    problemsBySeverity: Object.fromEntries(
      severities.map((one) => [one, own.filter(({ severity }) => severity === one).length]),
    ) as Record<Severity, number>,
    ...{ problems: own.length, stage, gaps: [], at, tags },
  };
}

const reportOf = (stage: FleetStage): FleetReport => ({
  at,
  workspaces: planned.map((one) => rowOf(one, stage)).toSorted(worstWorkspaceFirst),
  shared: sharedCauses(problems),
  problems,
  ...{ requests: { graph: 16, arm: 5000 }, complete: stage === 2, gaps: [] },
});
const [first, second] = [reportOf(1), reportOf(2)];

const session = {
  ...fakeSession({ now: () => new Date() }),
  // biome-ignore lint/correctness/useYield: nothing is told on the way.
  async *fleet({ onStageOne }: FleetRequest) {
    onStageOne?.(first);
    return second;
  },
};
let fleet: FleetKept | null = null;
for (let isOpening = true; isOpening; ) {
  const kept: FleetKept | null = fleet;
  isOpening = false;
  const status = await startApp(
    fakeOptions({
      ...{ session: session as never, theme: chooseTheme({ depth: 'full', themes }) },
      screen: kept === null ? 'fleet' : 'overview',
      fleet: {
        kept,
        keep(left) {
          fleet = left;
        },
      },
      workspaces: {
        recent: [],
        open() {
          isOpening = true;
        },
      },
    }),
  );
  if (!isOpening) process.exit(status);
}
