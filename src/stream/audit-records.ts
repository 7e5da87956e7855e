import {SyncMode} from '@faros-ai/airbyte-cdk/lib/protocol';

import schema from '../../resources/schemas/audit_records.json';
import type {ResumableStream} from '../airbyte/messages';

/** The one stream, as `discover` shows it. */
export const AUDIT_RECORDS: ResumableStream = {
  name: 'audit_records',
  json_schema: schema,
  supported_sync_modes: [SyncMode.FULL_REFRESH, SyncMode.INCREMENTAL],
  source_defined_cursor: true,
  default_cursor_field: ['creationDate'],
  source_defined_primary_key: [['id']],
  is_resumable: true,
};
