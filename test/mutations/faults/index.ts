import type {Fault} from '../fault';
import {ASKING} from './asking';
import {BY_PLACE} from './by-place';
import {CURSOR} from './cursor';
import {EVIDENCE} from './evidence';
import {IDENTITY} from './identity';
import {OUTPUT} from './output';
import {REQUESTS} from './requests';
import {SERVERS} from './servers';

/** All faults, by theme. */
export const FAULTS: readonly Fault[] = [
  ...EVIDENCE,
  ...SERVERS,
  ...BY_PLACE,
  ...ASKING,
  ...CURSOR,
  ...IDENTITY,
  ...REQUESTS,
  ...OUTPUT,
];
