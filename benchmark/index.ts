/**
 * The benchmark as a program. It starts itself again as the server and as the bare clients, each in
 * a process of its own; each loads only what it needs.
 */
async function main([role, ...rest]: string[]): Promise<void> {
  if (role === 'serve') {
    return (await import('./log-server.js')).serveLog(rest);
  }
  if (role === 'bare-client') {
    return (await import('./bare-client.js')).readWithBareClient(rest);
  }
  if (role === 'bare-bytes') {
    return (await import('./bare-bytes.js')).readBareBytes(rest);
  }
  return (await import('./bench-command.js')).runBenchCommand(process.argv.slice(2));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
