import { posix } from 'node:path';
import type { ChosenStages } from './choose-stages.ts';
import type { Flag, Instruction } from './types.ts';

/** What `RUN --mount=…` asks for (Dockerfile reference). */
export interface Mount {
  /** `bind`, `cache`, `tmpfs`, `secret` or `ssh`, where it is written right. */
  readonly type: string;
  /** Of a secret or a key: what it is known by. */
  readonly id: string;
  readonly target?: string;
  /** The stage, image or context that it is taken from. */
  readonly from?: string;
  /** A step without it fails. */
  readonly isRequired: boolean;
}

/** Reads the value of a `--mount` flag; fields that are not known are passed over. */
function readMount({ value }: Pick<Flag, 'value'>): Mount {
  const parts = new Map(
    value.split(',').map((part): [string, string] => {
      const equals = part.indexOf('=');
      return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
    }),
  );
  const type = parts.get('type') ?? 'bind';
  const target = parts.get('target') ?? parts.get('dst') ?? parts.get('destination');
  const from = parts.get('from');
  const isRequired = ['', 'true', '1'].includes(parts.get('required') ?? 'no');
  const usualId = type === 'ssh' ? 'default' : target === undefined ? '' : posix.basename(target);
  const id = parts.get('id') ?? usualId;
  return { type, id, isRequired, ...(target === undefined ? {} : { target }), ...(from === undefined ? {} : { from }) };
}

/** The mounts of an instruction, each with its flag. */
export function listMounts({ keyword, flags }: Instruction): { readonly mount: Mount; readonly flag: Flag }[] {
  if (keyword !== 'RUN') return [];
  return flags.filter(({ name }) => name === 'mount').map((flag) => ({ mount: readMount(flag), flag }));
}

/** The ids of the secrets or keys that the steps of a build mount. */
export function listMounted({ stages }: ChosenStages, type: 'secret' | 'ssh'): ReadonlySet<string> {
  const mounts = stages.flatMap(({ stage }) => stage.instructions.flatMap(listMounts));
  return new Set(mounts.filter(({ mount }) => mount.type === type).map(({ mount }) => mount.id));
}
