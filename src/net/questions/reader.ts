// Parses a question strictly: every member is checked, and an error names its path.
import { looksLiteral, parseAddresses, readPrefixes } from '../addresses.ts';
import type { PrefixLists } from '../context.ts';
import { isRecord, memberOf } from '../json-view.ts';
import { readPorts } from '../ports.ts';

/** Why a question cannot be answered: which member, and what is wrong with it. */
export class QuestionError extends Error {
  override readonly name = 'QuestionError';
  constructor(
    /** Path inside the question: `input.flow.src[0]`. */
    readonly member: string,
    /** One sentence. */
    readonly reason: string,
  ) {
    super(`${member}: ${reason}`);
  }
}

/** A value with its path. */
export class QuestionReader {
  constructor(
    readonly value: unknown,
    readonly path: string,
  ) {}

  get missing(): boolean {
    return this.value === undefined || this.value === null;
  }
  wrong(reason: string): QuestionError {
    return new QuestionError(this.path, reason);
  }
  at(name: string): QuestionReader {
    return new QuestionReader(memberOf(this.value, name), `${this.path}.${name}`);
  }
  record(): Readonly<Record<string, unknown>> {
    if (!isRecord(this.value)) throw this.wrong('It is not an object.');
    return this.value;
  }
  items(): QuestionReader[] {
    if (!Array.isArray(this.value)) throw this.wrong('It is not a list.');
    return this.value.map((item, index) => new QuestionReader(item, `${this.path}[${index}]`));
  }
  text(): string {
    if (typeof this.value !== 'string') throw this.wrong('It is not a string.');
    return this.value;
  }
  oneOf<T extends string>(known: readonly T[]): T {
    const text = this.text();
    const found = known.find((one) => one.toLowerCase() === text.toLowerCase());
    if (found === undefined) throw this.wrong(`It is not one of ${known.join(', ')}.`);
    return found;
  }
  flag(): boolean | undefined {
    if (this.missing) return undefined;
    if (typeof this.value !== 'boolean') throw this.wrong('It is neither true nor false.');
    return this.value;
  }
  /** Prefixes of either family; [] when the member is absent. */
  prefixes(): string[] {
    if (this.missing) return [];
    const items = typeof this.value === 'string' ? [this] : this.items();
    return items.map((item) => {
      const [refused] = readPrefixes([item.text()]).refused;
      if (refused) throw item.wrong(`${refused.text} is not an address prefix. ${refused.reason}`);
      return item.text();
    });
  }
  /** Prefixes, or `{in, maybe}`; undefined when the member is absent. */
  prefixLists(): PrefixLists | undefined {
    if (this.missing) return undefined;
    if (!isRecord(this.value)) return this.prefixes();
    return { in: this.at('in').prefixes(), maybe: this.at('maybe').prefixes() };
  }
  /** An object of prefix lists by name; undefined when the member is absent. */
  prefixTable(): Record<string, PrefixLists> | undefined {
    if (this.missing) return undefined;
    const table: Record<string, PrefixLists> = {};
    for (const name of Object.keys(this.record())) {
      const lists = this.at(name).prefixLists();
      // A tag with null has unknown addresses.
      if (lists !== undefined) Object.defineProperty(table, name, { value: lists, enumerable: true });
    }
    return table;
  }
  /** Addresses, blocks, ranges, tags or `*`, at least one. */
  ends(): string[] {
    const items = typeof this.value === 'string' ? [this] : this.items();
    if (items.length === 0) throw this.wrong('It is empty.');
    return items.map((item) => {
      const text = item.text();
      if (looksLiteral(text) && !text.startsWith('/')) {
        const parsed = parseAddresses(text);
        if (!parsed.ok) throw item.wrong(`${text === '' ? 'Nothing' : text} is not an address. ${parsed.reason}`);
      }
      return text;
    });
  }
  /** Ports as texts or numbers; undefined when the member is absent. */
  ports(): string[] | undefined {
    if (this.missing) return undefined;
    const items = Array.isArray(this.value) ? this.items() : [this];
    if (items.length === 0) throw this.wrong('It is empty.');
    return items.map((item) => {
      const text = typeof item.value === 'number' ? String(item.value) : item.text();
      const [refused] = readPorts([text]).refused;
      if (refused) throw item.wrong(`${refused.text} is not a port. ${refused.reason}`);
      return text;
    });
  }
}
