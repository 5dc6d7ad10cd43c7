import type { Output } from '../../from-compose/render-config/lay-out.ts';
import { writeYaml } from '../../from-compose/render-config/write-yaml.ts';

/** A plain value as YAML that every reader takes for what it is, long texts on one line. What is undefined is left out. */
export function toYaml(value: unknown): string {
  return writeYaml(toOutput(value), { widest: Number.POSITIVE_INFINITY });
}

/** The same as JSON, indented by two. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function toOutput(value: unknown): Output {
  if (Array.isArray(value)) return value.map(toOutput);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    return new Map(entries.map(([key, member]) => [key, toOutput(member)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}
