/** What a pull or import is doing, for people who watch. Bytes are those of the layers as they are stored. */
export interface PullProgress {
  /** `wait`: another process is pulling the same image. */
  readonly step: 'look' | 'wait' | 'pull' | 'store' | 'done';
  readonly receivedBytes: number;
  readonly totalBytes: number;
  readonly layers: number;
  readonly layersDone: number;
}

/** Counts the bytes of all layers and tells of them, not more often than a person can read. */
export class PullMeter {
  private readonly report: (progress: PullProgress) => void;
  private readonly received = new Map<string, number>();
  private totalBytes = 0;
  private layers = 0;
  private layersDone = 0;
  private toldAt = 0;

  constructor(report: (progress: PullProgress) => void) {
    this.report = report;
  }

  begin(layers: number, totalBytes: number): void {
    this.layers = layers;
    this.totalBytes = totalBytes;
    this.tell('pull');
  }

  count(digest: string, receivedBytes: number): void {
    this.received.set(digest, receivedBytes);
    const now = performance.now();
    if (now - this.toldAt < 100) return;
    this.toldAt = now;
    this.tell('pull');
  }

  finishLayer(): void {
    this.layersDone += 1;
    this.tell('pull');
  }

  tell(step: PullProgress['step']): void {
    const receivedBytes = [...this.received.values()].reduce((sum, bytes) => sum + bytes, 0);
    const { totalBytes, layers, layersDone } = this;
    this.report({ step, receivedBytes, totalBytes, layers, layersDone });
  }
}

/** What is being done, in a line. */
export function describeProgress(progress: PullProgress): string {
  const { step, receivedBytes, totalBytes, layers, layersDone } = progress;
  const inMb = (bytes: number): string => (bytes / 1e6).toFixed(1);
  switch (step) {
    case 'look':
      return 'asking the registry';
    case 'wait':
      return 'another process is pulling this image';
    case 'store':
      return 'storing';
    case 'done':
      return 'done';
    case 'pull': {
      const percent = totalBytes === 0 ? 100 : Math.floor((receivedBytes / totalBytes) * 100);
      return `${percent} %  ${inMb(receivedBytes)} of ${inMb(totalBytes)} MB, ${layersDone} of ${layers} layers unpacked`;
    }
  }
}
