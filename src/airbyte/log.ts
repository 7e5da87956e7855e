import {
  AirbyteLog,
  AirbyteLogLevel,
  AirbyteLogLevelOrder,
  type AirbyteMessage,
} from '@faros-ai/airbyte-cdk/lib/protocol';

const LEVELS = new Map<string, AirbyteLogLevel>(Object.entries(AirbyteLogLevel));

/** Writes LOG messages of the wanted level and above. */
export class Log {
  private readonly least: number;

  /** @param level LOG_LEVEL as the environment has it; INFO if it is none, and a warning if it is not known */
  constructor(
    private readonly output: {write(message: AirbyteMessage): void},
    level = '',
  ) {
    const wanted = LEVELS.get(level.trim().toUpperCase());
    this.least = AirbyteLogLevelOrder(wanted ?? AirbyteLogLevel.INFO);
    if (wanted === undefined && level.trim() !== '') {
      this.warn(
        `LOG_LEVEL is ${JSON.stringify(level.slice(0, 40))}, and no such level is known: INFO is taken. The levels are ${[...LEVELS.keys()].join(', ')}.`,
      );
    }
  }

  error(message: string, stackTrace?: string): void {
    this.write(AirbyteLogLevel.ERROR, message, stackTrace);
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
