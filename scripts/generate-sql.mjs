// Writes sql/<database>/ from sql/source/ and sql/event-map.tsv.
import {spawnSync} from 'node:child_process';
import {preparePython} from './prepare-python.mjs';

const {status} = spawnSync(preparePython(), ['-B', 'sql/generate.py'], {stdio: 'inherit'});
process.exit(status ?? 1);
