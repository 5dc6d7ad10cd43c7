import type { Kysely } from 'kysely';
import type { Tables } from '../tables.ts';
import { createCoreTables } from './0001-core.ts';
import { createMirrorTables } from './0002-mirrors.ts';

/** Takes a database from one format to the next, in a transaction. */
export type Migration = (database: Kysely<Tables>) => Promise<void>;

/** In order; the format of a database is how many it has behind it. Never changed once published, only added to. */
export const migrations: readonly Migration[] = [createCoreTables, createMirrorTables];
