// The sorts of things that `create` makes: each looks for the name first, chooses a place, and makes the plan that is then shown
// and sent like any other.
import type { CommandContext } from '../../src/command/definition.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { groupIdOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { managedClusterType } from '../../src/resource-types/index.ts';
import type { Creation, Session, SessionEvent } from '../../src/session/session.ts';
import { type ActResult, act, requireWritable } from './act.ts';
import { type AksArgs, legalAks } from './aks-asked.ts';
import { refuseStopped } from './blocked.ts';
import { chooseSubnet } from './chosen-subnet.ts';
import { existingAks } from './existing-aks.ts';
import { type Existing, existingCompute } from './existing-compute.ts';
import { existingSubnet, legalSubnet, networkNamed, type SubnetArgs, subnetCreation } from './new-aci-subnet.ts';
import { attachment, clusterCreation } from './new-aks.ts';
import { type ComputeArgs, computeCreation, legalCompute } from './new-compute.ts';
import { simulatedIf } from './what-if.ts';

/** What `create` comes to: a plan or its outcome, or what has the name already. */
export type Created = ActResult | { readonly kind: 'exists'; readonly existing: Existing };
type Making = AsyncGenerator<SessionEvent, Created>;

async function* begin(context: CommandContext): AsyncGenerator<SessionEvent, { session: Session; snapshot: Snapshot }> {
  const session = await context.session();
  requireWritable(context, session);
  return { session, snapshot: yield* session.scan(context.signal) };
}

/** What every sort takes besides. */
interface Wishes {
  readonly whatIf: boolean;
}

async function* finish(
  context: CommandContext,
  { session, snapshot: scanned }: { readonly session: Session; readonly snapshot: Snapshot },
  creation: Creation,
  { whatIf }: Wishes,
): Making {
  const snapshot = yield* session.named(scanned, (of) => [session.planCreation(of, creation)], context.signal);
  const plan: Plan = session.planCreation(snapshot, creation);
  refuseStopped(context, plan);
  return yield* act(context, session, yield* simulatedIf(whatIf, context, session, plan, snapshot));
}

export async function* makeCompute(
  context: CommandContext,
  args: ComputeArgs & Wishes & { readonly subnet?: string | undefined },
): Making {
  legalCompute(args);
  const { session, snapshot: first } = yield* begin(context);
  const existing = existingCompute(first, args);
  if (existing !== undefined) return { kind: 'exists', existing };
  const subnet = await chooseSubnet(context, first, args.subnet);
  const snapshot = subnet === null ? first : yield* session.scan(context.signal, [subnet]);
  const { answer } = session.report(snapshot, context.flags.profile).architecture;
  const architecture = answer === 'unknown' ? 'service-endpoint' : answer;
  const creation = computeCreation(snapshot, args, subnet, architecture, context.flags.profile);
  return yield* finish(context, { session, snapshot }, creation, args);
}

export async function* makeAks(context: CommandContext, args: AksArgs & Wishes): Making {
  legalAks(args);
  const { session, snapshot: first } = yield* begin(context);
  const cluster = args.cluster === undefined ? undefined : clusterId(args.cluster, first);
  const existing = existingAks(first, { ...args, cluster });
  if (existing !== undefined) return { kind: 'exists', existing };
  const { profile } = context.flags;
  if (cluster !== undefined) {
    const snapshot = yield* session.scan(context.signal, [cluster]);
    return yield* finish(context, { session, snapshot }, attachment(snapshot, args, cluster, profile), args);
  }
  const subnet = await chooseSubnet(context, first, args.subnet);
  if (subnet === null) throw inManagedNetwork();
  const snapshot = yield* session.scan(context.signal, [subnet]);
  return yield* finish(context, { session, snapshot }, clusterCreation(snapshot, args, subnet, profile), args);
}

/** An id, or the name of a cluster in the workspace's own group. */
function clusterId(wanted: string, { workspace }: Snapshot): string {
  if (wanted.startsWith('/')) return wanted;
  return `${workspace === null ? '' : (groupIdOf(workspace) ?? '')}/providers/${managedClusterType}/${wanted}`;
}

const inManagedNetwork = (): Failure =>
  new Failure(
    'managed-network',
    exitStatus.usage,
    'The workspace uses a managed network, in which no AKS cluster can be created.',
    'Attach an existing cluster (--cluster ID), or deploy to managed online endpoints.',
  );

export async function* makeSubnet(
  context: CommandContext,
  args: SubnetArgs & Wishes & { readonly vnet?: string | undefined },
): Making {
  legalSubnet(args.name);
  const { session, snapshot } = yield* begin(context);
  const network = networkNamed(snapshot, args.vnet);
  const existing = existingSubnet(network, args);
  if (existing !== undefined) return { kind: 'exists', existing };
  return yield* finish(
    context,
    { session, snapshot },
    subnetCreation(snapshot, network, args, context.flags.profile),
    args,
  );
}
