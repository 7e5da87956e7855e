import {
  AirbyteLog,
  AirbyteLogLevel,
  AirbyteLogLevelOrder,
} from '@faros-ai/airbyte-cdk/lib/protocol';

import type {Output} from './output';

/** Writes LOG messages of the wanted level and above. */
export class Log {
  private readonly least: number;

  /** @param level LOG_LEVEL as the environment has it; INFO if it is none */
  constructor(
    private readonly output: Output,
    level: string | undefined,
  ) {
    const wanted = level?.toUpperCase() as AirbyteLogLevel;
    this.least = AirbyteLogLevelOrder(
      Object.values(AirbyteLogLevel).includes(wanted) ? wanted : AirbyteLogLevel.INFO,
    );
  }

  fatal(message: string, stackTrace?: string): void {
    this.write(AirbyteLogLevel.FATAL, message, stackTrace);
  }

  error(message: string): void {
    this.write(AirbyteLogLevel.ERROR, message);
  }

  warn(message: string): void {
    this.write(AirbyteLogLevel.WARN, message);
  }

  info(message: string): void {
    this.write(AirbyteLogLevel.INFO, message);
  }

  debug(message: string): void {
    this.write(AirbyteLogLevel.DEBUG, message);
  }

  private write(level: AirbyteLogLevel, message: string, stackTrace?: string): void {
    if (AirbyteLogLevelOrder(level) >= this.least) {
      this.output.write(AirbyteLog.make(level, message, stackTrace));
    }
  }
}
