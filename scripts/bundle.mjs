const NOT_NEEDED = './scripts/not-needed.cjs';

/** How esbuild makes one file of a program and its packages. */
export const BUNDLE = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  outdir: 'dist',
  alias: {'form-data': NOT_NEEDED},
  logLevel: 'warning',
};

/** The same for the connector: it needs less of axios than the benchmark's bare client does. */
export const MAIN_BUNDLE = {
  ...BUNDLE,
  alias: {
    ...BUNDLE.alias,
    'follow-redirects': NOT_NEEDED,
    http2: NOT_NEEDED,
    'https-proxy-agent': NOT_NEEDED,
  },
};
