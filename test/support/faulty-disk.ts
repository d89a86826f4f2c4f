// A disk in memory that knows what is written from what is kept: each call can be refused, shortened or be the last before the
// power is cut. What was not synchronised is then kept, lost or torn, as the seed decides.
import path from 'node:path';
import type { FileLayer } from '../../src/history/files.ts';

export interface DiskCall {
  readonly name: keyof FileLayer;
  readonly file: string;
  /** How many bytes a write was given. */
  readonly length: number;
}
/** `stays`: all that would change the disk fails from this call on. `short`: a write takes this many bytes. `before`: the call is not made. `after`: it is made, and nothing is known of it. */
export type DiskFault =
  | { readonly kind: 'error'; readonly code: string; readonly when?: 'after'; readonly stays?: boolean }
  | { readonly kind: 'short'; readonly bytes: number }
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' };

/** The power is gone: no call is made any more. */
export class PowerCut extends Error {}

export interface FaultyDisk {
  readonly files: FileLayer;
  /** Decides each call from now on; undefined lets it be. */
  decide(fault: ((call: DiskCall, index: number) => DiskFault | undefined) | undefined): void;
  /** How many more bytes fit; Infinity unless said. */
  room: number;
  /** The calls since `decide`. */
  readonly calls: readonly DiskCall[];
  /** A folder that has always been there. */
  makeKept(folder: string): void;
  /** A disk of its own with the same content. */
  copy(): FaultyDisk;
  /** What is found when the power is on again. */
  afterPowerCut(seed: number): FaultyDisk;
  /** Every file by its path, as programs see it. */
  contents(): ReadonlyMap<string, Buffer>;
}

interface Node {
  now: Buffer;
  /** Undefined: nothing of it was ever synchronised. */
  kept: Buffer | undefined;
  /** Ranges that a failed synchronisation left unwritten, though programs see them: no later one writes them. */
  unkept: [number, number][];
}
type NameChange = { readonly folder: string; readonly name: string; readonly node: Node | undefined };
interface State {
  names: Map<string, Node>;
  folders: Set<string>;
  keptNames: Map<string, Node>;
  keptFolders: Set<string>;
  /** Changes of names that are not synchronised, in their order. One call is one group. */
  pending: NameChange[][];
  /** How often a file was written over in place. */
  overwritten: number;
}

/** Thousands are made, and nobody reads where. */
function failing(code: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`${code}: made by the test`), { code });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

export const faultyDisk = (): FaultyDisk =>
  diskWith({
    names: new Map(),
    folders: new Set(['/']),
    keptNames: new Map(),
    keptFolders: new Set(['/']),
    pending: [],
    overwritten: 0,
  });

function diskWith(state: State): FaultyDisk {
  const { names, folders, keptNames, keptFolders, pending } = state;
  const open = new Map<number, Node>();
  const paths = new Map<number, string>();
  let next = 3;
  let decision: ((call: DiskCall, index: number) => DiskFault | undefined) | undefined;
  let calls: DiskCall[] = [];
  let isCut = false;
  let broken: DiskFault | undefined;

  /** `act` does the call; `part` does a part of it, for a write. */
  const call = <T>(name: DiskCall['name'], file: string, act: (limit: number) => T, length = 0): T => {
    if (isCut) throw new PowerCut();
    const made: DiskCall = { name, file, length };
    calls.push(made);
    const changes = name === 'write' || name === 'sync' || name === 'truncate' || name === 'rename';
    const fault = (changes ? broken : undefined) ?? decision?.(made, calls.length - 1);
    if (fault?.kind === 'error' && fault.stays) broken = fault;
    if (fault === undefined) return act(length);
    if (fault.kind === 'short') return act(Math.min(length, fault.bytes));
    if (fault.when === 'after') act(length);
    if (fault.kind === 'error') throw failing(fault.code);
    isCut = true;
    throw new PowerCut();
  };
  const nodeOf = (descriptor: number): Node => {
    const node = open.get(descriptor);
    if (node === undefined) throw failing('EBADF');
    return node;
  };
  const setName = (file: string, node: Node | undefined): NameChange => {
    if (node === undefined) names.delete(file);
    else names.set(file, node);
    return { folder: path.dirname(file), name: file, node };
  };
  const fileOf = (descriptor: number) => paths.get(descriptor) ?? '?';

  const disk: FaultyDisk = {
    room: Number.POSITIVE_INFINITY,
    decide(fault) {
      decision = fault;
      broken = undefined;
      calls = [];
    },
    get calls() {
      return calls;
    },
    files: {
      open: (file, how) =>
        call('open', file, () => {
          let node = names.get(file);
          if (node === undefined) {
            if (how === 'read' || how === 'change' || !folders.has(path.dirname(file))) throw failing('ENOENT');
            if (disk.room <= 0) throw failing('ENOSPC');
            node = { now: Buffer.alloc(0), kept: undefined, unkept: [] };
            pending.push([setName(file, node)]);
          } else if (how === 'new') throw failing('EEXIST');
          open.set(next, node);
          paths.set(next, file);
          next += 1;
          return next - 1;
        }),
      read: (descriptor, bytes, at) =>
        call('read', fileOf(descriptor), () => nodeOf(descriptor).now.copy(bytes, 0, at, at + bytes.length)),
      write: (descriptor, bytes, at) =>
        call(
          'write',
          fileOf(descriptor),
          (limit) => {
            const node = nodeOf(descriptor);
            const from = at ?? node.now.length;
            const fits = Math.max(0, disk.room) + Math.max(0, node.now.length - from);
            const count = Math.min(limit, fits);
            if (count === 0 && bytes.length > 0 && fits === 0) throw failing('ENOSPC');
            disk.room -= Math.max(0, from + count - node.now.length);
            const grown = Buffer.alloc(Math.max(node.now.length, from + count));
            node.now.copy(grown);
            Buffer.from(bytes.buffer, bytes.byteOffset, count).copy(grown, from);
            node.now = grown;
            node.unkept = outside(node.unkept, from, from + count);
            return count;
          },
          bytes.length,
        ),
      size: (descriptor) => call('size', fileOf(descriptor), () => nodeOf(descriptor).now.length),
      truncate: (descriptor, size) =>
        call('truncate', fileOf(descriptor), () => {
          const node = nodeOf(descriptor);
          disk.room += Math.max(0, node.now.length - size);
          node.now = Buffer.from(node.now.subarray(0, size));
          node.unkept = outside(node.unkept, size, Number.POSITIVE_INFINITY);
        }),
      sync(descriptor) {
        const node = nodeOf(descriptor);
        try {
          call('sync', fileOf(descriptor), () => {
            node.kept = keptOf(node);
          });
        } catch (error) {
          // The system forgets what it could not write: to programs it looks written.
          if (!(error instanceof PowerCut)) node.unkept.push([node.kept?.length ?? 0, node.now.length]);
          throw error;
        }
      },
      close: (descriptor) =>
        call('close', fileOf(descriptor), () => {
          open.delete(descriptor);
        }),
      rename: (from, to) =>
        call('rename', from, () => {
          const node = names.get(from);
          if (node === undefined) throw failing('ENOENT');
          pending.push([setName(to, node), setName(from, undefined)]);
        }),
      remove: (file) =>
        call('remove', file, () => {
          const node = names.get(file);
          if (node === undefined) return;
          disk.room += node.now.length;
          pending.push([setName(file, undefined)]);
        }),
      names: (folder) =>
        call('names', folder, () => [
          ...[...names.keys()].filter((file) => path.dirname(file) === folder).map((file) => path.basename(file)),
          ...[...folders]
            .filter((one) => one !== folder && path.dirname(one) === folder)
            .map((one) => path.basename(one)),
        ]),
      makeFolder: (folder) =>
        call('makeFolder', folder, () => {
          let first: string | undefined;
          for (let made = folder; !folders.has(made); made = path.dirname(made)) {
            folders.add(made);
            first = made;
          }
          return first;
        }),
      syncFolder: (folder) =>
        call('syncFolder', folder, () => {
          for (const one of folders) if (path.dirname(one) === folder) keptFolders.add(one);
          // A journalling file system writes the changes of names in their order.
          const last = pending.findLastIndex((group) => group.some((change) => change.folder === folder));
          for (const group of pending.splice(0, last + 1)) apply(keptNames, group);
        }),
    },
    makeKept(folder) {
      for (let made = folder; made !== '/'; made = path.dirname(made)) {
        folders.add(made);
        keptFolders.add(made);
      }
    },
    copy: () => diskWith(copyOf(state)),
    afterPowerCut(seed) {
      const random = numbers(seed);
      const found = copyOf(state);
      for (const group of found.pending.slice(0, Math.floor(random() * (found.pending.length + 1)))) {
        apply(found.keptNames, group);
      }
      const lost = [...found.keptFolders];
      const folderIs = (folder: string): boolean =>
        lost.includes(folder) && (folder === '/' || folderIs(path.dirname(folder)));
      const files = new Map<string, Node>();
      for (const [file, node] of found.keptNames) {
        if (!folderIs(path.dirname(file))) continue;
        const content = contentAfter(node, random);
        files.set(file, { now: content, kept: content, unkept: [] });
      }
      const kept = new Set(lost.filter(folderIs));
      return diskWith({
        names: files,
        folders: new Set(kept),
        keptNames: new Map(files),
        keptFolders: kept,
        pending: [],
        overwritten: 0,
      });
    },
    contents: () => new Map([...names].map(([file, node]) => [file, Buffer.from(node.now)])),
  };
  return disk;
}

/** What a synchronisation writes: everything but what an earlier one failed to. */
function keptOf({ now, unkept }: Node): Buffer {
  const kept = Buffer.from(now);
  for (const [from, to] of unkept) kept.fill(0, from, to);
  return kept;
}

/** What was synchronised, what was not, or a part of that: a prefix, or with blocks of zeros where its text was to be. */
function contentAfter(node: Node, random: () => number): Buffer {
  const before = node.kept ?? Buffer.alloc(0);
  const after = keptOf(node);
  if (random() < 0.25) return Buffer.from(before);
  if (random() < 0.33) return after;
  // Written in place, or made shorter: each byte is of the one or the other.
  const size = after.length < before.length ? (random() < 0.5 ? after.length : before.length) : after.length;
  const cut = Math.floor(random() * (size - Math.min(before.length, size) + 1)) + Math.min(before.length, size);
  const torn = Buffer.alloc(random() < 0.5 ? cut : size);
  before.copy(torn, 0, 0, torn.length);
  after.copy(torn, 0, 0, Math.min(cut, torn.length));
  return torn;
}

const outside = (ranges: readonly [number, number][], from: number, to: number): [number, number][] =>
  ranges.flatMap(([a, b]): [number, number][] => {
    const parts: [number, number][] = [
      [a, Math.min(b, from)],
      [Math.max(a, to), b],
    ];
    return parts.filter(([x, y]) => x < y);
  });

function apply(names: Map<string, Node>, group: readonly NameChange[]): void {
  for (const { name, node } of group) {
    if (node === undefined) names.delete(name);
    else names.set(name, node);
  }
}

function copyOf(state: State): State {
  const copies = new Map<Node, Node>();
  const copied = (node: Node): Node => {
    const known = copies.get(node) ?? { ...node, unkept: node.unkept.map(([from, to]) => [from, to]) };
    copies.set(node, known);
    return known;
  };
  const map = (of: Map<string, Node>) => new Map([...of].map(([name, node]) => [name, copied(node)]));
  return {
    names: map(state.names),
    folders: new Set(state.folders),
    keptNames: map(state.keptNames),
    keptFolders: new Set(state.keptFolders),
    pending: state.pending.map((group) =>
      group.map((change) => ({ ...change, node: change.node && copied(change.node) })),
    ),
    overwritten: state.overwritten,
  };
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
