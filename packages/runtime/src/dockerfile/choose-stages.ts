import { AppError } from '@devstead/kit';
import { expandVariables } from './expand-variables.ts';
import { listMounts } from './read-mount.ts';
import type { Report } from './report.ts';
import type { Dockerfile, Place, Stage, Word } from './types.ts';

/** A stage that is built, with what it begins from. */
export interface ChosenStage {
  readonly stage: Stage;
  readonly base: StageBase;
}

export type StageBase =
  | { readonly type: 'image'; readonly reference: string; readonly place: Word }
  | { readonly type: 'stage'; readonly index: number }
  | { readonly type: 'scratch' };

/** What a build needs of a Dockerfile. */
export interface ChosenStages {
  /** In the order they stand. The last one is the result. */
  readonly stages: readonly ChosenStage[];
  /** Every image that is needed, in FROM or of which something is copied or mounted, with where it stands first. */
  readonly references: ReadonlyMap<string, Place>;
}

/** The variables that every Dockerfile has (Dockerfile reference, automatic platform ARGs in the global scope). */
function listPlatformVariables(architecture: string): [string, string][] {
  const platform = `linux/${architecture}`;
  return ['BUILD', 'TARGET'].flatMap((side): [string, string][] => [
    [`${side}PLATFORM`, platform],
    [`${side}OS`, 'linux'],
    [`${side}ARCH`, architecture],
    [`${side}VARIANT`, ''],
  ]);
}

/** The value of each ARG before the first FROM. */
export function readGlobals(
  { globals, escape }: Dockerfile,
  args: ReadonlyMap<string, string>,
  architecture: string,
): Map<string, string> {
  const variables = new Map(listPlatformVariables(architecture));
  for (const { words } of globals) {
    for (const { text } of words) {
      const [, name = '', value] = /^["']?(\w+)["']?(?:=([^]*))?$/.exec(text) ?? [];
      const given = args.get(name);
      if (given !== undefined) variables.set(name, given);
      else if (value !== undefined) variables.set(name, expandVariables(value, variables, { escape }).text);
    }
  }
  return variables;
}

/** Names that are neither stages nor images as they stand. */
export interface NamedSources {
  readonly contexts: ReadonlySet<string>;
  readonly images: ReadonlyMap<string, string>;
}

/**
 * Which stages a target needs, in the order they stand, and which images. Stages are found by what FROM, COPY and
 * `RUN --mount` name; those that nothing needs are left out. `contexts` are names that stand for something else than a
 * stage or an image, `images` such that stand for another image. Throws USAGE for a target that is no stage.
 */
export function chooseStages(
  dockerfile: Dockerfile,
  variables: ReadonlyMap<string, string>,
  target: string | undefined,
  { contexts, images }: NamedSources,
  report: Report,
): ChosenStages {
  const { stages } = dockerfile;
  const last = findTarget(stages, target);
  const references = new Map<string, Place>();
  const chosen = new Map<number, ChosenStage>();
  const addReference = (reference: string, place: Place): void => {
    if (!references.has(reference)) references.set(reference, place);
  };
  const need = (index: number): void => {
    const stage = stages[index];
    if (stage === undefined || chosen.has(index)) return;
    const base = readBase(stage, dockerfile, variables, images, report);
    chosen.set(index, { stage, base });
    if (base.type === 'stage') need(base.index);
    else if (base.type === 'image' && !contexts.has(base.reference)) addReference(base.reference, base.place);
    for (const { source, place } of listSources(stage)) {
      const text = expandVariables(source, variables, { escape: dockerfile.escape }).text;
      const found = findStage(stages, text, stage.index);
      if (found === 'later')
        report('dockerfile.unknown-stage', `the stage ${text} does not stand before this one`, place);
      else if (found !== undefined) need(found);
      else if (/^\d+$/.test(text)) report('dockerfile.unknown-stage', `there is no stage ${text}`, place);
      else if (!contexts.has(text)) addReference(images.get(text) ?? text, place);
    }
  };
  need(last);
  return { stages: [...chosen.values()].sort((a, b) => a.stage.index - b.stage.index), references };
}

function findTarget(stages: readonly Stage[], target: string | undefined): number {
  if (target === undefined || target === '') return stages.length - 1;
  const found = stages.findLast(({ name, index }) => name === target.toLowerCase() || String(index) === target);
  if (found !== undefined) return found.index;
  const names = stages.map(({ name, index }) => name ?? String(index));
  throw new AppError('USAGE', `there is no stage ${JSON.stringify(target)}`, {
    hint: `There are: ${names.join(', ')}.`,
  });
}

function readBase(
  stage: Stage,
  { stages, escape }: Dockerfile,
  variables: ReadonlyMap<string, string>,
  images: ReadonlyMap<string, string>,
  report: Report,
): StageBase {
  const { text, unknown } = expandVariables(stage.base.text, variables, { escape });
  if (unknown.length > 0 && text !== '')
    report('dockerfile.unknown-variable', `${unknown.join(', ')} has no value here`, stage.base, {
      severity: 'warning',
    });
  if (text === '') report('dockerfile.unknown-variable', `${stage.base.text} stands for nothing`, stage.base);
  if (text === 'scratch') return { type: 'scratch' };
  const before = stages.slice(0, stage.index).findLast(({ name }) => name !== undefined && name === text.toLowerCase());
  return before === undefined
    ? { type: 'image', reference: images.get(text) ?? text, place: stage.base }
    : { type: 'stage', index: before.index };
}

interface Source {
  readonly source: string;
  readonly place: Place;
}

/** What a stage names to take files from. */
function listSources({ instructions }: Stage): Source[] {
  return instructions.flatMap((instruction) => [
    ...instruction.flags
      .filter(({ name }) => instruction.keyword === 'COPY' && name === 'from')
      .map((flag): Source => ({ source: flag.value, place: flag })),
    ...listMounts(instruction).flatMap(({ mount, flag }): Source[] =>
      mount.from === undefined ? [] : [{ source: mount.from, place: flag }],
    ),
  ]);
}

/** The number of the stage that a name or number means, among those before; `later` where it stands behind. */
function findStage(stages: readonly Stage[], text: string, before: number): number | 'later' | undefined {
  const isMeant = ({ name, index }: Stage): boolean =>
    (name !== undefined && name === text.toLowerCase()) || String(index) === text;
  const found = stages.slice(0, before).findLast(isMeant);
  if (found !== undefined) return found.index;
  return stages.slice(before).some(isMeant) ? 'later' : undefined;
}
