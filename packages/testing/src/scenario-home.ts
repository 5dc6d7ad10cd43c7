import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readTestSettings } from './environment-variables.ts';
import { type DevsteadCall, type Finished, RunningDevstead } from './run-devstead.ts';

/** Ports of scenarios begin here, apart from those of the user's own workspaces and of other runs at the same time. */
export const firstScenarioPort = 22_001 + (process.pid % 10) * 1000;

type HomeCall = Omit<DevsteadCall, 'env' | 'cwd' | 'args'> & {
  readonly cwd?: string;
  /** Added to the environment; an empty value takes a variable away. */
  readonly env?: Readonly<Record<string, string>>;
};

/**
 * A state folder of its own, with the machine's images and nothing else, and a place for projects. Everything in it
 * ends with `remove`.
 */
export class ScenarioHome {
  readonly root: string;
  /** DEVSTEAD_HOME. */
  readonly state: string;
  readonly projects: string;
  private readonly running = new Set<RunningDevstead>();
  private readonly claimed: string[] = [];
  private readonly variables: Readonly<Record<string, string>>;

  /** `variables` are added to the environment of every call. */
  constructor(variables: Readonly<Record<string, string>> = {}) {
    this.variables = variables;
    this.root = mkdtempSync(join(tmpdir(), 'devstead-scenario-'));
    this.state = join(this.root, 'state');
    this.projects = join(this.root, 'projects');
    mkdirSync(this.state, { mode: 0o700 });
    mkdirSync(join(this.root, 'config'));
    mkdirSync(this.projects);
    linkImages(this.state);
  }

  /** A project folder with a copy of files of this package's `fixtures`. */
  copyFixture(name: string, as: string = name): string {
    const folder = join(this.projects, as);
    cpSync(fileURLToPath(new URL(`../fixtures/${name}/`, import.meta.url)), folder, { recursive: true });
    return folder;
  }

  /** A project folder with a copy of one of the repository's examples. */
  copyExample(name: string): string {
    const folder = join(this.projects, name);
    cpSync(fileURLToPath(new URL(`../../../examples/${name}/`, import.meta.url)), folder, { recursive: true });
    return folder;
  }

  /** A project folder with one devfile. */
  makeProject(name: string, devfile: string): string {
    const folder = join(this.projects, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'devfile.yaml'), devfile);
    return folder;
  }

  /** Starts `devstead`; whatever of it is left is ended by `remove`. */
  start(args: readonly string[], call: HomeCall = {}): RunningDevstead {
    const { cwd = this.projects, env = {}, ...rest } = call;
    const running = new RunningDevstead({ ...rest, args, cwd, env: this.environment(env) });
    this.running.add(running);
    void running.finished.finally(() => this.running.delete(running)).catch(() => undefined);
    return running;
  }

  /** Runs `devstead` to its end. */
  run(args: readonly string[], call: HomeCall = {}): Promise<Finished> {
    return this.start(args, call).finished;
  }

  /** Runs `devstead` and throws with all it said when it does not end with 0. */
  async runWell(args: readonly string[], call: HomeCall = {}): Promise<Finished> {
    const result = await this.run(args, call);
    if (result.code === 0) return result;
    throw new Error(`devstead ${args.join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
  }

  /**
   * Images that the tests build, by the names they give them. They go now, since a run that was cut off may have left them in
   * the store that scenarios share, and with this home.
   */
  async claimImages(...references: readonly string[]): Promise<void> {
    this.claimed.push(...references);
    await this.removeImages();
  }

  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    const all = {
      ...readTestSettings().passedOn,
      DEVSTEAD_HOME: this.state,
      DEVSTEAD_PORTS_FIRST: String(firstScenarioPort),
      XDG_CONFIG_HOME: join(this.root, 'config'),
      ...this.variables,
      ...more,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  }

  /** Takes every workspace down, data too, and removes the folder; works after a failure at any point. */
  async remove(): Promise<void> {
    for (const { child } of this.running) child.kill('SIGKILL');
    await Promise.allSettled([...this.running].map(({ finished }) => finished));
    if (existsSync(this.state)) {
      const down = await this.run(['down', '--all', '--volumes', '--force', '--no-commands']);
      if (down.code !== 0) throw new Error(`the scenario's workspaces could not be removed\n${down.stderr}`);
      await this.removeImages();
    }
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Those that are not there are passed over. */
  private async removeImages(): Promise<void> {
    for (const reference of this.claimed) {
      const { code, stderr } = await this.run(['image', 'rm', reference]);
      if (code !== 0 && !stderr.includes('IMAGE_NOT_FOUND'))
        throw new Error(`the image ${reference} could not be removed\n${stderr}`);
    }
  }
}

/** The store that scenarios share, so that no scenario builds images; the id map its files were made with goes along. */
function linkImages(state: string): void {
  const images = imageStore();
  if (!existsSync(join(images, 'records'))) {
    throw new Error(
      `there are no images in ${images}; run \`bin/devstead image build --all\` first, as \`npm test\` does`,
    );
  }
  symlinkSync(images, join(state, 'images'));
  const map = join(dirname(images), 'id-map.json');
  if (existsSync(map)) writeFileSync(join(state, 'id-map.json'), readFileSync(map), { mode: 0o600 });
}

/** `images` of the default state folder, as the command line finds it, unless the test settings name another. */
export function imageStore(): string {
  const { images, passedOn } = readTestSettings();
  if (images !== undefined) return images;
  const data = passedOn['XDG_DATA_HOME'];
  const home = passedOn['HOME'] ?? userInfo().homedir;
  return join(data?.startsWith('/') === true ? data : join(home, '.local/share'), 'devstead', 'images');
}
