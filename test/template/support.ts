// Expressions and templates evaluated the way the product does, for the tests of the template language.
import type { Json, JsonObject } from '../../src/model/json.ts';
import { type Expanded, type Expansion, expandTemplate } from '../../src/template/expand.ts';
import { inHand, settleObject } from '../../src/template/settle.ts';

export const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';

export interface Sections {
  readonly parameters?: JsonObject;
  readonly variables?: JsonObject;
  readonly functions?: Json;
  readonly resources: Json;
  readonly [other: string]: Json | undefined;
}
export const template = (sections: Sections): JsonObject =>
  ({ $schema: schema, contentVersion: '1.0.0.0', ...sections }) as JsonObject;

export const expand = (sections: Sections, given: JsonObject = {}): Expansion =>
  expandTemplate(template(sections), { name: 'main', parameters: [given] });

/** The resources with open values settled, as a snapshot holds them. */
export function resources(sections: Sections, given: JsonObject = {}): Expanded[] {
  const made = expand(sections, given).resources;
  const hand = inHand(
    made.map(({ id }) => id),
    [],
  );
  return made.map((one) => ({ ...one, body: settleObject(one.body, hand) }));
}

/** The value of one expression, as the tag of a resource; markers for what is open. */
export function value(expression: string, sections: Partial<Sections> = {}): Json | undefined {
  const [made] = resources({
    ...sections,
    resources: [
      { type: 'Microsoft.Test/things', name: 'thing', apiVersion: '1', properties: { value: `[${expression}]` } },
    ],
  });
  const properties = made?.body.properties as JsonObject | undefined;
  return properties?.value;
}
