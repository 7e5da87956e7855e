// Loaded into the connector by NODE_OPTIONS: its local clock is wrong by CLOCK_SKEW_MS.
'use strict';

const realNow = Date.now;
const skewMs = Number(process.env.CLOCK_SKEW_MS);

Date.now = () => realNow() + skewMs;
