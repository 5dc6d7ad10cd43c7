import { checkSources, type SourceFile } from './check-sources.ts';
import type { ChosenStages } from './choose-stages.ts';
import { findSecrets } from './find-secrets.ts';
import { listMounts, type Mount } from './read-mount.ts';
import type { Report } from './report.ts';
import { listVariables, predefinedArguments } from './stage-variables.ts';
import type { Dockerfile, Flag, Instruction } from './types.ts';

interface BuildInput {
  readonly dockerfile: Dockerfile;
  readonly chosen: ChosenStages;
  readonly args: ReadonlyMap<string, string>;
  readonly globals: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, SourceFile>;
  /** Ids of the secrets that were given. */
  readonly secrets: ReadonlySet<string>;
  /** Ids of the SSH keys and agents that were given. */
  readonly keys: ReadonlySet<string>;
  /** `linux/amd64`. */
  readonly platform: string;
  readonly builder: 'buildah' | 'engine';
}

/**
 * Says what would go wrong in a build before anything is built: arguments nothing declares, files that are not there, secrets
 * that would stay, and what no builder here does.
 */
export function checkBuild(input: BuildInput, report: Report): void {
  const { dockerfile, chosen, args, files } = input;
  // What an image sets is not known yet; a path that needs it is left to the builder.
  const variables = listVariables({ ...input, imageEnv: () => ({}) });
  for (const { stage } of chosen.stages) {
    checkPlatform(stage.platform, stage.from, input, report);
    for (const instruction of stage.instructions) {
      findSecrets(instruction, args, report);
      checkSources(instruction, variables.get(instruction) ?? new Map(), files, report);
      for (const flag of instruction.flags) checkFlag(instruction, flag, input, report);
      for (const { mount, flag } of listMounts(instruction)) checkMount(mount, flag, input, report);
    }
  }
  for (const instruction of dockerfile.globals) findSecrets(instruction, args, report);
  checkArguments(dockerfile, args, report);
}

function checkArguments({ globals, stages }: Dockerfile, args: ReadonlyMap<string, string>, report: Report): void {
  const all = [...globals, ...stages.flatMap(({ instructions }) => instructions)];
  const declared = all
    .filter(({ keyword }) => keyword === 'ARG')
    .flatMap(({ words }) => words.map(({ text }) => /^["']?(\w+)/.exec(text)?.[1] ?? ''));
  const known = new Set([...declared, ...predefinedArguments, 'SOURCE_DATE_EPOCH']);
  for (const name of args.keys()) {
    if (!known.has(name) && !/^(?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT)$/.test(name))
      report('dockerfile.unknown-argument', `no ARG declares ${name}`, { line: 1, column: 1 }, { severity: 'warning' });
  }
}

function checkPlatform(platform: string | undefined, from: Instruction, input: BuildInput, report: Report): void {
  if (platform === undefined || platform.includes('$') || platform === input.platform) return;
  const flag = from.flags.find(({ name }) => name === 'platform') ?? from;
  report('dockerfile.not-supported', `images are built for ${input.platform}, not for ${platform}`, flag, {
    hint: 'Leave --platform out, or write --platform=$BUILDPLATFORM.',
  });
}

const mountTypes = new Set(['bind', 'cache', 'tmpfs', 'secret', 'ssh']);

function checkFlag({ keyword }: Instruction, flag: Flag, { builder }: BuildInput, report: Report): void {
  if (keyword === 'RUN' && flag.name === 'network' && flag.value !== 'default')
    report('dockerfile.not-supported', `a single step cannot have the network ${flag.value}`, flag, {
      hint: 'Give the network of all steps: devstead image build --network none.',
    });
  if (builder === 'engine' && (flag.name === 'chmod' || (keyword === 'RUN' && flag.name === 'mount')))
    report('dockerfile.not-supported', `the engine’s builder has no --${flag.name} for ${keyword}`, flag, {
      hint: 'buildah can do it: apt-get install buildah.',
    });
  if (keyword === 'COPY' && flag.name === 'from' && flag.value.includes('$'))
    report('dockerfile.not-supported', '--from of COPY cannot have variables', flag, {
      hint: 'Begin a stage from it (`FROM $IMAGE AS name`) and copy from the stage.',
    });
}

function checkMount({ type, id, target, isRequired }: Mount, flag: Flag, input: BuildInput, report: Report): void {
  if (!mountTypes.has(type)) {
    report('dockerfile.not-supported', `mounts of the type ${type} are not supported`, flag, {
      hint: 'There are bind, cache, tmpfs, secret and ssh.',
    });
    return;
  }
  if (type === 'secret' && isRequired && !input.secrets.has(id))
    report('dockerfile.syntax', `the secret ${id} is required and was not given`, flag, {
      hint: `Give it: --secret id=${id},src=FILE.`,
    });
  if (type === 'ssh' && isRequired && !input.keys.has(id))
    report('dockerfile.syntax', `the SSH key ${id} is required and was not given`, flag, {
      hint: `Give it: --ssh ${id === 'default' ? id : `${id}=FILE`}.`,
    });
  if (type !== 'secret' && type !== 'ssh' && target === undefined)
    report('dockerfile.syntax', 'the mount has no target', flag);
}
