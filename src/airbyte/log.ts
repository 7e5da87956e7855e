import {
  AirbyteLog,
  AirbyteLogLevel,
  AirbyteLogLevelOrder,
  type AirbyteMessage,
} from '@faros-ai/airbyte-cdk/lib/protocol';

const LEVELS = new Map<string, AirbyteLogLevel>(Object.entries(AirbyteLogLevel));

/** Writes LOG messages of the wanted level and above. */
export class Log {
  readonly error = this.writerAt(AirbyteLogLevel.ERROR);
  readonly warn = this.writerAt(AirbyteLogLevel.WARN);
  readonly info = this.writerAt(AirbyteLogLevel.INFO);
  readonly debug = this.writerAt(AirbyteLogLevel.DEBUG);
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

  private writerAt(level: AirbyteLogLevel): (message: string) => void {
    return (message) => {
      if (AirbyteLogLevelOrder(level) >= this.least) {
        this.output.write(AirbyteLog.make(level, message));
      }
    };
  }
}
