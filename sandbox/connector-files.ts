import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {ConnectorSettings} from './server';

/** Files with which the connector reads from a sandbox. */
export interface ConnectorFiles {
  settings: string;
  catalog: string;
  /** Removes the folder they are in. */
  remove(): Promise<void>;
}

const CATALOG = {
  streams: [
    {
      stream: {
        name: 'audit_records',
        json_schema: {type: 'object', additionalProperties: true},
        supported_sync_modes: ['full_refresh', 'incremental'],
        source_defined_cursor: true,
        default_cursor_field: ['creationDate'],
        source_defined_primary_key: [['id']],
      },
      sync_mode: 'incremental',
      destination_sync_mode: 'append_dedup',
      cursor_field: ['creationDate'],
      primary_key: [['id']],
    },
  ],
};

/** Writes the settings and a configured catalog into a fresh folder below the system's temp one. */
export async function writeConnectorFiles(settings: ConnectorSettings): Promise<ConnectorFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'confluence-sandbox-'));
  const files = {settings: join(folder, 'settings.json'), catalog: join(folder, 'catalog.json')};
  await writeFile(files.settings, `${JSON.stringify(settings, undefined, 2)}\n`);
  await writeFile(files.catalog, `${JSON.stringify(CATALOG, undefined, 2)}\n`);
  return {...files, remove: () => rm(folder, {recursive: true, force: true})};
}
