import { describe, expect, it } from 'vitest';
import { composeShape } from '../schema/compose-shapes-table.ts';
import type { Shape } from '../schema/shapes.ts';
import { ignoredKeys } from './ignored-keys-table.ts';
import { modelledKeys } from './modelled-keys.fixture.ts';

/** Every place of the specification: names of users are `*`, items of lists add nothing. */
function listPlaces(shape: Shape, place: string): readonly string[] {
  switch (shape.kind) {
    case 'map':
      return Object.entries(shape.fields).flatMap(([key, field]) => {
        const below = place === '' ? key : `${place}.${key}`;
        return [below, ...listPlaces(field, below)];
      });
    case 'dictionary':
      return listPlaces(shape.values, `${place}.*`);
    case 'list':
      return listPlaces(shape.items, place);
    case 'choice':
      return shape.of.flatMap((other) => listPlaces(other, place));
    default:
      return [];
  }
}

const places = [...new Set(listPlaces(composeShape, ''))];
const covers = (key: string, place: string) => place === key || place.startsWith(`${key}.`);

describe('every key of the specification', () => {
  it('is in the model or says what happens without it', () => {
    const known = [...modelledKeys, ...Object.keys(ignoredKeys)];
    const open = places.filter((place) => !known.some((key) => covers(key, place) || covers(place, key)));
    expect(places.length).toBeGreaterThan(300);
    expect(open).toEqual([]);
  });

  it('is a key of the specification where a table names it, and is in one table only', () => {
    expect([...modelledKeys, ...Object.keys(ignoredKeys)].filter((key) => !places.includes(key))).toEqual([]);
    expect(modelledKeys.filter((key) => Object.hasOwn(ignoredKeys, key))).toEqual([]);
  });

  it.each(Object.entries(ignoredKeys))('%s has its consequence in words', (_key, { consequence }) => {
    expect(consequence).toMatch(/^[^A-Z].{15,}[^.]$/);
  });
});
