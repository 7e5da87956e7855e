import {basename} from 'node:path';
import {EventCounts} from './event-counts';
import type {EventSummary} from './event-counts';
import {objectAt, textAt} from './json-object';
import type {JsonObject} from './json-object';
import {parseMessage, readLines} from './message-lines';

/** A warning or an error that the sync reported; `times` counts equal ones. */
export interface Notice {
  level: 'warning' | 'error';
  text: string;
  times: number;
}

/** How the sync went, by its own messages. */
export interface SyncSummary {
  /** Of the last STREAM_STATUS, `''` when there was none. */
  status: string;
  states: number;
  /** `creationDate` of the last STATE, in epoch milliseconds. */
  cursor: number | undefined;
  warnings: number;
  errors: number;
  /** The first 50 different ones. */
  notices: Notice[];
}

/** The lines of the file that are not audit records. */
export interface SkippedLines {
  /** Not an Airbyte message at all. */
  garbage: number;
  /** Records of another stream. */
  foreign: number;
  /** Audit records without a usable creationDate. */
  untimed: number;
}

/** Everything the report shows, small enough to embed, whatever the size of the file. */
export interface Summary extends EventSummary {
  /** The file's name, without its folder. */
  file: string;
  lines: number;
  skipped: SkippedLines;
  sync: SyncSummary;
}

const STREAM = 'audit_records';
const MAX_NOTICES = 50;
const LOG_LEVELS = new Map<string, Notice['level']>([
  ['WARN', 'warning'],
  ['ERROR', 'error'],
  ['FATAL', 'error'],
]);

/**
 * Adds up a file of Airbyte messages, one JSON a line, as `read` writes it. Lines that are
 * something else are counted and skipped.
 * Rejects with the system's error when the file cannot be read.
 */
export async function summarise(file: string): Promise<Summary> {
  const counts = new MessageCounts();
  for await (const line of readLines(file)) {
    counts.add(line);
  }
  return counts.summary(basename(file));
}

class MessageCounts {
  private readonly events = new EventCounts();
  private lines = 0;
  private readonly skipped: SkippedLines = {garbage: 0, foreign: 0, untimed: 0};
  private readonly sync: SyncSummary = {
    status: '',
    states: 0,
    cursor: undefined,
    warnings: 0,
    errors: 0,
    notices: [],
  };

  add(line: string): void {
    if (line.trim() === '') {
      return;
    }
    this.lines += 1;
    const message = parseMessage(line);
    switch (message?.['type']) {
      case undefined:
        this.skipped.garbage += 1;
        break;
      case 'RECORD':
        this.addRecord(objectAt(message, 'record'));
        break;
      case 'STATE':
        this.addState(objectAt(message, 'state'));
        break;
      case 'LOG':
        this.addLog(objectAt(message, 'log'));
        break;
      case 'TRACE':
        this.addTrace(objectAt(message, 'trace'));
        break;
      default: // SPEC, CATALOG and the like say nothing about a read
    }
  }

  summary(file: string): Summary {
    const {lines, skipped, sync} = this;
    return {file, lines, skipped, sync, ...this.events.summary()};
  }

  private addRecord(record: JsonObject): void {
    if (record['stream'] !== STREAM) {
      this.skipped.foreign += 1;
    } else if (!this.events.add(objectAt(record, 'data'))) {
      this.skipped.untimed += 1;
    }
  }

  private addState(state: JsonObject): void {
    this.sync.states += 1;
    const cursor = objectAt(objectAt(state, 'stream'), 'stream_state')['creationDate'];
    if (typeof cursor === 'number' && Number.isFinite(new Date(cursor).getTime())) {
      this.sync.cursor = cursor;
    }
  }

  private addLog(log: JsonObject): void {
    const level = LOG_LEVELS.get(textAt(log, 'level').toUpperCase());
    if (level) {
      this.addNotice(level, textAt(log, 'message', 500));
    }
  }

  private addTrace(trace: JsonObject): void {
    if (trace['type'] === 'STREAM_STATUS') {
      this.sync.status = textAt(objectAt(trace, 'stream_status'), 'status').toUpperCase();
    } else if (trace['type'] === 'ERROR') {
      const error = objectAt(trace, 'error');
      const kind = textAt(error, 'failure_type');
      this.addNotice('error', `${kind && `${kind}: `}${textAt(error, 'message', 500)}`);
    }
  }

  private addNotice(level: Notice['level'], text: string): void {
    this.sync[`${level}s`] += 1;
    const known = this.sync.notices.find(
      (notice) => notice.level === level && notice.text === text,
    );
    if (known) {
      known.times += 1;
    } else if (this.sync.notices.length < MAX_NOTICES) {
      this.sync.notices.push({level, text, times: 1});
    }
  }
}
