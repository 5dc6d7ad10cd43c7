import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AppError } from '@devstead/kit';
import { spawnProcess, systemPath, waitForClose } from '../process/run-process.ts';
import { crunEnv } from './crun.ts';
import type { Holder } from './holder.ts';

/** What `launcher.pl` is asked for; the words of each order stand there. */
export interface LauncherRequest {
  readonly order:
    | 'namespaces'
    | 'keep'
    | 'stage'
    | 'container'
    | 'create-container'
    | 'run-container'
    | 'end-container'
    | 'ready'
    | 'answering'
    | 'healthy'
    | 'network'
    | 'end-network'
    | 'program'
    | 'index';
  /**
   * Whose namespaces are entered first, and as whom; absent: the machine's own. `network` is the file at which another
   * network than the shared one is kept.
   */
  readonly inside?: { readonly holder: Holder; readonly as: 'caller' | 'innerRoot'; readonly network?: string };
  /** Control groups that are joined first, by their files. */
  readonly groups?: readonly string[];
  readonly words?: readonly string[];
}

/** A request that failed; the message is what was said about it, the reason on its last line. */
export class LauncherError extends Error {}

/** Numbers of mount(2), umount2(2), unshare(2), setns(2) and prctl(2). */
const systemCalls = {
  x64: ['165', '166', '272', '308', '157'],
  arm64: ['40', '39', '97', '268', '167'],
} as Readonly<Record<string, readonly string[]>>;

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The process that makes system calls for a command: namespaces, mounts, containers, and waiting for services. It is
 * started with the first request, works on any number of them at once, and ends with `close` or with its caller; what it
 * is at then is brought to its end. To start a program from it costs a tenth of what it costs this process.
 */
export class Launcher {
  private readonly env: Readonly<Record<string, string>>;
  private child: ChildProcess | undefined;
  private readonly waiting = new Map<string, Waiting>();
  private isClosing = false;
  private count = 0;
  private received = Buffer.alloc(0);

  /** `marker` is an entry of the environment of every process it starts on the machine. */
  constructor(marker: readonly [string, string]) {
    this.env = { PATH: systemPath, ...crunEnv, [marker[0]]: marker[1] };
  }

  /**
   * Carries out a request and returns the text of its answer. Rejects with LauncherError. When the signal comes, the
   * request is asked to end, and rejects when it has.
   */
  async request({ order, inside, groups = [], words = [] }: LauncherRequest, signal?: AbortSignal): Promise<string> {
    this.isClosing = false;
    this.child ??= this.start();
    this.count += 1;
    const id = String(this.count);
    const kinds = inside === undefined ? [] : kindsToEnter(inside);
    const answer = new Promise<string>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.keepAwake(true);
    this.send([id, order, String(inside?.holder.pid ?? ''), kinds.join(','), groups.join('\n'), ...words]);
    const end = (): void => this.send([id, 'end', id]);
    signal?.addEventListener('abort', end, { once: true });
    try {
      return await answer;
    } finally {
      signal?.removeEventListener('abort', end);
      this.waiting.delete(id);
      if (this.waiting.size === 0) this.rest();
    }
  }

  /** Lets go of the process as soon as nothing is asked of it; a later request starts another. */
  close(): void {
    this.isClosing = true;
    if (this.waiting.size === 0) this.rest();
  }

  private rest(): void {
    this.keepAwake(false);
    if (!this.isClosing) return;
    this.child?.stdin?.end();
    this.child = undefined;
  }

  private start(): ChildProcess {
    const numbers = systemCalls[process.arch];
    if (numbers === undefined)
      throw new AppError('MACHINE_LACKS', `the processor ${process.arch} is not supported by the sandbox`);
    const script = fileURLToPath(new URL('./launcher.pl', import.meta.url));
    const child = spawnProcess(['perl', '-w', script, ...numbers], {
      cwd: '/',
      env: this.env,
      // What the terminal sends to this process's group must not cut a start in two.
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin?.on('error', () => undefined);
    child.stdout?.on('data', (chunk: Buffer) => this.receive(chunk));
    waitForClose(child, 'perl').then(
      () => this.fail(child, new AppError('INTERNAL', 'the process that starts containers ended')),
      (error: Error) => this.fail(child, error),
    );
    return child;
  }

  private send(words: readonly string[]): void {
    const frame = Buffer.from(words.join('\0'));
    this.child?.stdin?.write(Buffer.concat([Buffer.from(`${frame.length}\n`), frame]));
  }

  /** While nothing is asked of it, it does not keep this process from ending. */
  private keepAwake(isNeeded: boolean): void {
    const method = isNeeded ? 'ref' : 'unref';
    this.child?.[method]();
    for (const stream of [this.child?.stdin, this.child?.stdout]) (stream as Socket | undefined)?.[method]();
  }

  private receive(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (;;) {
      const lineEnd = this.received.indexOf('\n');
      if (lineEnd < 0) return;
      const [id = '', status, length] = this.received.toString('utf8', 0, lineEnd).split(' ');
      const end = lineEnd + 1 + Number(length);
      if (this.received.length < end) return;
      const text = this.received.toString('utf8', lineEnd + 1, end);
      this.received = this.received.subarray(end);
      if (status === '0') this.waiting.get(id)?.resolve(text);
      else this.waiting.get(id)?.reject(new LauncherError(text.trim()));
    }
  }

  private fail(child: ChildProcess, error: Error): void {
    if (this.child !== child) return;
    this.child = undefined;
    for (const { reject } of this.waiting.values()) reject(error);
  }
}

/** Takes the answer for a program that was started apart: its number and what it said when it was ready. */
export function readProgram(answer: string): readonly [pid: number, said: string] {
  const end = answer.indexOf(' ');
  return [Number(answer.slice(0, end)), answer.slice(end + 1)];
}

/**
 * As the namespaces' own root, which may mount and change files of mapped ids, nothing else; or in their mounts and
 * network with all the rights the caller has, which as root is more (folders only root can enter, ids of mounts).
 */
function kindsToEnter({ holder, as, network: kept }: NonNullable<LauncherRequest['inside']>): readonly string[] {
  if (holder.isEntered === true) return ['mnt'];
  const network = kept !== undefined ? [`net=${kept}`] : holder.network === 'own' ? ['net'] : [];
  return as === 'caller' && holder.mode === 'root' ? [...network, 'mnt'] : ['user', ...network, 'mnt'];
}
