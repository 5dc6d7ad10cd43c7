import type { ChosenStages } from '../../dockerfile/choose-stages.ts';
import type { Dockerfile } from '../../dockerfile/types.ts';
import type { ImageRecord } from '../../images/types.ts';
import type { BuildContext } from '../context/read-context.ts';

/** An image of the store that a stage begins from, or of which files are taken. */
export interface BaseImage {
  /** As the Dockerfile has it, variables put in. */
  readonly reference: string;
  readonly record: ImageRecord;
  /** One sentence for people: where it comes from, or what stands in for it. */
  readonly reason: string;
  /** The recipe that stands in for it. */
  readonly recipe?: string;
}

/** A secret for `RUN --mount=type=secret`, which no layer keeps. */
export interface BuildSecret {
  readonly id: string;
  readonly content: Buffer;
}

/** What `RUN --mount=type=ssh` may use without seeing it: keys in files, or those of an agent that listens on a socket. */
export type BuildKey = { readonly id: string } & ({ readonly socket: string } | { readonly files: readonly string[] });

/** What RUN steps may use of the machine, where something is said of it. */
export interface BuildLimits {
  /** Of `/dev/shm`. */
  readonly shmSizeBytes?: number | undefined;
  /** By the names of setrlimit(2), in lower case. */
  readonly ulimits?: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
}

/** All that decides what an image becomes. */
export interface BuildRequest extends BuildLimits {
  /** In full. */
  readonly reference: string;
  readonly dockerfile: Dockerfile;
  readonly chosen: ChosenStages;
  /** By the reference in the Dockerfile. */
  readonly bases: ReadonlyMap<string, BaseImage>;
  readonly context: BuildContext;
  /** Further contexts by name, which FROM, COPY and RUN can name. */
  readonly contexts: ReadonlyMap<string, BuildContext>;
  /** Names that stand for images, with their references. */
  readonly images: ReadonlyMap<string, string>;
  /** Build arguments, by name. */
  readonly args: ReadonlyMap<string, string>;
  /** Values of ARG before the first FROM, and the platform's. */
  readonly globals: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  /** Those that a step mounts. */
  readonly secrets: readonly BuildSecret[];
  /** Digests of them by id; only this machine can compare them. */
  readonly secretDigests: Readonly<Record<string, string>>;
  readonly keys: readonly BuildKey[];
  /** The time of every file and of the image, seconds since 1970. */
  readonly epoch: number;
  /** `default`: the internet and the package index; `none`; `host`: the machine's own network. */
  readonly network: 'default' | 'none' | 'host';
  /** No layer of an earlier build is used. */
  readonly isFresh: boolean;
  readonly addHosts: readonly string[];
  readonly builder: 'buildah' | 'engine';
  /** Goes into the image's record: the hash over all of this. */
  readonly stamp: string;
}

/** What a build is doing. */
export type BuildEvent =
  | { readonly type: 'wait'; readonly text: string }
  | { readonly type: 'note'; readonly text: string }
  | {
      readonly type: 'step';
      /** From 1, over all stages. */
      readonly step: number;
      readonly steps: number;
      readonly line: number;
      /** `RUN pip install …`, on one line. */
      readonly instruction: string;
      readonly stage?: string;
    }
  | { readonly type: 'cached'; readonly step: number }
  | { readonly type: 'output'; readonly step: number; readonly text: string };

/** What makes images from Dockerfiles: a program on this machine, or an engine. */
export interface ImageBuilder {
  /**
   * Makes the image and puts it into the store under the reference. Throws IMAGE_BUILD_FAILED with the Dockerfile's line,
   * the instruction and the end of its output; MACHINE_LACKS; INTERRUPTED. Nothing half-made stays.
   */
  build(request: BuildRequest, report: (event: BuildEvent) => void, signal?: AbortSignal): Promise<ImageRecord>;
}
