/**
 * The folder from which the person called: npm runs a script in its package's folder, and names the
 * caller's in INIT_CWD. `script` is the script's name: a process further below has a folder of its own.
 */
export function callersFolder(script: string): string {
  const {INIT_CWD, npm_lifecycle_event} = process.env;
  return INIT_CWD !== undefined && npm_lifecycle_event === script ? INIT_CWD : process.cwd();
}
