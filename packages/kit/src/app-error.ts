import type { CodeText } from './diagnostic.ts';
import { exitCode } from './exit-code.ts';

interface ErrorText extends CodeText {
  readonly exitCode: number;
}

/** Every way in which work cannot go on: its exit code and, for the reference page, its cause and cure. */
export const errorTable = {
  USAGE: {
    exitCode: exitCode.usage,
    cause: 'A command was called with words or options it does not take.',
    cure: 'Read `devstead COMMAND --help`.',
  },
  UNREADABLE_INPUT: {
    exitCode: exitCode.usage,
    cause: 'A file or folder named on the command line cannot be read.',
    cure: 'Check the path and its permissions.',
  },
  DEVFILE_NOT_FOUND: {
    exitCode: exitCode.usage,
    cause: 'Neither the folder nor one of its parents has a devfile.',
    cure: 'Go to the repository, or name its folder: `devstead up PATH`. Where there is no devfile yet, `devstead init` writes one.',
  },
  DEVFILE_INVALID: {
    exitCode: exitCode.bad,
    cause: 'The devfile has errors; each is listed as a diagnostic.',
    cure: 'Mend the lines named; `devstead check` lists them again.',
  },
  DEVFILE_INCOMPLETE: {
    exitCode: exitCode.incomplete,
    cause: 'The devfile builds on something that was not looked at, so what it describes is not known.',
    cure: 'Do what the warning `devfile.import-unread` says.',
  },
  COMPOSE_INVALID: {
    exitCode: exitCode.bad,
    cause: 'The compose project has errors; each is listed as a diagnostic.',
    cure: 'Mend the lines named; `devstead check` lists them again.',
  },
  DOCKERFILE_INVALID: {
    exitCode: exitCode.bad,
    cause: 'The Dockerfile has errors; each is listed as a diagnostic.',
    cure: 'Mend the lines named; `devstead image build` lists them again.',
  },
  DEVCONTAINER_INVALID: {
    exitCode: exitCode.bad,
    cause: 'The devcontainer.json has errors; each is listed as a diagnostic.',
    cure: 'Mend the lines named.',
  },
  CONFIG_INVALID: {
    exitCode: exitCode.usage,
    cause: 'A configuration file or a DEVSTEAD_* variable has errors.',
    cure: 'Mend the lines named; `devstead config` shows every value and its source.',
  },
  WORKSPACE_NOT_FOUND: {
    exitCode: exitCode.usage,
    cause: 'There is no workspace of that name, or none for this folder.',
    cure: 'Run `devstead up` in its folder; `devstead list` shows all there are.',
  },
  WORKSPACE_NOT_RUNNING: {
    exitCode: exitCode.bad,
    cause: 'The workspace exists, but is not running.',
    cure: 'Run `devstead up`.',
  },
  WORKSPACE_LOCKED: {
    exitCode: exitCode.bad,
    cause: 'Another process is working on this workspace.',
    cure: 'Wait for it, or end the process named.',
  },
  UNKNOWN_CONTAINER: {
    exitCode: exitCode.usage,
    cause: 'The workspace has no container of that name.',
    cure: 'Use one of the names listed by `devstead status`.',
  },
  CONTAINER_PAUSED: {
    exitCode: exitCode.bad,
    cause: 'Every program of the container stands still.',
    cure: 'Let it go on: `devstead compose unpause`.',
  },
  UNKNOWN_COMMAND: {
    exitCode: exitCode.usage,
    cause: 'The devfile has no command of that name and no default for that group.',
    cure: 'Use one of the names listed by `devstead run --help` or `devstead status`.',
  },
  CANNOT_APPLY: {
    exitCode: exitCode.bad,
    cause:
      'A command applies what nothing here can: manifests of a cluster, or an image that neither a recipe nor the local store has.',
    cure: 'Run the command where its cluster is; for an image, add a row to `images.rewrite` in the configuration or import it: `devstead image import`.',
  },
  UNKNOWN_ENDPOINT: {
    exitCode: exitCode.usage,
    cause: 'The workspace has no endpoint of that name.',
    cure: 'Use one of the names listed by `devstead ports`.',
  },
  UNKNOWN_VALUE: {
    exitCode: exitCode.usage,
    cause: '`why` was asked for a value the environment does not have.',
    cure: 'Use a name from `devstead why --list`.',
  },
  COMMAND_FAILED: {
    exitCode: exitCode.bad,
    cause: 'A command bound to an event ended with another code than 0.',
    cure: 'Read the lines shown, mend the cause, and run `devstead up` again: it goes on from there.',
  },
  CONTAINER_FAILED: {
    exitCode: exitCode.bad,
    cause: 'A container could not be started, or ended at once.',
    cure: 'Read the lines shown and `devstead logs`.',
  },
  NOT_READY: {
    exitCode: exitCode.bad,
    cause: 'A service did not become ready in the time allowed.',
    cure: 'Read `devstead logs NAME`; allow more time with `--timeout`.',
  },
  PORT_IN_USE: {
    exitCode: exitCode.bad,
    cause: 'The port asked for is held by another process.',
    cure: 'End that process, or take the port offered.',
  },
  IMAGE_NOT_FOUND: {
    exitCode: exitCode.bad,
    cause: 'No local image, no recipe and no registry has the image named.',
    cure: 'Check the name; use an image that has a recipe (`devstead image list`), or add a row to `images.rewrite` in the configuration.',
  },
  IMAGE_PULL_FAILED: {
    exitCode: exitCode.bad,
    cause: 'A registry could not be reached, or did not send all of an image.',
    cure: 'Check the network and the proxy; name a mirror in `images.mirrors`, or stand a recipe in by a row of `images.rewrite`.',
  },
  IMAGE_REFUSED: {
    exitCode: exitCode.bad,
    cause:
      'An image is broken, not what its digests say, made for another machine, or would do harm when it is unpacked.',
    cure: 'Use another image, or ask who made this one to mend it; nothing of it was kept.',
  },
  REGISTRY_DENIED: {
    exitCode: exitCode.bad,
    cause: 'A registry wants a login, or refuses the one it was given.',
    cure: 'Log in with `skopeo login`, `podman login` or `docker login`; Devstead reads the files they write.',
  },
  IMAGE_BUILD_FAILED: {
    exitCode: exitCode.bad,
    cause: 'A base image could not be built from its recipe.',
    cure: 'Read the lines shown; `devstead doctor` checks what a build needs.',
  },
  RECIPE_INVALID: {
    exitCode: exitCode.bad,
    cause: 'A recipe file has errors.',
    cure: 'Mend the fields named.',
  },
  PROJECT_FAILED: {
    exitCode: exitCode.bad,
    cause: 'The sources of a project could not be fetched.',
    cure: 'Read what was said; nothing half-fetched was left.',
  },
  ARCHIVE_REFUSED: {
    exitCode: exitCode.bad,
    cause: 'An archive holds something that is not unpacked: paths that lead out of it, special files, or too much.',
    cure: 'Use an archive of plain files, or a Git repository; nothing of this one was left.',
  },
  STACK_REGISTRY_FAILED: {
    exitCode: exitCode.bad,
    cause: 'A registry of devfiles could not be asked, or its answer is not what a registry answers.',
    cure: 'Check its address and the network; `devstead registry mirror` keeps a copy for when it is down.',
  },
  NOTHING_RECOGNISED: {
    exitCode: exitCode.bad,
    cause: 'A folder has nothing by which `devstead init` knows a language.',
    cure: 'Take a stack instead: `devstead registry list`, then `devstead init --stack NAME`.',
  },
  STACK_NOT_FOUND: {
    exitCode: exitCode.usage,
    cause: 'No registry that was asked has a stack, a version or a starter project of that name.',
    cure: 'Use a name that `devstead registry list` shows.',
  },
  STACKS_INVALID: {
    exitCode: exitCode.bad,
    cause: 'A folder of stacks has errors; each is listed as a diagnostic.',
    cure: 'Mend the lines named; `devstead registry validate` lists them again.',
  },
  STARTER_REFUSED: {
    exitCode: exitCode.bad,
    cause: 'A starter project is larger than a registry hands out, or is not where its devfile says.',
    cure: 'Name a smaller one, or its folder by `subDir`.',
  },
  INDEX_IN_USE: {
    exitCode: exitCode.bad,
    cause: 'Another process serves the package index in this data folder.',
    cure: 'End the process named, or serve another folder: `devstead index serve --data FOLDER`.',
  },
  UNKNOWN_STARTER: {
    exitCode: exitCode.usage,
    cause: 'The devfile has no starter project of that name.',
    cure: 'Use one of the names listed by `devstead up --starters`.',
  },
  BRANCH_FAILED: {
    exitCode: exitCode.bad,
    cause: 'The work tree of a branch could not be made, or its volumes not be copied.',
    cure: 'Read what Git said; nothing half-made was left.',
  },
  UNSAVED_WORK: {
    exitCode: exitCode.bad,
    cause: 'What is to be removed holds changes or commits that are nowhere else.',
    cure: 'Commit and push them, or pass `--force` to lose them.',
  },
  COPY_FAILED: {
    exitCode: exitCode.bad,
    cause: 'Files could not be copied into a container or out of it.',
    cure: 'Read the lines shown; nothing half-copied was left.',
  },
  UNKNOWN_VOLUME: {
    exitCode: exitCode.usage,
    cause: 'The workspace has no volume of that name.',
    cure: 'Use one of the names listed by `devstead volume list`.',
  },
  VOLUME_IN_USE: {
    exitCode: exitCode.bad,
    cause: 'A container that runs has the volume mounted.',
    cure: 'Run `devstead stop` first.',
  },
  VOLUME_FAILED: {
    exitCode: exitCode.bad,
    cause: 'A volume could not be backed up, restored or moved.',
    cure: 'Read the lines shown; nothing half-written was left.',
  },
  MOVE_REFUSED: {
    exitCode: exitCode.bad,
    cause: 'What a workspace is to move to has volumes of its name already, which a move would replace.',
    cure: 'Look at them with the tools of that runtime; `devstead move --to RUNTIME --replace` loses them.',
  },
  URL_REFUSED: {
    exitCode: exitCode.usage,
    cause: 'The address is not one Devstead will fetch from.',
    cure: 'Use an https:// or ssh address.',
  },
  NOT_TRUSTED: {
    exitCode: exitCode.usage,
    cause: 'What a fetched repository asks to run was not approved.',
    cure: 'Read what it would run, then answer the question or pass `--yes`.',
  },
  ENGINE_NOT_FOUND: {
    exitCode: exitCode.machine,
    cause:
      'A workspace is to run on Docker or Podman, and neither answers, or is on an engine that does not; every place that was looked at is listed.',
    cure: 'Start the engine, set DOCKER_HOST to its socket, or use the sandbox: `devstead up --runtime sandbox`.',
  },
  ENGINE_FAILED: {
    exitCode: exitCode.machine,
    cause:
      'The container engine did not answer in time, answered something else than the Docker API, or refused a request.',
    cure: 'Read what it said and its own log; `devstead doctor` asks it again.',
  },
  MACHINE_LACKS: {
    exitCode: exitCode.machine,
    cause: 'The machine lacks a program, a kernel feature, disk space or a permission that is needed.',
    cure: 'Do what the message says; `devstead doctor` lists everything that is missing.',
  },
  STATE_TOO_NEW: {
    exitCode: exitCode.machine,
    cause: 'The state folder was written by a newer Devstead.',
    cure: 'Use that version, or another DEVSTEAD_HOME.',
  },
  STATE_DAMAGED: {
    exitCode: exitCode.machine,
    cause: 'A file in the state folder cannot be understood.',
    cure: 'Run `devstead down` for that workspace; named volumes are kept.',
  },
  INTERRUPTED: {
    exitCode: exitCode.interrupted,
    cause: 'Ctrl-C, or a signal that asks to end.',
    cure: 'Run the command again.',
  },
  INTERNAL: {
    exitCode: exitCode.ownFailure,
    cause: 'A fault in Devstead itself.',
    cure: 'Run the command again with DEVSTEAD_DEBUG=1 and report what it prints.',
  },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof errorTable;

interface AppErrorOptions {
  readonly cause?: unknown;
  /** What to do next, as one sentence. Default: the table's cure. */
  readonly hint?: string;
  /** Lines that show what happened, for example the end of a command's output. */
  readonly details?: readonly string[];
}

/** Work cannot go on. The code is stable and is what tests and callers look at; the message is for people. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: readonly string[];

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = options.hint ?? errorTable[code].cure;
    this.details = options.details ?? [];
  }

  get exitCode(): number {
    return errorTable[this.code].exitCode;
  }
}
