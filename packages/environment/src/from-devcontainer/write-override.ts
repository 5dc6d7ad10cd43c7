import type { ComposeNode } from '../from-compose/tree/node.ts';
import type { Origin } from '../types.ts';

interface Line {
  readonly key: string;
  readonly value: unknown;
  readonly node: ComposeNode;
}

/** A compose file that stands for a devcontainer.json, and for each of its lines the place that it stands for. */
export interface Override {
  readonly text: string;
  readonly originsByLine: ReadonlyMap<number, Origin>;
}

/** Parts of services of a compose file, one a line, so that what is read of a line has the place of the property behind it. */
export class OverrideWriter {
  readonly #services = new Map<string, Line[]>();
  readonly #volumes = new Set<string>();

  set(service: string, key: string, value: unknown, node: ComposeNode): void {
    const lines = this.#services.get(service) ?? [];
    lines.push({ key, value, node });
    this.#services.set(service, lines);
  }

  addVolume(name: string): void {
    this.#volumes.add(name);
  }

  write(name: string | undefined): Override {
    const lines: string[] = ['{', ...(name === undefined ? [] : [`"name": ${toJson(name)},`]), '"services": {'];
    const origins = new Map<number, Origin>();
    const last = [...this.#services.keys()].at(-1);
    for (const [service, parts] of this.#services) {
      lines.push(`${toJson(service)}: {`);
      for (const [index, { key, value, node }] of parts.entries()) {
        lines.push(`${toJson(key)}: ${toJson(value)}${index === parts.length - 1 ? '' : ','}`);
        const { file, line, column } = node.at;
        origins.set(lines.length, { kind: 'file', file, line, column });
      }
      lines.push(service === last ? '}' : '},');
    }
    lines.push(`}, "volumes": ${toJson(Object.fromEntries([...this.#volumes].map((volume) => [volume, {}])))}}`);
    return { text: lines.join('\n'), originsByLine: origins };
  }
}

/** `$` is doubled: everything was put in already. */
function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('$', '$$$$');
}
