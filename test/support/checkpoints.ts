import type {Message, StreamState} from './connector';

/** A STATE, and how many records came before it: in all, and since the STATE before it. */
export interface Checkpoint {
  readonly state: StreamState;
  readonly before: number;
  readonly since: number;
}

/** The STATEs of a read, in order. */
export function checkpointsOf(messages: readonly Message[]): Checkpoint[] {
  let before = 0;
  let since = 0;
  return messages.flatMap(({record, state}) => {
    if (record) {
      before++;
      since++;
    }
    if (!state) {
      return [];
    }
    const count = {state: state.stream.stream_state, before, since};
    since = 0;
    return [count];
  });
}
