import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../plan/container-spec.ts';
import { askUp, makeContainer, makeEnvironment, nothing } from '../plan/environment.fixture.ts';
import type { ObservedContainer, PublishedPort } from '../plan/types.ts';
import { identify, type ProcessId, readBootId } from '../process/process-table.ts';
import { writeJsonFile } from '../state/json-file.ts';
import type { MadeContainer } from '../state/made-container.ts';
import { type WorkspacePaths, workspacePaths } from '../state/paths.ts';
import { makeTemporaryFolder } from '../state/temporary-folder.fixture.ts';
import { observeWorkspace, readExitCode, readListeningPorts } from './observe.ts';
import type { SandboxState } from './sandbox-state.ts';

/** This very process stands for all that live. */
const living = identify(process.pid);
const dead: ProcessId = { pid: process.pid, start: 1 };
const port: PublishedPort = {
  endpoint: 'http',
  container: 'web',
  port: 8080,
  hostPort: 20_001,
  exposure: 'public',
  protocol: 'http',
};

function makeWorkspace(change?: Partial<SandboxState>): WorkspacePaths {
  const paths = workspacePaths(join(makeTemporaryFolder(), 'workspaces', 'shop-1'));
  mkdirSync(paths.root, { recursive: true });
  if (change === undefined || living === undefined) return paths;
  const state: SandboxState = {
    format: 1,
    bootId: readBootId(),
    holder: { ...living, mode: 'root', network: 'own' },
    isStaged: true,
    network: living,
    supervisor: living,
    ports: [port],
    finishedEvents: ['preStart'],
    ...change,
  };
  writeJsonFile(paths.sandbox, state);
  return paths;
}

function addContainer(paths: WorkspacePaths, name: string, change: Partial<MadeContainer>, exitCode?: string): void {
  const { made, run, exitFile } = paths.container(name);
  mkdirSync(run, { recursive: true });
  writeJsonFile(made, { spec: specOf(name), specHash: 'hash', imageDigest: 'sha256:1', startedAt: 5, ...change });
  if (exitCode !== undefined) writeFileSync(exitFile, exitCode);
}

function specOf(name: string): ContainerSpec {
  const [spec] = askUp(makeEnvironment({ containers: [makeContainer(name)] }), nothing).specs;
  if (spec === undefined) throw new Error(`${name} has no spec`);
  return spec;
}

/** What is found of a container of `addContainer` that does not run. */
function stopped(name: string): ObservedContainer {
  return { state: 'stopped', spec: specOf(name), specHash: 'hash', imageDigest: 'sha256:1', restarts: 0 };
}

describe('what is found of a workspace', () => {
  it('is nothing where nothing is', () => {
    expect(observeWorkspace(makeWorkspace(), {})).toEqual(nothing);
    const nowhere = workspacePaths(join(makeTemporaryFolder(), 'workspaces', 'none'));
    expect(observeWorkspace(nowhere, { web: 'sha256:2' })).toEqual({ ...nothing, images: { web: 'sha256:2' } });
  });

  it('is all of it when all lives', () => {
    const paths = makeWorkspace({});
    mkdirSync(paths.volume('data'), { recursive: true });
    addContainer(paths, 'web', living === undefined ? {} : { init: living });
    expect(observeWorkspace(paths, {})).toEqual({
      ...nothing,
      isSandboxRunning: true,
      isConnected: true,
      isSupervised: true,
      publishedPorts: { http: 20_001 },
      finishedEvents: ['preStart'],
      volumes: ['data'],
      containers: { web: { ...stopped('web'), state: 'running', startedAt: 5 } },
    });
  });

  it.each([
    ['was never started whole', { isStaged: false }],
    ['is of another boot', { bootId: 'other' }],
    ['lost its holder', { holder: { ...dead, mode: 'root', network: 'own' } as const }],
  ])('is remains where it %s', (_what, change) => {
    const paths = makeWorkspace(change);
    addContainer(paths, 'web', living === undefined ? {} : { init: living }, '0');
    expect(observeWorkspace(paths, {})).toEqual({
      ...nothing,
      hasRemains: true,
      containers: { web: stopped('web') },
    });
  });

  it('has no ports without a supervisor', () => {
    const found = observeWorkspace(makeWorkspace({ supervisor: dead }), {});
    expect(found).toMatchObject({ isSandboxRunning: true, isSupervised: false, publishedPorts: {} });
  });

  it('is connected when its network lives, or when it is known why there is none', () => {
    expect(observeWorkspace(makeWorkspace({ network: dead }), {}).isConnected).toBe(false);
    expect(observeWorkspace(makeWorkspace({ network: dead, networkProblem: 'no tun' }), {}).isConnected).toBe(true);
  });

  it('tells ended containers from stopped ones, and counts restarts', () => {
    const paths = makeWorkspace({});
    addContainer(paths, 'crashed', { init: dead }, '137\n');
    addContainer(paths, 'killed', { init: dead });
    addContainer(paths, 'half', { init: dead }, '');
    writeJsonFile(paths.container('crashed').restarts, { count: 3, lastAt: '', lastExitCode: 137 });
    mkdirSync(paths.container('being-made').run, { recursive: true });
    expect(observeWorkspace(paths, {}).containers).toEqual({
      crashed: { ...stopped('crashed'), state: 'exited', exitCode: 137, restarts: 3 },
      killed: stopped('killed'),
      half: stopped('half'),
    });
  });

  it('tells a running container that was asked to end', () => {
    const paths = makeWorkspace({});
    addContainer(paths, 'web', { ...(living === undefined ? {} : { init: living }), isEnding: true });
    addContainer(paths, 'ended', { init: dead, isEnding: true });
    expect(observeWorkspace(paths, {}).containers).toEqual({
      web: { ...stopped('web'), state: 'running', startedAt: 5, isEnding: true },
      ended: stopped('ended'),
    });
  });

  it('is told of damaged files as far as it goes', () => {
    const paths = makeWorkspace();
    writeFileSync(paths.sandbox, '{"form');
    addContainer(paths, 'web', {});
    writeFileSync(paths.container('web').made, '');
    expect(observeWorkspace(paths, {})).toEqual({
      ...nothing,
      hasRemains: true,
      containers: { web: { state: 'stopped', specHash: '', imageDigest: '', restarts: 0 } },
    });
  });

  it('has those of the projects asked for that are there, however deep', () => {
    const paths = makeWorkspace();
    const deep = 'a/b/c/d/e/f/g';
    for (const path of ['api/.git', `${deep}/.git`, 'plain/src', 'empty', '.new-late/.git']) {
      mkdirSync(join(paths.projects, path), { recursive: true });
    }
    const asked = [deep, 'late', 'api', `${deep}/h`, './plain/', 'empty'];
    expect(observeWorkspace(paths, {}, asked).projects).toEqual([deep, 'api', './plain/']);
    expect(observeWorkspace(paths, {}).projects).toEqual([]);
    expect(observeWorkspace(makeWorkspace(), {}, asked).projects).toEqual([]);
  });
});

describe('an exit code', () => {
  it.each([
    ['0\n', 0],
    ['143', 143],
    ['', undefined],
    ['soon', undefined],
    ['-1', undefined],
  ])('written as %j is %j', (text, code) => {
    const paths = workspacePaths(makeTemporaryFolder()).container('web');
    mkdirSync(paths.run, { recursive: true });
    writeFileSync(paths.exitFile, text);
    expect(readExitCode(paths)).toBe(code);
  });
});

describe('listening ports', () => {
  it('are those of the network a process is in', async () => {
    const server = createServer();
    const found = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    expect(readListeningPorts(process.pid).has(found)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    expect(readListeningPorts(process.pid).has(found)).toBe(false);
    expect(readListeningPorts(2 ** 22 + 1)).toEqual(new Set());
  });
});
