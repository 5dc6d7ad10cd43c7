import type { Component1 } from './types.ts';

/** What tells a component from others: its alias, else what it is made from (devfile-v1-che 2.2). */
export function identify({ alias, type, id, reference, image }: Component1): string {
  return alias ?? (type === 'dockerimage' ? image : (id ?? reference)) ?? '';
}

/** A component for people: `component maven`, `component number 2`. */
export function nameComponent(component: Component1, index: number): string {
  const name = identify(component);
  return name === '' ? `component number ${index + 1}` : `component ${name}`;
}
