// Another client that writes between the requests of an act. An act without it is recorded first; a schedule then says before which
// request the other client changes what, and what must come of that is worked out from what each of the two changed.
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { memoryHistory } from '../../src/history/memory.ts';
import { type Change, editChange, isDeferred } from '../../src/model/change.ts';
import { addTo, type Edit, elementKey, type ListKey, removeFrom, setMember } from '../../src/model/edit.ts';
import { effectKinds } from '../../src/model/effect.ts';
import { type Entry, isUnsettled } from '../../src/model/entry.ts';
import { isFailure } from '../../src/model/failure.ts';
import { isArray, isObject, type Json, type JsonObject, sameJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { member, valueAt } from '../../src/model/pointer.ts';
import { fold, sameId, typeOf } from '../../src/model/resource-id.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import type { ResourceType } from '../../src/resource-types/resource-type.ts';
import { rules } from '../../src/rules/index.ts';
import { createSession } from '../../src/session/index.ts';
import type { ApplyResult, Session } from '../../src/session/session.ts';
import { settledBy } from '../../src/session/settle.ts';
import { worlds } from '../../src/simulator/index.ts';
import { drain, openBench } from './bench.ts';
import { quick } from './command-lines.ts';
import { numbers } from './faulty-disk.ts';
import { sandbox } from './sandbox.ts';
import { differences, type ShownWorld, shownWorld } from './shown-world.ts';
import { normalBodies } from './state.ts';

type Verb = 'fix' | 'undo';
/** `beside`: something that no fix touches. `item`: an entry more in a list that the plan may write whole; `drop`: one less. `setting`: what the plan changes, mostly to what it was; `third`: to another value. `existence`: what the plan makes or deletes. */
type ForeignKind = 'beside' | 'item' | 'drop' | 'setting' | 'third' | 'existence';
export interface ForeignWrite {
  /** Before the how-manieth request of the act, from 0. */
  readonly at: number;
  /** Index of the step of the plan whose resource is changed. */
  readonly step: number;
  readonly kind: ForeignKind;
}
export interface Schedule {
  readonly world: string;
  readonly verb: Verb;
  readonly writes: readonly ForeignWrite[];
}
export const scheduleName = ({ world, verb, writes }: Schedule): string =>
  `${world} ${verb}: ${writes.map(({ kind, at, step }) => `${kind} of step ${step + 1} before request ${at}`).join(', ')}`;

/** One thing that another client changed: a member, an entry of a list, or that a resource is there. */
interface Atom {
  readonly pointer: string;
  /** The member's value, or the entry. */
  readonly value: Json | undefined;
  /** Of an entry, or of the resource itself. */
  readonly present: boolean;
  readonly what: 'member' | 'entry' | 'resource';
}
interface Foreign {
  readonly write: ForeignWrite;
  readonly resource: string;
  readonly when: number;
  readonly atoms: readonly Atom[];
}

export interface InterleavingStage {
  readonly world: string;
  /** The types that the plans change. */
  readonly types: ReadonlySet<string>;
  schedules(seed: number, count: number): readonly Schedule[];
  run(schedule: Schedule, careless?: boolean): Promise<Interleaved>;
  close(): Promise<void>;
}
export interface Interleaved {
  readonly wrong: readonly string[];
  /** How many writes of the other client were made. */
  readonly writes: number;
  /** Changed between the last reading that a service allows to compare and the request: no client can see it. */
  readonly unseen: number;
  /** Told as overwritten. */
  readonly told: number;
  readonly types: readonly string[];
}

const theirs = '198.51.100.20';

export async function openInterleavings(
  world: string,
  answers: Readonly<Record<string, string>>,
  scratch: string,
): Promise<InterleavingStage> {
  const bench = await openBench({ world, scratch });
  const { simulator, arm } = bench;
  const intents = { ...worlds.find(({ name }) => name === world)?.intents };
  let ids = 0;
  const open = (history: ReturnType<typeof memoryHistory>, client: ArmClient): Session =>
    createSession({
      arm: { ...client, counts: arm.counts, close: async () => {} },
      rules,
      history: () => ({
        ...history,
        unsettled: async () => (await history.entries()).filter(({ state }) => state === 'open'),
      }),
      intents: () => ({ get: async () => intents, set: async () => {} }),
      selector: { workspace: simulator.workspace },
      ...{ readOnly: false, sandbox, by: 'the test', pace: quick, now: () => new Date() },
      newId: () => {
        ids += 1;
        return `id-${ids}`;
      },
    });
  const shown = () => shownWorld(simulator.stateText());
  const bodyOf = async (id: string): Promise<JsonObject | null> => {
    const read = await arm.read(id);
    if (!read.ok && read.gap.status !== 404) throw new Error(read.gap.reason);
    return read.ok ? read.resource.body : null;
  };

  // The acts without the other client.
  const history = memoryHistory();
  const session = open(history, arm);
  const fix = session.plan(await drain(session.scan()), {
    ...{ targets: 'all', answers, ips: [], profile: 'all', allowEffects: effectKinds },
  });
  const counted = { fix: 0, undo: 0 };
  const spans = { fix: [] as Span[], undo: [] as Span[] };
  /** Steps whose change is there at the end: a later one may have deleted its resource. */
  const shows = { fix: new Set<number>(), undo: new Set<number>() };
  const stateNow = async (change: Change): Promise<string> => {
    const read = await arm.read(change.resource);
    return settledBy(change, read.ok ? read.resource : null).state;
  };
  const first = simulator.stateText();
  const clean = async (verb: Verb, plan: Plan): Promise<string> => {
    const log: Call[] = [];
    const outcome = await drain(
      open(history, watched(arm, { before: async () => {}, note: (call) => log.push(call) })).apply(plan, {
        ...{ line: verb, acceptWarnings: true },
      }),
    );
    if (outcome.state !== 'done') throw new Error(`${world}: ${verb} without another client ends as ${outcome.state}`);
    counted[verb] = log.length;
    spans[verb] = spansOf(
      outcome.steps.map(({ resource }) => resource),
      log,
    );
    for (const [index, step] of (await history.entries()).at(-1)?.steps.entries() ?? []) {
      if ((await stateNow(step.change)) === 'done') shows[verb].add(index);
    }
    return simulator.stateText();
  };
  const second = await clean('fix', fix);
  const fixed = await history.entries();
  const undo = await session.planUndo();
  const third = await clean('undo', undo);
  const plans = { fix, undo };
  const starts = { fix: first, undo: second };
  const ends = { fix: second, undo: third };
  /** Ids of the resources that the act leaves without another client. */
  const leaves = { fix: new Set(Object.keys(normalBodies(second))), undo: new Set(Object.keys(normalBodies(third))) };

  /** What another client does; undefined where Azure refuses it, or nothing changes by it. */
  async function intrude(
    { kind, step }: ForeignWrite,
    plan: Plan,
  ): Promise<{ resource: string; atoms: Atom[] } | undefined> {
    const change = plan.steps[step]?.change;
    if (change === undefined || isDeferred(change)) return undefined;
    // As the bench does: a route, and a pool of nodes, has nothing that a fix leaves alone; its table or cluster does.
    const resource =
      kind === 'beside'
        ? change.resource.replace(/(\/(?:routeTables|managedClusters)\/[^/]+)\/(?:routes|agentPools)\/[^/]+$/i, '$1')
        : change.resource;
    const type = resourceTypeOf(typeOf(resource));
    const before = await bodyOf(resource);
    try {
      if (kind === 'beside') await bench.beside(resource);
      else if (kind === 'item') await editList(resource, before, added);
      else if (kind === 'drop') await editList(resource, before, dropped);
      else if (kind === 'setting' && change.kind === 'edit') await bench.move(change);
      else if (kind === 'third') await setThird(change, before);
      else if (kind === 'existence' && change.kind === 'create') await bench.remove(change);
      else if (kind === 'existence' && change.kind === 'delete') await bench.restore(change);
      else return undefined;
    } catch {
      return undefined;
    }
    const atoms = atomsOf(type, before, await bodyOf(resource));
    return atoms.length === 0 ? undefined : { resource, atoms };
  }
  /** Of the settings that have more than two values. */
  async function setThird(change: Change, body: JsonObject | null): Promise<void> {
    const edit = change.edits.find(
      ({ op, pointer }) => op === 'set' && thirdValue(change.resource, pointer) !== undefined,
    );
    const third = edit && thirdValue(change.resource, edit.pointer);
    if (body === null || edit === undefined || third === undefined) throw new Error('it has no such setting');
    await writeEdit(change.resource, setMember(body, edit.pointer, third));
  }
  async function writeEdit(resource: string, edit: Edit): Promise<void> {
    const read = await arm.read(resource);
    if (!read.ok) throw new Error(read.gap.reason);
    const request = resourceTypeOf(typeOf(resource)).write(editChange(resource, [edit]), read.resource);
    if (typeof request === 'string') throw new Error(request);
    const answer = await arm.write(request);
    if (answer.state === 'running') await arm.follow(answer.operation, { retryAfter: 0 });
    else if (answer.state !== 'done') throw new Error(answer.state);
  }
  async function editList(
    resource: string,
    body: JsonObject | null,
    edited: (body: JsonObject, pointer: string, key: ListKey) => Edit,
  ): Promise<void> {
    const kind = resourceTypeOf(typeOf(resource));
    const [pointer, key] = Object.entries(kind.lists).find(([one]) => /ipRules$/i.test(one)) ?? [];
    if (body === null || pointer === undefined || key === undefined) throw new Error('it has no such list');
    await writeEdit(resource, edited(body, pointer, key));
  }
  function added(body: JsonObject, pointer: string, key: ListKey): Edit {
    const item = { value: theirs, action: 'Allow' };
    const list = valueAt(body, pointer);
    if (isArray(list) && list.some((one) => elementKey(one, key) === elementKey(item, key)))
      throw new Error('it is there');
    return addTo(body, pointer, item, key);
  }
  function dropped(body: JsonObject, pointer: string, key: ListKey): Edit {
    const list = valueAt(body, pointer);
    const [first] = isArray(list) ? list : [];
    if (first === undefined) throw new Error('the list is empty');
    return removeFrom(body, pointer, first, key);
  }

  return {
    world,
    types: new Set([...fix.steps, ...undo.steps].map(({ change }) => fold(typeOf(change.resource)))),
    schedules(seed, count) {
      const random = numbers(seed);
      const below = (most: number) => Math.floor(random() * most);
      return Array.from({ length: count }, (_, index): Schedule => {
        const verb: Verb = (index + seed) % 3 === 2 && undo.steps.length > 0 ? 'undo' : 'fix';
        const { steps } = plans[verb];
        const writes = Array.from({ length: 1 + below(3) }, (_unused, turn): ForeignWrite => {
          const step = turn === 0 ? (index * 7 + seed) % steps.length : below(steps.length);
          const { kind: made } = steps[step]?.change ?? { kind: 'edit' };
          const kinds: readonly ForeignKind[] =
            made === 'edit'
              ? ['beside', 'beside', 'item', 'item', 'drop', 'setting', 'third', 'third']
              : ['existence', 'beside'];
          // Mostly around the step itself, from the reading before its request to the one after it.
          const span = spans[verb][step];
          const isNear = span !== undefined && random() < 0.7;
          const at = isNear ? span.from + below(span.to - span.from + 2) : below(counted[verb]);
          return { at, step, kind: kinds[below(kinds.length)] ?? 'beside' };
        });
        return { world, verb, writes: writes.toSorted((a, b) => a.at - b.at) };
      });
    },
    async run(schedule, careless = false) {
      const { verb } = schedule;
      const plan = plans[verb];
      simulator.restore(starts[verb]);
      const own = memoryHistory();
      if (verb === 'undo') for (const entry of fixed) await own.append(entry);
      const known = (await own.entries()).length;
      const foreign: Foreign[] = [];
      const log: Call[] = [];
      /** When each step was told to be done. */
      const doneAt = new Map<string, number>();
      const client = watched(arm, {
        before: async (index) => {
          for (const write of schedule.writes) {
            if (write.at !== index) continue;
            const made = await intrude(write, plan);
            if (made) foreign.push({ write, ...made, when: log.length });
          }
        },
        note: (call) => log.push(call),
      });
      const acting = open(own, client);
      acting.onEvent((event) => {
        if (event.kind === 'step' && event.state === 'done') doneAt.set(`${event.index}`, log.length);
      });
      let outcome: ApplyResult | undefined;
      const words: string[] = [];
      try {
        outcome = await drain(acting.apply(plan, { line: verb, acceptWarnings: true }));
        words.push(...outcome.steps.flatMap(({ message }) => message ?? []));
      } catch (error) {
        if (!isFailure(error)) throw error;
        words.push(error.message);
      }
      const wrong: string[] = [];
      const hold = (isRight: boolean, what: string): void => {
        if (!isRight) wrong.push(`${scheduleName(schedule)}: ${what} (${words.join(' | ').slice(0, 300)})`);
      };
      const entryNow = async (): Promise<Entry | undefined> => (await own.entries())[known];
      const entry = await entryNow();
      words.push(...(entry?.steps.flatMap(({ message }) => message ?? []) ?? []));
      if (careless) for (const { resource } of foreign) await forget(resource);
      const later = open(own, arm);
      await drain(later.recover());
      const settled = await entryNow();
      hold(settled?.state !== 'open' && !settled?.steps.some(isUnsettled), 'the entry is not settled');

      /** Is it gone without another client, too: with a resource that holds it, or as a consequence of a step? */
      function isTakenAlong(resource: string): boolean {
        if (leaves[verb].has(fold(resource))) return false;
        const deletes = plan.steps.findIndex(
          ({ change }) => change.kind === 'delete' && sameId(change.resource, resource),
        );
        return (
          deletes < 0 ||
          plan.steps
            .slice(deletes + 1)
            .some(({ change }) => change.kind === 'delete' && fold(resource).startsWith(`${fold(change.resource)}/`))
        );
      }

      // What came of each thing that the other client changed.
      let [unseen, told] = [0, 0];
      const lost = new Set<Foreign>();
      let isMoved = false;
      for (const [index, one] of foreign.entries()) {
        const type = resourceTypeOf(typeOf(one.resource));
        for (const atom of one.atoms) {
          const isSuperseded = foreign
            .slice(index + 1)
            .some(
              (other) => sameId(other.resource, one.resource) && other.atoms.some((two) => isSame(type, atom, two)),
            );
          if (isSuperseded) continue;
          const isThere = (await isKept(one.resource, type, atom)) || isTakenAlong(one.resource);
          const ours = plan.steps.flatMap(({ change }, at) => (touches(change, one.resource, type, atom) ? [at] : []));
          if (ours.length > 0) {
            isMoved = true;
            const last = ours.at(-1) ?? 0;
            const since = doneAt.get(`${last}`);
            const isAfter = since !== undefined && one.when >= since;
            const isLost = !isThere && isAfter && !isUnseen(one, log);
            hold(!isLost, `${describe(one, atom)} was set after our change, and is gone`);
            const isThird = ours.every((at) => isThirdValue(plan.steps[at]?.change, type, atom));
            const isForeseen = isThird && isReadBeforeWrite(one, log);
            hold(isThere || !isForeseen, `${describe(one, atom)} was read before our change, and is gone`);
            const name = atom.pointer.split('/').at(-1) ?? '';
            hold(
              !isForeseen || words.some((text) => text.includes(name)),
              `${describe(one, atom)} is kept, and nothing says so`,
            );
            continue;
          }
          if (isThere) continue;
          const isTold = outcome?.vanished.some(
            ({ resource, pointer, value }) =>
              sameId(resource, one.resource) && pointer === atom.pointer && sameJson(value, atom.value ?? null),
          );
          if (isTold) told += 1;
          else if (isUnseen(one, log)) unseen += 1;
          else hold(false, `${describe(one, atom)} is gone, and nothing says so`);
          lost.add(one);
        }
      }

      // Services of the network compare etags: what is changed there says which one was read.
      for (const { change } of plan.steps) {
        if (change.kind !== 'edit' || !fold(typeOf(change.resource)).startsWith('microsoft.network/')) continue;
        const bare = log.find(
          ({ name, resource, isGuarded }) => name === 'write' && !isGuarded && sameId(resource, change.resource),
        );
        hold(bare === undefined, `${change.resource.split('/').at(-1)} was written without its etag`);
      }
      // Where no etag is compared, the resource is read once more right before the request.
      for (const [at, call] of log.entries()) {
        if (call.method !== 'PATCH' || call.isGuarded) continue;
        const isReread = [at - 1, at - 2].every(
          (index) => log[index]?.name === 'read' && sameId(log[index]?.resource ?? '', call.resource),
        );
        hold(isReread, `${call.resource.split('/').at(-1)} was not read right before the request`);
      }

      // The history says of each step what the world shows.
      for (const [index, step] of settled?.steps.entries() ?? []) {
        const { change, state } = step;
        if (isDeferred(change) || !shows[verb].has(index)) continue;
        const type = resourceTypeOf(typeOf(change.resource));
        const now = await stateNow(change);
        const isTouched = foreign.some((one) =>
          sameId(one.resource, change.resource)
            ? one.atoms.some((atom) => touches(change, one.resource, type, atom))
            : one.write.kind === 'existence' && fold(change.resource).startsWith(`${fold(one.resource)}/`),
        );
        const isChangedAgain = settled?.steps
          .slice(index + 1)
          .some((other) => sameId(other.resource, step.resource) && other.state === 'done');
        if (isTouched || isChangedAgain) continue;
        hold(state !== 'done' || now === 'done', `step ${index + 1} is recorded as done, and is ${now}`);
        hold(
          now !== 'done' || !['failed', 'waiting'].includes(state),
          `step ${index + 1} is recorded as ${state}, and is done`,
        );
      }

      // Without a conflict the act goes through, and leaves what both made of the world.
      const kept = foreign.filter((one) => !lost.has(one));
      // Azure may refuse a change because of what the other client set on the same resource, and says why.
      const isHindered = settled?.steps.some(
        ({ state, message, resource }) =>
          state === 'failed' && message !== null && foreign.some((one) => isWithin(one.resource, resource)),
      );
      if (!isMoved && !isHindered) {
        hold(
          outcome?.state === 'done',
          `the act ends as ${outcome?.state ?? 'refused'} although nothing of it was changed`,
        );
        const apart = differences([await replayed(ends[verb], kept, plan)], await restoredTo(shown));
        hold(apart.length === 0, `the world is not as both made it: ${apart[0]}`);
      }
      if (verb === 'fix' && settled !== undefined && settled.steps.some(({ state }) => state === 'done')) {
        await undoes(kept);
      }
      async function undoes(rest: readonly Foreign[]): Promise<void> {
        const mayStop = isMoved || isHindered;
        let isStopped = false;
        const before = simulator.stateText();
        try {
          const back = await drain(later.apply(await later.planUndo(), { line: 'undo', acceptWarnings: true }));
          words.push(...back.steps.flatMap(({ message }) => message ?? []));
          // Azure may refuse it, too, because of what the other client set there.
          isStopped = back.steps.some(
            ({ state, message, resource }) =>
              state === 'failed' && message !== null && foreign.some((one) => isWithin(one.resource, resource)),
          );
          hold(mayStop === true || isStopped || back.state === 'done', `the undo ends as ${back.state}`);
        } catch (error) {
          if (!isFailure(error)) throw error;
          words.push(error.message);
          hold(mayStop === true, `the undo is refused although nothing of the act was changed: ${error.message}`);
          hold(error.exit === 4 || error.exit === 7, `the undo ends with exit status ${error.exit}`);
          if (error.exit === 4) hold(before === simulator.stateText(), 'the undo is refused, and wrote');
        }
        for (const one of rest) {
          const type = resourceTypeOf(typeOf(one.resource));
          for (const atom of one.atoms) {
            const ours = plan.steps.some(({ change }) => touches(change, one.resource, type, atom));
            if (ours || foreign.some((other) => other !== one && sameId(other.resource, one.resource))) continue;
            const is = await isKept(one.resource, type, atom);
            // What was created for the act is gone with what others wrote into it.
            const isGone = (await bodyOf(one.resource)) === null;
            hold(is || isGone, `${describe(one, atom)} is gone after the undo`);
          }
        }
        if (!mayStop && !isStopped) {
          const apart = differences([await replayed(third, rest, plan)], await restoredTo(shown));
          hold(apart.length === 0, `the world after the undo is not as the other client made it: ${apart[0]}`);
        }
      }
      return {
        ...{ wrong, unseen, told },
        writes: foreign.length,
        types: foreign.map(({ resource }) => fold(typeOf(resource))),
      };
    },
    close: () => bench.close(),
  };

  async function isKept(resource: string, type: ResourceType, atom: Atom): Promise<boolean> {
    const body = await bodyOf(resource);
    if (atom.what === 'resource') return (body !== null) === atom.present;
    if (body === null) return false;
    const now = type.normal(body);
    if (atom.what === 'member') return same(type, atom.pointer, valueAt(now, atom.pointer), atom.value);
    const key = type.lists[atom.pointer];
    const list = valueAt(now, atom.pointer);
    if (key === undefined) return false;
    const has = isArray(list) && list.some((item) => elementKey(item, key) === elementKey(atom.value ?? null, key));
    return has === atom.present;
  }
  /** Puts back what the planted mistake is to lose. */
  async function forget(resource: string): Promise<void> {
    const state = JSON.parse(simulator.stateText()) as { resources: { id: string; tags?: unknown }[] };
    for (const one of state.resources) if (sameId(one.id, resource)) delete one.tags;
    simulator.restore(JSON.stringify(state));
  }
  /** The world that others would have made of this one. */
  async function replayed(state: string, foreign: readonly Foreign[], plan: Plan): Promise<ShownWorld> {
    const now = simulator.stateText();
    simulator.restore(state);
    for (const { write } of foreign) await intrude(write, plan);
    const world = shown();
    simulator.restore(now);
    return world;
  }
  /** Operations that are due are done first. */
  async function restoredTo(look: () => ShownWorld): Promise<ShownWorld> {
    return look();
  }
}

/** A value that is neither the one before nor the one after, of settings that have such. */
function thirdValue(resource: string, pointer: string): string | undefined {
  if (/\/storageAccounts\//i.test(resource) && /bypass$/.test(pointer)) return 'Metrics';
  if (/publicNetworkAccess$/.test(pointer)) return 'SecuredByPerimeter';
  if (/nextHopType$/.test(pointer)) return 'VnetLocal';
  if (/imageBuildCompute$/.test(pointer)) return 'another-cluster';
  if (/description$/i.test(pointer)) return 'another description';
  if (/privateLinkServiceConnectionState\/status$/.test(pointer)) return 'Disconnected';
  return undefined;
}

interface Call {
  readonly name: 'read' | 'write' | 'other';
  readonly resource: string;
  /** Of a write. */
  readonly method?: string;
  /** Does Azure refuse it where the resource was changed since it was read? */
  readonly isGuarded: boolean;
}
interface Span {
  readonly from: number;
  readonly to: number;
}

/** For each step, from the first reading of its resource in its turn to the reading after its request. */
function spansOf(resources: readonly string[], log: readonly Call[]): Span[] {
  let from = log.findIndex(({ name }) => name === 'write');
  return resources.map((resource) => {
    const write = log.findIndex((call, at) => at >= from && call.name === 'write' && sameId(call.resource, resource));
    if (write < 0) return { from: Math.max(from, 0), to: Math.max(from, 0) };
    let start = write;
    while (start > 0 && log[start - 1]?.name === 'read' && sameId(log[start - 1]?.resource ?? '', resource)) start -= 1;
    let end = write;
    while (end + 1 < log.length && log[end + 1]?.name === 'read' && sameId(log[end + 1]?.resource ?? '', resource))
      end += 1;
    from = write + 1;
    return { from: start, to: end };
  });
}

/** A client that tells each call, and lets another one in before it. */
function watched(
  arm: ArmClient,
  { before, note }: { before(index: number): Promise<void>; note(call: Call): void },
): ArmClient {
  let count = 0;
  const turn = async (): Promise<void> => {
    count += 1;
    await before(count - 1);
  };
  return {
    ...arm,
    counts: arm.counts,
    async read(id, options) {
      await turn();
      const answer = await arm.read(id, options);
      note({ name: 'read', resource: id, isGuarded: false });
      return answer;
    },
    async list(collection, options) {
      await turn();
      const answer = await arm.list(collection, options);
      note({ name: 'other', resource: collection, isGuarded: false });
      return answer;
    },
    async write(request, signal) {
      await turn();
      note({ name: 'write', resource: request.id, method: request.method, isGuarded: request.ifMatch !== undefined });
      return arm.write(request, signal);
    },
  };
}

/** Was it written after the last reading before a request that compares no etag, and before that request? */
function isUnseen({ resource, when }: Foreign, log: readonly Call[]): boolean {
  return log.some((call, at) => {
    if (call.name !== 'write' || call.isGuarded || !sameId(call.resource, resource) || at < when) return false;
    const read = log.findLastIndex((one, index) => index < at && one.name === 'read' && sameId(one.resource, resource));
    return when > read;
  });
}

/** Had a reading before our request shown it? */
function isReadBeforeWrite({ resource, when }: Foreign, log: readonly Call[]): boolean {
  const about = (call: Call | undefined) => call !== undefined && sameId(call.resource, resource);
  const write = log.findIndex((call, at) => at >= when && call.name === 'write' && about(call));
  if (write < 0) return false;
  return log.slice(when, write).some((call) => call.name === 'read' && about(call));
}
/** Neither what the plan expects to find nor what it sets. */
function isThirdValue(change: Change | undefined, type: ResourceType, { pointer, value, what }: Atom): boolean {
  if (change?.kind !== 'edit' || what !== 'member') return false;
  const edits = change.edits.filter((edit) => edit.op === 'set' && edit.pointer === pointer);
  return (
    edits.length > 0 &&
    edits.every(
      (edit) =>
        edit.op === 'set' && !same(type, pointer, value, edit.before) && !same(type, pointer, value, edit.after),
    )
  );
}

function atomsOf(type: ResourceType, before: JsonObject | null, after: JsonObject | null): Atom[] {
  if (before === null || after === null) {
    const isSame = (before === null) === (after === null);
    return isSame ? [] : [{ pointer: '', value: undefined, present: after !== null, what: 'resource' }];
  }
  const atoms: Atom[] = [];
  const walk = (pointer: string, a: Json | undefined, b: Json | undefined): void => {
    if (same(type, pointer, a, b)) return;
    const key = type.lists[pointer];
    if (key !== undefined) {
      const [had, has] = [isArray(a) ? a : [], isArray(b) ? b : []];
      const lacks = (list: readonly Json[], item: Json) =>
        !list.some((one) => elementKey(one, key) === elementKey(item, key));
      for (const item of has) if (lacks(had, item)) atoms.push({ pointer, value: item, present: true, what: 'entry' });
      for (const item of had) if (lacks(has, item)) atoms.push({ pointer, value: item, present: false, what: 'entry' });
      for (const [at, item] of has.entries()) {
        const was = had.find((one) => elementKey(one, key) === elementKey(item, key));
        if (was !== undefined) walk(`${pointer}/${at}`, was, item);
      }
    } else if (isObject(a) && isObject(b)) {
      for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
        walk(`${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, member(a, name), member(b, name));
      }
    } else atoms.push({ pointer, value: b, present: true, what: 'member' });
  };
  walk('', type.normal(before), type.normal(after));
  return atoms;
}
/** One of the two, or a part of it. */
const isWithin = (a: string, b: string): boolean =>
  `${fold(a)}/`.startsWith(`${fold(b)}/`) || fold(b).startsWith(`${fold(a)}/`);
const same = (type: ResourceType, pointer: string, a: Json | undefined, b: Json | undefined): boolean =>
  type.same(pointer, a, b) || (a !== undefined && b !== undefined && sameJson(a, b));

function isSame(type: ResourceType, a: Atom, b: Atom): boolean {
  if (a.what === 'resource' || b.what === 'resource') return true;
  if (a.pointer !== b.pointer) return a.pointer.startsWith(`${b.pointer}/`) || b.pointer.startsWith(`${a.pointer}/`);
  const key = type.lists[a.pointer];
  if (key === undefined || a.what === 'member' || b.what === 'member') return true;
  return elementKey(a.value ?? null, key) === elementKey(b.value ?? null, key);
}
/** Does a change of ours write what the other client wrote? */
function touches(change: Change, resource: string, type: ResourceType, atom: Atom): boolean {
  if (!sameId(change.resource, resource)) return false;
  if (change.kind !== 'edit' || atom.what === 'resource') return true;
  return change.edits.some((edit) => {
    if (edit.pointer !== atom.pointer) {
      return edit.pointer.startsWith(`${atom.pointer}/`) || atom.pointer.startsWith(`${edit.pointer}/`);
    }
    const key = type.lists[atom.pointer];
    if (edit.op === 'set' || key === undefined || atom.what === 'member') return true;
    const entry = edit.op === 'add' ? edit.after : edit.before;
    return elementKey(entry, key) === elementKey(atom.value ?? null, key);
  });
}
const describe = ({ resource }: Foreign, { pointer, value, present }: Atom): string =>
  `${resource.split('/').slice(-2).join('/')} ${pointer || 'itself'} ${present ? '' : 'without '}${JSON.stringify(value) ?? ''}`.slice(
    0,
    160,
  );
