// Loaded into the connector by NODE_OPTIONS: what is done at intervals is done ten times as often.
'use strict';

const realSetInterval = globalThis.setInterval;

globalThis.setInterval = (callback, ms) => realSetInterval(() => callback(), ms / 10);
