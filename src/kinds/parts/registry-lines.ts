// What a change of a registry is in the words of the Azure CLI (rules-catalogue, P-ACR-SKU and P-ACR-ACL).
import type { Edit } from '../../model/edit.ts';
import { isArray, type Json } from '../../model/json.ts';
import { type Pointer, valueAt } from '../../model/pointer.ts';
import { ruleSetPlaces, ruleSetPointer } from '../network-acls.ts';
import { textAt } from '../read.ts';
import { accessPointer, openRuleSet } from './firewall-write.ts';
import { line } from './shell.ts';

export const skuPointer = '/sku/name';

const text = (value: Json | undefined, otherwise: string): string => (typeof value === 'string' ? value : otherwise);
const yes = (value: boolean): string => (value ? 'true' : 'false');

/** Flags of `az acr update` for a member that is set. */
const flagsOf: Readonly<Record<Pointer, (value: Json | undefined) => readonly string[]>> = {
  [skuPointer]: (value) => ['--sku', text(value, 'Basic')],
  [ruleSetPlaces.action]: (value) => ['--default-action', text(value, 'Allow')],
  [accessPointer]: (value) => ['--public-network-enabled', yes(text(value, 'Enabled').toLowerCase() !== 'disabled')],
  [ruleSetPlaces.bypass]: (value) => [
    '--allow-trusted-services',
    yes(text(value, 'AzureServices').toLowerCase() !== 'none'),
  ],
};

/** The lines of a change, flags of one `az acr update` together. `at`: `-g RG -n NAME`. */
export function registryLines(at: readonly string[], edits: readonly Edit[]): string[] {
  const flags: string[] = [];
  const rules: string[] = [];
  const one = (op: 'add' | 'remove', item: Json): void => {
    const subnet = textAt(item, '/id');
    const address = typeof item === 'string' ? item : textAt(item, '/value');
    const words = subnet !== undefined ? ['--subnet', subnet] : address !== undefined ? ['--ip-address', address] : [];
    if (words.length > 0) rules.push(line('az', 'acr', 'network-rule', op, at, words));
  };
  for (const edit of edits) {
    if (edit.op === 'add') one('add', edit.after);
    else if (edit.op === 'remove') one('remove', edit.before);
    else if (edit.pointer === ruleSetPointer) {
      const whole = edit.after ?? openRuleSet;
      flags.push(...(flagsOf[ruleSetPlaces.action]?.(textAt(whole, '/defaultAction')) ?? []));
      for (const list of ['virtualNetworkRules', 'ipRules']) {
        const items = valueAt(whole, `/${list}`);
        if (isArray(items)) for (const item of items) one('add', item);
      }
    } else flags.push(...(flagsOf[edit.pointer]?.(edit.after) ?? []));
  }
  return [...rules, ...(flags.length > 0 ? [line('az', 'acr', 'update', at, flags)] : [])];
}
