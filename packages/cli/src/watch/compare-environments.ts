import type { Environment } from '@devstead/environment';

type Named = { readonly name: string } | { readonly id: string };

/** What differs between two environments, in a few words each; none when they come to the same. */
export function compareEnvironments(before: Environment, after: Environment): string[] {
  return [
    ...compareLists('container', before.containers, after.containers),
    ...compareLists('volume', before.volumes, after.volumes),
    ...compareLists('command', before.commands, after.commands),
    ...compareLists('project', before.projects, after.projects),
    ...(isSame(before.events, after.events) ? [] : ['events']),
    ...(before.name === after.name ? [] : ['name']),
  ];
}

function compareLists(kind: string, before: readonly Named[], after: readonly Named[]): string[] {
  const old = new Map(before.map((item) => [nameOf(item), item]));
  const fresh = new Map(after.map((item) => [nameOf(item), item]));
  return [
    ...[...fresh].flatMap(([name, item]) => {
      const other = old.get(name);
      if (other === undefined) return [`${kind} ${name} is new`];
      return isSame(other, item) ? [] : [`${kind} ${name}`];
    }),
    ...[...old.keys()].filter((name) => !fresh.has(name)).map((name) => `${kind} ${name} is gone`),
  ];
}

function nameOf(item: Named): string {
  return 'id' in item ? item.id : item.name;
}

/** Both were read by the same reader, which writes keys in one order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
