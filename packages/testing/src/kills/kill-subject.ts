import type { EngineKind } from '../engines/private-engine.ts';
import type { ScenarioHome } from '../scenario-home.ts';

/** The steps of a workspace's commands, in the order in which rounds are spread over them. */
export interface KilledSteps {
  readonly up: readonly string[];
  readonly stop: readonly string[];
  /** A `down` leaves no log of its steps: within how many milliseconds after its start rounds hit it. */
  readonly downWithinMs: number;
}

/** A workspace that kill rounds are made on: what it is, the data it is given, and what must be there afterwards. */
export interface KillSubject<Found> {
  /** Where `devstead` is called, and with which variables. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Called once, before the first round, with nothing running. */
  readonly prepare?: () => Promise<void>;
  /** Writes the data of a round; what it returned from must not be lost. */
  readonly write: (round: number) => Promise<void>;
  /** Called when nothing runs, before the command that is to be killed at this step. */
  readonly beforeStep?: (step: string) => void;
  /** What is there after the `up` that followed a kill. */
  readonly look: (round: number) => Promise<Found>;
  /** What it must be. */
  readonly expected: (round: number) => Found;
  /** Files, and volumes of an engine, that a `down` keeps. */
  readonly isKept: (inventoryLine: string) => boolean;
  /** Ends what it started beside the workspace. */
  readonly close?: () => Promise<void>;
}

/** A kind of workspace that rounds are made on. */
export interface KilledWorkspace<Found> {
  readonly name: string;
  readonly steps: KilledSteps;
  /** An engine of its own that it runs on, and that is killed and started again as well. */
  readonly engine?: EngineKind;
  readonly open: (home: ScenarioHome) => KillSubject<Found> | Promise<KillSubject<Found>>;
}
