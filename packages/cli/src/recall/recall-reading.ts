import { createHash, randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stampOwnFolders } from '@devstead/runtime/workspace';
import { machineFiles } from '../compose/machine-files.ts';
import type { Io } from '../io.ts';
import { readFolders } from '../settings.ts';
import { version } from '../version.ts';
import { findKeptReading, keepReading, noteUse } from './kept-readings.ts';
import { type Machine, type Questions, RecordingMachine } from './machine.ts';
import { seal, unseal } from './sealed.ts';

/** What is read. */
export interface ReadingSubject {
  /** Of two readings with the same name the later one is kept. */
  readonly name: readonly unknown[];
  /** What it depends on without asking the machine for it. */
  readonly given: readonly unknown[];
}

/**
 * What reading gave, kept in the cache folder until something it asked for has another answer, or the code that reads
 * changes: parsers and schemas are then not even loaded, which is half of what a start takes. It may hold values of
 * variables, so it is sealed with all that went into it: who does not have that learns nothing from the disk.
 */
export async function recallReading<Value extends object>(
  io: Io,
  subject: ReadingSubject,
  read: (machine: Machine) => Promise<Value>,
  /** False for what depends on more than was asked. */
  isWhole: (value: Value) => boolean = () => true,
): Promise<Value> {
  const machine: Machine = { files: machineFiles, variables: io.env };
  const folder = join(readFolders(io).cache, 'readings');
  const name = `${createHash('sha256').update(JSON.stringify(subject.name)).digest('hex').slice(0, 32)}.json`;
  const stamp = stampOwnFolders(readerFolders, JSON.stringify([version, subject]));
  const path = join(folder, name);
  const kept = findKeptReading(path);
  const found = kept && unseal<Value>(kept.sealed, makeKey(kept.salt, stamp, kept.questions, machine));
  if (found !== undefined) {
    noteUse(path);
    return found;
  }
  const recording = new RecordingMachine(machine);
  const value = await read(recording);
  const { questions } = recording;
  if (questions !== undefined && isWhole(value)) {
    const salt = randomBytes(16).toString('hex');
    const sealed = seal(value, makeKey(salt, stamp, questions, recording));
    keepReading(folder, name, { questions, salt, sealed });
  }
  return value;
}

/** The same for the same answers to the same questions. */
function makeKey(salt: string, stamp: string, { files, variables }: Questions, machine: Machine): Buffer {
  const hash = createHash('sha256').update(JSON.stringify([salt, stamp]));
  for (const path of files) hash.update(JSON.stringify([path, machine.files.find(path)]));
  for (const name of variables) {
    const value = Object.hasOwn(machine.variables, name) ? machine.variables[name] : undefined;
    hash.update(JSON.stringify([name, value ?? null]));
  }
  return hash.digest();
}

/** Where the code lies that reads. */
export function readerFolders(): string[] {
  const packages = ['@devstead/kit', '@devstead/devfile', '@devstead/environment', '@devstead/registry'];
  const places = [...packages.map((name) => import.meta.resolve(name)), new URL('../program.ts', import.meta.url).href];
  return places.map((place) => dirname(fileURLToPath(place)));
}
