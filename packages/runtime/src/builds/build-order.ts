import type { Diagnostic } from '@devstead/kit';
import type { ImageRecord } from '../images/types.ts';
import type { BuildEvent, BuildKey, BuildLimits, BuildSecret } from './builder/image-builder.ts';

/** What is to be built. Only the context and the name are needed. */
export interface BuildOrder extends BuildLimits {
  /** The folder of the context, absolute, or the address of a Git repository (`readContextAddress`). */
  readonly context: string;
  /** What the image is to be called. */
  readonly reference: string;
  /** Absolute, or from the context's folder on. Default: `Dockerfile`, else `Containerfile`, in the context. */
  readonly dockerfile?: string | undefined;
  /** The Dockerfile's text itself, with a name for people; then there is no file. */
  readonly inline?: string | undefined;
  /** For people, instead of the path. */
  readonly shownFile?: string | undefined;
  /** For people: where the Dockerfile is named. */
  readonly namedAt?: string | undefined;
  readonly target?: string | undefined;
  readonly args?: ReadonlyMap<string, string>;
  readonly labels?: ReadonlyMap<string, string>;
  readonly secrets?: readonly BuildSecret[];
  readonly keys?: readonly BuildKey[];
  /** Further contexts by name: absolute folders, addresses, or `docker-image://REFERENCE`. */
  readonly contexts?: ReadonlyMap<string, string>;
  /** Seconds since 1970. */
  readonly epoch?: number | undefined;
  readonly network?: 'default' | 'none' | 'host';
  readonly isFresh?: boolean;
  readonly pulls?: boolean;
  readonly addHosts?: readonly string[];
  /** Further names that the image gets. */
  readonly tags?: readonly string[];
  /** What looks like a secret in a layer is told and does not end the build. */
  readonly allowsSecrets?: boolean;
}

/** An image that was built, or found to be what a build would make. */
export interface DockerfileBuild {
  readonly record: ImageRecord;
  readonly diagnostics: readonly Diagnostic[];
  /** For people: what stands for each image of the Dockerfile. */
  readonly bases: readonly string[];
  readonly isNew: boolean;
}

/** Called for what the Dockerfile has wrong; with an error among them the build ends with DOCKERFILE_INVALID. */
export interface BuildObserver {
  readonly onEvent: (event: BuildEvent) => void;
  readonly onDiagnostics: (diagnostics: readonly Diagnostic[], text: string) => void;
}
