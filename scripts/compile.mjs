// Compiles dist/main.js for the V8 of this Node.js into dist/main.cache: bin/main then starts sooner.
import {readFileSync, writeFileSync} from 'node:fs';
import module from 'node:module';
import {setFlagsFromString} from 'node:v8';
import {Script} from 'node:vm';

// All functions, and not only those that run at once; with any other flag than at its start V8 would refuse it.
setFlagsFromString('--no-lazy');
const script = new Script(module.wrap(readFileSync('dist/main.js', 'utf8')));
setFlagsFromString('--lazy');
writeFileSync('dist/main.cache', script.createCachedData());
