import type { Environment } from '@devstead/environment';
import type { Runtime, Workspace } from '@devstead/runtime';
import { type Address, listAddresses, withoutWaiting } from '../workspace-view.ts';

/** What an `up` ends with; also what `--output json` prints. */
export interface UpResult {
  readonly schemaVersion: 'up/v1';
  readonly workspace: {
    readonly id: string;
    readonly name: string;
    readonly folder: string;
    /** Of a workspace that was made for a branch. */
    readonly branch?: string;
    /** ISO 8601. */
    readonly expiresAt?: string;
  };
  readonly durationMs: number;
  readonly addresses: readonly Address[];
  /** Ids of the commands that `devstead run` takes. */
  readonly commands: readonly string[];
}

/** What a workspace's branch adds to its description; nothing for one without. */
export function describeBranch({ record }: Workspace): { readonly branch?: string; readonly expiresAt?: string } {
  const { branch } = record;
  if (branch === undefined) return {};
  return { branch: branch.name, ...(branch.expiresAt === undefined ? {} : { expiresAt: branch.expiresAt }) };
}

/** Describes a running workspace: where its endpoints are reached. */
export async function describeResult(
  workspace: Workspace,
  environment: Environment,
  runtime: Runtime,
  durationMs: number,
): Promise<UpResult> {
  // What is not applied by a command is there: it was just started.
  const isWhole = environment.containers.every(({ appliedBy }) => appliedBy === undefined);
  const there = isWhole ? environment : withoutWaiting(environment, await runtime.observe());
  const addresses = listAddresses(there, await runtime.listPublishedPorts());
  return {
    schemaVersion: 'up/v1',
    workspace: {
      id: workspace.id,
      name: workspace.name,
      folder: workspace.record.folder,
      ...describeBranch(workspace),
    },
    durationMs: Math.round(durationMs),
    addresses,
    commands: environment.commands.map(({ id }) => id),
  };
}
