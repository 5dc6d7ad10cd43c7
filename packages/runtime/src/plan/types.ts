import type { Environment, ExecCommand, Starter } from '@devstead/environment';
import type { RuntimeName } from '../types.ts';
import type { ContainerSpec } from './container-spec.ts';

/**
 * What is, as the runtime found it. Nothing of it is remembered between commands: each command looks anew.
 */
export interface Observed {
  /** The workspace's namespaces and network are there. */
  readonly isSandboxRunning: boolean;
  readonly containers: Readonly<Record<string, ObservedContainer>>;
  readonly volumes: readonly string[];
  /** Image names in the store with their digests. */
  readonly images: Readonly<Record<string, string>>;
  /** Digests of those that the runtime can run as they are; absent where it can run all. */
  readonly loadedImages?: readonly string[];
  /** Endpoint name to port of the machine, as published now. */
  readonly publishedPorts: Readonly<Record<string, number>>;
  /** The same of an earlier run whose supervisor has not ended yet: nothing answers there. */
  readonly leftPorts?: Readonly<Record<string, number>>;
  /** Its network has a way out, or it is known why not. */
  readonly isConnected: boolean;
  /** Containers with a network of their own of which the same is true. */
  readonly connectedContainers: readonly string[];
  /** The process that restarts containers and relays ports lives. */
  readonly isSupervised: boolean;
  /** Connections to the machine's package index are carried. */
  readonly isIndexRelayed: boolean;
  /** Commands of events that ended well since the sandbox was started. */
  readonly finishedEvents: readonly EventName[];
  /** Of the projects' clone paths that were asked for, those where something is. */
  readonly projects: readonly string[];
  /** Remains of a start that was killed. */
  readonly hasRemains: boolean;
}

export interface ObservedContainer {
  readonly state: 'running' | 'exited' | 'stopped';
  /** Hash of the spec it was made from. */
  readonly specHash: string;
  readonly imageDigest: string;
  /** What it was made from, where that can still be read. */
  readonly spec?: ContainerSpec;
  readonly exitCode?: number;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  /** When its own files began: milliseconds since 1970. Another number, and what was changed in it is gone. */
  readonly layerSince?: number;
  readonly restarts: number;
  /** What its health check says, while it runs. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy';
  /** It runs, but was asked to end by a `stop` that was cut off. */
  readonly isEnding?: true;
  /** It runs, but its processes stand still. */
  readonly isPaused?: true;
  /** It was there for one command, whose process is gone. */
  readonly isAbandoned?: true;
}

export type EventName = 'preStart' | 'postStart' | 'preStop' | 'postStop';

/** A port to publish. `hostPort` is fixed by the planner, so the executor decides nothing. */
export interface PublishedPort {
  readonly endpoint: string;
  readonly container: string;
  readonly port: number;
  readonly hostPort: number;
  /** Address of the machine at which it is open. Default: its loopback address. */
  readonly hostIp?: string;
  readonly exposure: 'public' | 'internal' | 'debug';
  readonly protocol: string;
  readonly path?: string;
}

interface StepBase {
  /** Unique in the plan, for example `container.start postgresql`. */
  readonly id: string;
  /** Why this step is there, for people. */
  readonly cause: string;
  /** Steps that must have ended well before this one begins. */
  readonly after: readonly string[];
}

/** An image that is built from a Dockerfile, not from a recipe. */
export interface DockerfileStep {
  /** What the image is to be called. */
  readonly reference: string;
  /** Absolute. */
  readonly file: string;
  /** Absolute. */
  readonly context: string;
  /** `NAME=VALUE`. */
  readonly args: readonly string[];
  /** The stage to build; absent: the last. */
  readonly target?: string;
  /** Where the Dockerfile is named, for people: `devfile.yaml:12:14`. */
  readonly namedAt?: string;
}

export type Step = StepBase &
  (
    | { readonly kind: 'remains.remove' }
    | { readonly kind: 'image.build'; readonly image: string; readonly dockerfile?: DockerfileStep }
    /** Given to the engine, which has a store of its own. */
    | { readonly kind: 'image.load'; readonly image: string }
    | { readonly kind: 'image.pull'; readonly image: string; readonly reference: string }
    | {
        readonly kind: 'project.clone';
        readonly project: Environment['projects'][number];
        readonly withSubmodules: boolean;
      }
    | {
        readonly kind: 'starter.fetch';
        readonly starter: Starter;
        /** The devfile's folder, which gets the sources. */
        readonly folder: string;
        readonly withSubmodules: boolean;
      }
    | { readonly kind: 'sandbox.start'; readonly containers: readonly ContainerSpec[] }
    | {
        readonly kind: 'volumes.copy';
        readonly volumes: readonly string[];
        /** Folder of the workspace that has them. */
        readonly from: string;
      }
    /** Of the shared network, or of a container's own one. */
    | { readonly kind: 'network.connect'; readonly spec?: ContainerSpec }
    /** `container.create` makes all of a container but sets nothing running in it; its `container.start` follows. */
    | {
        readonly kind: 'container.create' | 'container.start';
        readonly spec: ContainerSpec;
        readonly specHash: string;
        readonly isNewLayer: boolean;
      }
    | {
        readonly kind: 'container.ready';
        readonly spec: ContainerSpec;
        readonly timeoutMs: number;
        /** Containers that start only then. */
        readonly dependents?: readonly string[];
        /** A failure is only told. */
        readonly isBestEffort?: boolean;
      }
    /** Waits until its program has ended well. */
    | {
        readonly kind: 'container.finish';
        readonly spec: ContainerSpec;
        readonly dependents?: readonly string[];
        readonly isBestEffort: boolean;
      }
    /** Asks it to end and waits; with a signal that alone is sent, and only after SIGKILL it is waited for. */
    | {
        readonly kind: 'container.stop';
        readonly container: string;
        readonly signal?: string;
        /** How long it is waited for, in place of its own grace. */
        readonly graceMs?: number;
      }
    /** Its processes stand still, or go on. */
    | { readonly kind: 'container.pause' | 'container.resume'; readonly container: string }
    | { readonly kind: 'container.remove'; readonly container: string }
    | {
        readonly kind: 'command.run';
        readonly command: ExecCommand;
        readonly event: EventName;
        readonly isBestEffort: boolean;
      }
    | { readonly kind: 'event.finish'; readonly event: EventName }
    | { readonly kind: 'index.connect' }
    | { readonly kind: 'ports.publish'; readonly ports: readonly PublishedPort[] }
    | { readonly kind: 'supervisor.stop' }
    | { readonly kind: 'sandbox.stop' }
    | {
        readonly kind: 'volume.remove';
        readonly volume: string;
        /** So do the containers that have it. */
        readonly endsWorkspace?: true;
      }
    /** Copied, as it is, to what the workspace moves to, and compared. */
    | { readonly kind: 'volume.carry'; readonly volume: string; readonly to: RuntimeName }
    /** From here on the workspace is one of the other runtime. */
    | { readonly kind: 'runtime.switch'; readonly to: RuntimeName }
    /** Everything that one runtime has of the workspace goes; what the workspace itself has stays. */
    | { readonly kind: 'runtime.leave'; readonly runtime: RuntimeName }
    | {
        readonly kind: 'worktree.remove';
        readonly worktree: string;
        /** The folder that all work trees of its repository share. */
        readonly repository: string;
        /** Changes that are nowhere else are lost. */
        readonly isForced: boolean;
      }
    | { readonly kind: 'workspace.remove'; readonly keepsVolumes: boolean }
  );

export type StepKind = Step['kind'];

/** Steps in an order in which they could run one after the other; `after` says what may run at the same time. */
export interface Plan {
  readonly title: string;
  readonly steps: readonly Step[];
  /** What was asked for and is not in the steps, for people. */
  readonly notes: readonly string[];
}
