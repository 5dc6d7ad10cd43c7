import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { EnvVariable } from '@devstead/environment';
import type { StepRunner } from './execute/execute-plan.ts';
import type { ContainerSpec } from './plan/container-spec.ts';
import type { Observed, PublishedPort } from './plan/types.ts';
import type { Lack } from './running/lacks.ts';
import type { LogLine } from './running/log-lines.ts';
import type { EnginePlace } from './state/engine-place.ts';
import type { ContainerSample } from './usage/types.ts';
import type { VolumeRoom } from './volumes/volume-room.ts';

/** What workspaces run on: containers without an engine, or those of Docker or Podman. */
export type RuntimeName = 'sandbox' | 'container';

/**
 * Where an environment runs. A runtime looks, carries out single steps, and runs commands in what is there; deciding
 * what to do is the plan's business. All state is the runtime's own and on disk: any process may pick a workspace up.
 */
export interface Runtime {
  readonly name: RuntimeName;
  /**
   * Looks at the workspace, and for projects at these paths below the sources' root. Changes nothing; never throws
   * because something is missing or half-made.
   */
  observe(clonePaths?: readonly string[]): Promise<Observed>;
  /**
   * The engine that the containers are on, and what to tell of it where the user's variables lead to another one; undefined without
   * an engine. ENGINE_NOT_FOUND, ENGINE_FAILED.
   */
  findEngine(): Promise<{ readonly place: EnginePlace; readonly note?: string } | undefined>;
  /** What cannot be done on this machine, or by this engine. ENGINE_NOT_FOUND, ENGINE_FAILED. */
  listLacks(): Promise<readonly Lack[]>;
  /** Carries out one step of a plan. A step may be repeated after it failed or was cut off. */
  readonly runStep: StepRunner;
  /** Starts a command in a running container; the process returned stands for it. WORKSPACE_NOT_RUNNING, UNKNOWN_CONTAINER. */
  exec(request: ExecInContainer): ChildProcess;
  /**
   * Ends a command that `exec` began, with everything it started: asks first, and ends by force what is left after the
   * grace. Returns when none of it is left; true when force was needed.
   */
  endExec(child: ChildProcess, graceMs: number): Promise<boolean>;
  /** What containers printed, oldest first, also before their last restart. */
  readLogs(query: LogQuery): Promise<LogLine[]>;
  /** Every further line, until the signal. */
  followLogs(containers: readonly string[], onLine: (line: LogLine) => void, signal: AbortSignal): Promise<void>;
  /** Publishes ports while this process lives; the function returned ends it. PORT_IN_USE. */
  forwardPorts(ports: readonly PublishedPort[]): Promise<() => Promise<void>>;
  /** Bytes that each named volume holds. */
  measureVolumes(): Promise<Readonly<Record<string, number>>>;
  /** Does work in a volume with the rights of containers' root; it is made when it is not there. VOLUME_FAILED. */
  withVolume<Result>(volume: string, work: (room: VolumeRoom) => Promise<Result>): Promise<Result>;
  /** Whom a container's program runs as here. IMAGE_NOT_FOUND. */
  findUser(spec: ContainerSpec): Promise<{ readonly uid: number; readonly gid: number }>;
  /** What containers use at this moment, all of them unless some are named. */
  sampleUsage(containers?: readonly string[]): Promise<ContainerSample[]>;
  /** What only a look into the containers named tells. Changes nothing; what does not run is not ready. */
  inspect(containers: readonly string[]): Promise<Inspection>;
  /**
   * Begins what a start will need while the plan is still being made, when the workspace does not run. It is undone by
   * `release`, or with this process, unless a step takes it up.
   */
  anticipateStart(): void;
  /** Host ports of endpoints that are published, as the workspace's own files tell: who has just started it need not look. */
  listPublishedPorts(): Promise<Observed['publishedPorts']>;
  /** Lets go of what is kept between steps to make the next one quicker, when no step is under way any more. */
  release(): void;
}

export interface Inspection {
  /** TCP ports of the workspace's shared network on which something accepts connections. */
  readonly listeningPorts: ReadonlySet<number>;
  /** The same of each container that has a network of its own; none while it does not run. */
  readonly dedicatedPorts: Readonly<Record<string, ReadonlySet<number>>>;
  readonly containers: Readonly<Record<string, InspectedContainer>>;
  /** Why the workspace has no way out to other networks, when it has none. */
  readonly networkProblem?: string;
}

export interface InspectedContainer {
  /** It runs and passes all its checks. */
  readonly isReady: boolean;
  /** Absent where the machine keeps no control group for it. */
  readonly memoryBytes?: number;
  /** How its program last ended by itself, when it ever did. */
  readonly lastExitCode?: number;
  /** Why the image's own command is not run, when it is not. */
  readonly keptAlive?: string;
  /** Where the workspace's other containers reach one that has a network of its own. */
  readonly address?: string;
  /** Why that network has no way out, when it has none. */
  readonly networkProblem?: string;
}

export interface ExecInContainer {
  readonly container: string;
  readonly argv: readonly string[];
  readonly env?: readonly EnvVariable[];
  readonly workingDir?: string;
  /** Whom it runs as, as an image names it (`app`, `1000:0`). Default: the container's own. */
  readonly user?: string;
  readonly hasTerminal: boolean;
  readonly stdio: StdioOptions;
}

export interface LogQuery {
  readonly containers: readonly string[];
  /** Only lines at or after this time, milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Only lines before this time. */
  readonly untilMs?: number;
  readonly tail?: number;
}
