import {join} from 'node:path';

/** The repository's folder, seen from dist/ as well as from benchmark/. */
export const ROOT = join(__dirname, '..');

/** This benchmark as a program: it starts itself anew as a server and as the bare clients. */
export const BENCH_PROGRAM = join(ROOT, 'dist', 'bench.js');

export const CONNECTOR = join(ROOT, 'bin', 'main');
