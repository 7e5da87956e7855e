import type {Log} from '../airbyte/log';
import type {StreamDescriptor} from '../airbyte/messages';
import type {Clock} from '../clock';
import type {AuditApi} from '../confluence/audit-api';
import type {Cursor} from '../cursor';

/** What reading the stream takes. */
export interface ReadParts {
  readonly api: AuditApi;
  readonly cursor: Cursor;
  readonly cloudId: string;
  readonly stream: StreamDescriptor;
  readonly clock: Clock;
  readonly log: Log;
}
