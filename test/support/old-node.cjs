// Loaded by NODE_OPTIONS: a Node that is too old, as far as it says so itself.
'use strict';

Object.defineProperty(process, 'versions', {value: {...process.versions, node: '20.18.3'}});
