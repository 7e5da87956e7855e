import {runConnector} from './connector';
import {readMessages} from './messages';

/**
 * Runs `check` and keeps what it writes in a file. A check that fails ends with exit code 0, as Airbyte
 * wants it: only its message tells.
 * @throws Error with the connector's own words if the check did not succeed
 */
export async function check(
  config: string,
  outFile: string,
): Promise<{status: string; seconds: number}> {
  const {seconds} = await runConnector(['check', '--config', config], outFile);
  const {connection} = await readMessages(outFile);
  if (connection?.status !== 'SUCCEEDED') {
    throw new Error(`check ${connection?.status ?? 'said nothing'}: ${connection?.message ?? ''}`);
  }
  return {status: connection.status, seconds};
}
