/** What containers use at one moment. `takenAtMs` is of a clock that only goes forward. */
export interface UsageSample {
  readonly takenAtMs: number;
  readonly containers: readonly ContainerSample[];
}

export interface ContainerSample {
  readonly name: string;
  readonly isRunning: boolean;
  /** Of its control group where it has one, else the sum over its processes. */
  readonly memoryBytes: number;
  readonly memoryLimitBytes?: number;
  /** Thousandths of a processor. */
  readonly cpuLimitMillis?: number;
  /** Processor time of all its processes since its start; absent where only theirs is known. */
  readonly cpuMs?: number;
  readonly processes: readonly ProcessSample[];
}

export interface ProcessSample {
  /** Number on the machine, or at the engine's. */
  readonly pid: number;
  /** Start in clock ticks: with the number it tells processes apart. */
  readonly start: number;
  /** Program and arguments, as one line. */
  readonly command: string;
  /** Processor time used since its start. */
  readonly cpuMs: number;
  readonly memoryBytes: number;
}
