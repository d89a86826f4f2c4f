// The audit of a fleet: stage 1 reads everything that Resource Graph holds by a few queries and audits every workspace from that;
// stage 2 asks Azure Resource Manager for what only it has, worst workspaces first. What was read is on disk, so that a run that was
// killed goes on where it was.
import type { ArmClient, ListAnswer } from '../../azure/arm-client.ts';
import type { FleetStore } from '../../history/fleet-store.ts';
import type { Assumptions } from '../../model/assumption.ts';
import { assumptionSpread } from '../../model/assumption-values.ts';
import { dropCaches } from '../../model/caches.ts';
import { exitStatus, Failure } from '../../model/failure.ts';
import type { Report } from '../../model/finding.ts';
import {
  type FleetGap,
  type FleetProblem,
  type FleetReport,
  type FleetRequest,
  type FleetRow,
  type FleetStage,
  fleetProblems,
  rowNumbers,
  worstWorkspaceFirst,
} from '../../model/fleet.ts';
import { asJson, isArray, isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../../model/json.ts';
import { member } from '../../model/pointer.ts';
import { hubOf } from '../../model/posture.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, nameOf, resourceGroupOf, subscriptionOf } from '../../model/resource-id.ts';
import { knownWithoutSecrets, withoutSecrets } from '../../model/secrets.ts';
import { type Identity, isAccessDenied, type ReadFailure, type Snapshot } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import { sharedCauses } from '../../plan/index.ts';
import { resourceTypeOf, workspaceType } from '../../resource-types/index.ts';
import type { Rule } from '../../rules/rule.ts';
import { pause } from '../apply-context.ts';
import { scanWorkspace } from '../scan.ts';
import type { TagSource } from '../service-tags.ts';
import type { Session, SessionEvent } from '../session.ts';
import { Pool } from './pool.ts';
import {
  type FleetCover,
  fleetReader,
  lockType,
  notHeld,
  notReadCodes,
  type PoolFacts,
  poolFacts,
  thirdReadOf,
} from './reader.ts';
import { type FleetSieve, readSieve, sieveCover } from './sieve.ts';

export interface FleetOptions {
  readonly arm: ArmClient;
  readonly rules: readonly Rule[];
  intents(workspace: string): { get(): Promise<Assumptions> };
  readonly tags: TagSource;
  readonly report: Session['report'];
  /** `key`: what tells one scope from another. */
  store(key: string, restart: boolean): Promise<FleetStore>;
  now(): Date;
  say(event: SessionEvent): void;
  readonly signal?: AbortSignal;
}

/** Workspaces whose lists are read at once. */
const atOnce = 4;
/** Workspaces of stage 1 after which what was computed for resources is dropped: neighbours share some of them. */
const dropEvery = 8;
/** Subscriptions that are waited for in vain before no other is asked. */
const mostThrottled = 3;
/** Reads that stay for other clients of a subscription. */
const readsKept = 25;
/** Seconds in which Azure gives back as many. */
const refillSeconds = 1;

/** Throws Failure: exit 6 when sign-in fails, 7 when Azure shows no workspaces at all, 130 when stopped. */
export async function auditFleet(options: FleetOptions, request: FleetRequest): Promise<FleetReport> {
  const { arm, signal } = options;
  const identity = await arm.identity(signal);
  const store = await options.store(keyOf(arm, identity, request), request.restart ?? false);
  let keep = true;
  try {
    const report = await new FleetAudit(options, request, identity, store).run();
    // What is missing may be there the next time, and the rest need not be read again then.
    keep = request.stage === 2 && !report.complete && report.gaps.length > 0;
    return report;
  } finally {
    store.close(keep);
  }
}

const keyOf = ({ source }: ArmClient, { name, tenant = '' }: Identity, request: FleetRequest): string =>
  stringifyJson([
    ...[source.kind, source.name, name, tenant, request.managementGroup ?? ''],
    [...request.subscriptions].map(fold).toSorted(),
  ]);

interface CheckedWorkspace {
  readonly row: FleetRow;
  readonly intents: Assumptions;
  readonly problems: readonly FleetProblem[];
}

class FleetAudit {
  readonly #options: FleetOptions;
  readonly #request: FleetRequest;
  readonly #identity: Identity;
  readonly #store: FleetStore;
  readonly #pool: Pool;
  readonly #facts: PoolFacts;
  #cover: FleetCover | undefined;
  /** Lists of Azure Resource Manager by folded path. */
  readonly #answers = new Map<string, () => ListAnswer>();
  /** Those on the way: workspaces ask for what others have. */
  readonly #asked = new Map<string, Promise<ListAnswer>>();
  readonly #readsLeft = new Map<string, number>();
  /** Subscriptions that Azure does not stop throttling. */
  readonly #throttled = new Map<string, ReadFailure>();
  #checks = 0;
  #tagsAsked = false;
  #locksRead = false;

  constructor(options: FleetOptions, request: FleetRequest, identity: Identity, store: FleetStore) {
    this.#options = options;
    this.#request = request;
    this.#identity = identity;
    this.#store = store;
    this.#pool = new Pool(store.rows);
    this.#facts = poolFacts(this.#pool);
    for (const { place, text } of store.answers.lines()) {
      const known = answerIn(text);
      if (known === 'tags') this.#tagsAsked = true;
      else if (known !== undefined) this.#answers.set(fold(known), () => answerOf(store.answers.read(place)));
    }
  }

  async run(): Promise<FleetReport> {
    const { arm, say } = this.#options;
    const known = sieveIn(this.#store.header);
    // Rows of queries that failed may be there now.
    const isWhole = known !== undefined && known.gaps.length === 0;
    if (known !== undefined && !isWhole) this.#pool.clear();
    const sieve = isWhole
      ? known
      : await readSieve({
          ...{ arm, pool: this.#pool, request: this.#request, at: this.#options.now().toISOString(), say },
          ...(this.#options.signal ? { signal: this.#options.signal } : {}),
        });
    if (!isWhole) this.#store.putHeader(asJson(sieve));
    if (this.#answers.size > 0) {
      this.#progress(0, sieve.workspaces.length, `continuing an interrupted run, ${this.#answers.size} lists read`);
    }
    const found = await this.#stageOne(sieve);
    if (this.#request.stage === 2) {
      this.#request.onStageOne?.(this.#reportOf(sieve, [...found.values()]));
      await this.#stageTwo(sieve, found);
    }
    return this.#reportOf(sieve, [...found.values()]);
  }

  async #stageOne(sieve: FleetSieve): Promise<Map<string, CheckedWorkspace>> {
    const found = new Map<string, CheckedWorkspace>();
    for (const [index, id] of sieve.workspaces.entries()) {
      this.#options.signal?.throwIfAborted();
      found.set(id, await this.#check(id, sieve, 1));
      this.#progress(index + 1, sieve.workspaces.length, `stage 1, ${clean(nameOf(id), 80)}`);
      // The terminal and signals have their turn.
      if (index % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
    }
    return found;
  }

  /** Replaces what stage 1 found. */
  async #stageTwo(sieve: FleetSieve, found: Map<string, CheckedWorkspace>): Promise<void> {
    const { arm, signal } = this.#options;
    const waiting = [...found.values()].map(({ row }) => row).toSorted(worstWorkspaceFirst);
    const total = waiting.length;
    let done = 0;
    const stopListening = arm.onEvent((event) => {
      if (event.kind !== 'request' || event.readsLeft === undefined) return;
      const subscription = subscriptionOf(event.path);
      if (subscription !== undefined) this.#readsLeft.set(fold(subscription), event.readsLeft);
    });
    const work = async (): Promise<void> => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
        signal?.throwIfAborted();
        if (this.#throttledAt(fold(row.subscription)) === undefined) {
          const checked = await this.#check(row.id, sieve, 2);
          if (!this.#throttled.has(fold(row.subscription)) || checked.row.stage === 2) found.set(row.id, checked);
        }
        done += 1;
        this.#progress(done, total, `stage 2, ${clean(row.name, 80)}`);
      }
    };
    try {
      await this.#locks(sieve);
      await Promise.all(Array.from({ length: atOnce }, work));
    } finally {
      stopListening();
    }
  }

  async #check(id: string, sieve: FleetSieve, stage: FleetStage): Promise<CheckedWorkspace> {
    const { arm, intents, report, signal, tags } = this.#options;
    let isWhole = stage === 2;
    const reader = fleetReader({
      ...{
        arm: this.#countingTags(arm),
        pool: this.#pool,
        facts: this.#facts,
        cover: this.#coverOf(sieve),
        identity: this.#identity,
      },
      ...(stage === 1
        ? {}
        : {
            stageTwo: {
              third: thirdReadOf(...this.#withHub(id)),
              ask: async (key: string, request: () => Promise<ListAnswer>) => {
                const answer = await this.#list(key, request);
                if (!answer.ok && answer.gap.status === 429) isWhole = false;
                return answer;
              },
            },
          }),
    });
    const declared = await intents(id).get();
    const snapshot = await scanWorkspace({
      ...{ arm: reader, workspace: id, intents: declared, id: '', tags, progress: () => {} },
      now: () => new Date(sieve.at),
      ...(signal ? { signal } : {}),
    });
    const checked = report(snapshot, this.#request.profile);
    const workspace = snapshot.resources.find((one) => fold(one.id) === fold(id));
    const row: FleetRow = {
      ...{ id, name: nameOf(id), subscription: subscriptionOf(id) ?? '', resourceGroup: resourceGroupOf(id) ?? '' },
      ...rowNumbers(checked),
      stage: isWhole ? 2 : 1,
      gaps: gapsOf(checked, snapshot),
      at: sieve.at,
      tags: workspace === undefined ? {} : tagsOf(workspace),
    };
    const problems = fleetProblems(id, checked);
    this.#checks += 1;
    if (stage === 2 || this.#checks % dropEvery === 0) dropCaches();
    return { row, problems, intents: declared };
  }

  #coverOf(sieve: FleetSieve): FleetCover {
    this.#cover ??= sieveCover(sieve);
    return this.#cover;
  }

  #withHub(id: string): [Resource, Resource | undefined] {
    const workspace = this.#pool.get(id);
    if (workspace === undefined) throw new Error(`${id} is not in the pool`);
    const hub = hubOf(workspace);
    return [workspace, hub === undefined ? undefined : this.#pool.get(hub)];
  }

  /** Locks of the subscriptions in which a workspace has a read to spare. */
  async #locks(sieve: FleetSieve): Promise<void> {
    const spare = sieve.workspaces.filter((id) => thirdReadOf(...this.#withHub(id)) === 'locks');
    const subscriptions = new Map(spare.flatMap((id) => subscriptionOf(id) ?? []).map((one) => [fold(one), one]));
    const { type } = resourceTypeOf(lockType);
    for (const one of subscriptions.values()) {
      const collection = `/subscriptions/${one}/providers/${type}`;
      await this.#list(collection, () => this.#options.arm.list(collection, { type }));
    }
    this.#locksRead = true;
  }

  /** A list of Azure Resource Manager, asked once in all runs; within what its subscription has left. */
  #list(collection: string, ask: () => Promise<ListAnswer>): Promise<ListAnswer> {
    const key = fold(collection);
    const answer = this.#asked.get(key) ?? this.#askList(collection, ask).finally(() => this.#asked.delete(key));
    this.#asked.set(key, answer);
    return answer;
  }

  async #askList(collection: string, ask: () => Promise<ListAnswer>): Promise<ListAnswer> {
    const known = this.#answers.get(fold(collection));
    if (known !== undefined) return known();
    if (this.#locksRead && fold(collection).endsWith(fold(lockType)))
      return { ok: false, gap: notHeld(collection, lockType) };
    const subscription = fold(subscriptionOf(collection) ?? '');
    const throttled = this.#throttledAt(subscription);
    if (throttled !== undefined) return { ok: false, gap: { ...throttled, id: collection } };
    await this.#withinBudget(subscription);
    const answer = await ask();
    if (!answer.ok && isPassing(answer.gap)) {
      if (answer.gap.status === 429) this.#throttled.set(subscription, answer.gap);
      return answer;
    }
    // What is refused now may be allowed in the next run.
    if (!answer.ok && isAccessDenied(answer.gap)) {
      this.#answers.set(fold(collection), () => answer);
      return answer;
    }
    const [place] = this.#store.answers.append([lineOf(collection, answer)]);
    if (place !== undefined) this.#answers.set(fold(collection), () => answerOf(this.#store.answers.read(place)));
    return answer;
  }

  /** Where several subscriptions are throttled without end, the caller is: no other is waited for. */
  #throttledAt(subscription: string): ReadFailure | undefined {
    const known = this.#throttled.get(subscription);
    if (known !== undefined || this.#throttled.size < mostThrottled) return known;
    const [other] = this.#throttled.values();
    if (other !== undefined) this.#throttled.set(subscription, other);
    return other;
  }

  /** Waits while a subscription has few reads left: others use them too. */
  async #withinBudget(subscription: string): Promise<void> {
    const left = this.#readsLeft.get(subscription);
    if (left === undefined || left > readsKept) return;
    const { say, signal } = this.#options;
    say({
      kind: 'wait',
      seconds: refillSeconds,
      reason: `The subscription has ${left} reads left; waiting ${refillSeconds} s`,
    });
    await pause(refillSeconds * 1000, signal);
    if (signal?.aborted) throw stopped();
    this.#readsLeft.set(subscription, left + readsKept);
  }

  #countingTags(arm: ArmClient): ArmClient {
    return {
      ...arm,
      serviceTags: (place, signal) => {
        if (!this.#tagsAsked) this.#store.answers.append([stringifyJson({ tags: true })]);
        this.#tagsAsked = true;
        return arm.serviceTags(place, signal);
      },
    };
  }

  #progress(done: number, total: number, detail: string): void {
    this.#options.say({ kind: 'progress', stage: 'fleet', done, total, detail });
  }

  #reportOf(sieve: FleetSieve, checked: readonly CheckedWorkspace[]): FleetReport {
    const rows = checked.map(({ row }) => row).toSorted(worstWorkspaceFirst);
    const place = new Map(rows.map(({ id }, index) => [id, index]));
    const problems = checked
      .toSorted((a, b) => (place.get(a.row.id) ?? 0) - (place.get(b.row.id) ?? 0))
      .flatMap((one) => one.problems);
    const throttled = [...this.#throttled].map(([subscription, { reason }]): FleetGap => {
      const behind = rows.filter((row) => fold(row.subscription) === subscription && row.stage === 1).length;
      return {
        id: `/subscriptions/${subscription}`,
        reason: `Azure throttles its reads; ${behind} of its workspaces are at stage 1. ${reason} Run the same command later: it continues from here.`,
        action: `${workspaceType}/computes/read`,
        isFailure: true,
      };
    });
    const gaps = [...sieve.gaps, ...throttled];
    const assumptions = assumptionSpread(checked.map(({ row: { id }, intents }) => ({ id, intents })));
    return {
      at: sieve.at,
      workspaces: rows,
      shared: sharedCauses(problems),
      problems,
      requests: { graph: sieve.queries, arm: this.#answers.size + (this.#tagsAsked ? 1 : 0) },
      complete:
        gaps.length === 0 && rows.every(({ stage, gaps: own }) => stage === 2 && !own.some((one) => one.isFailure)),
      gaps,
      ...(assumptions.length === 0 ? {} : { assumptions }),
    };
  }
}

/** It may be another the next time. */
const isPassing = ({ status }: ReadFailure): boolean => status === undefined || status === 429 || status >= 500;

/** What checks are unknown for. */
function gapsOf({ findings }: Report, snapshot: Snapshot): FleetGap[] {
  const byId = new Map(snapshot.gaps.map((gap) => [fold(gap.id), gap]));
  const ids = new Map(
    findings.flatMap((one) => (one.outcome === 'unknown' ? one.gaps.map((id) => [fold(id), id] as const) : [])),
  );
  return [...ids].map(([key, id]) => {
    const gap = byId.get(key);
    return {
      id,
      reason: gap?.reason ?? 'It was not read.',
      action: gap?.action ?? '',
      isFailure: gap !== undefined && !notReadCodes.has(gap.code ?? ''),
    };
  });
}

function tagsOf({ body }: Resource): FleetRow['tags'] {
  const tags = member(body, 'tags');
  if (!isObject(tags)) return {};
  return Object.fromEntries(
    Object.entries(tags).flatMap(([name, value]) =>
      typeof value === 'string' ? [[clean(name, 100), clean(value, 200)]] : [],
    ),
  );
}

function lineOf(collection: string, answer: ListAnswer): string {
  const body: JsonObject = answer.ok
    ? { members: answer.resources.map(({ id, type, body: own }) => ({ id, type, body: withoutSecrets(own) })) }
    : { gap: answer.gap as unknown as JsonObject };
  return stringifyJson({ list: collection, ...body });
}

/** The list that a line is about; undefined for a line that is none. */
function answerIn(line: string): string | undefined {
  const json = parsed(line);
  if (!isObject(json)) return undefined;
  if (member(json, 'tags') === true) return 'tags';
  const list = member(json, 'list');
  return typeof list === 'string' ? list : undefined;
}

function answerOf(line: string): ListAnswer {
  const json = parsed(line);
  const members = isObject(json) ? member(json, 'members') : undefined;
  if (isArray(members)) return { ok: true, resources: members.flatMap(resourceIn) };
  const gap = isObject(json) ? member(json, 'gap') : undefined;
  return { ok: false, gap: gap as unknown as ReadFailure };
}

function resourceIn(json: Json): Resource[] {
  if (!isObject(json)) return [];
  const [id, type, body] = [member(json, 'id'), member(json, 'type'), member(json, 'body')];
  if (typeof id !== 'string' || typeof type !== 'string' || !isObject(body)) return [];
  knownWithoutSecrets(body);
  return [{ id, type, apiVersion: '', body }];
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function sieveIn(header: Json | undefined): FleetSieve | undefined {
  return isObject(header) && isArray(member(header, 'workspaces')) ? (header as unknown as FleetSieve) : undefined;
}

const stopped = (): Failure =>
  new Failure('interrupted', exitStatus.interrupted, 'The fleet audit was stopped.', 'Run it again to continue.');
