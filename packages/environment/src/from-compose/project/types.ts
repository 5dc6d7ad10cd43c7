import type { Diagnostic } from '@devstead/kit';
import type { Origin } from '../../types.ts';
import type { Variables } from '../load/variables.ts';
import type { MapNode } from '../tree/node.ts';

/** What is asked of the reader: docker compose's flags, and the machine it is called on. */
export interface ComposeRequest {
  /** Absolute folder the command is called in. */
  readonly cwd: string;
  /** `-f`; empty: `COMPOSE_FILE`, else the known names in this folder or the nearest above. `-` is standard input. */
  readonly files?: readonly string[];
  /** `--project-directory`. */
  readonly projectDirectory?: string;
  /** `-p`. */
  readonly projectName?: string;
  /** `--profile`; empty: `COMPOSE_PROFILES`. */
  readonly profiles?: readonly string[];
  /** `--env-file`; empty: `COMPOSE_ENV_FILES`, else `.env`. */
  readonly envFiles?: readonly string[];
  /** Only these services and what they need. Empty: all that are enabled. */
  readonly services?: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  /** The text of standard input, for `-f -`. */
  readonly standardInput?: string;
  readonly isInterpolated?: boolean;
  readonly resolvesPaths?: boolean;
  /** Fill in networks, names and dependencies. */
  readonly isNormalized?: boolean;
  readonly checksConsistency?: boolean;
  /** Read `env_file` and take unset variables from the environment. */
  readonly resolvesEnvironment?: boolean;
  /** Keep networks, volumes, secrets and configs that no enabled service uses. */
  readonly keepsUnused?: boolean;
}

/** A project that was read: one tree in long forms, its variables put in, its files merged. */
export interface ComposeProject {
  readonly name: string;
  readonly nameOrigins: readonly Origin[];
  /** Absolute folder of the project. */
  readonly folder: string;
  /** Absolute paths of the compose files, in order; `-` for standard input. */
  readonly files: readonly string[];
  /** Services that are enabled, and the resources. */
  readonly model: MapNode;
  /** Services that no active profile enables. */
  readonly disabled: MapNode;
  readonly profiles: readonly string[];
  /** What variables were read with. */
  readonly variables: Variables;
}

export interface ComposeReading {
  /** Absent when an error leaves nothing to show. */
  readonly project?: ComposeProject;
  /** Codes `compose.*`. */
  readonly diagnostics: readonly Diagnostic[];
}
