import {runReport} from './report/command';

void runReport(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
