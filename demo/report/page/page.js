import {listEvents} from './event-list.js';
import {readOut} from './readout.js';

// A headless browser, and a person's bug report, can read these off the page.
const {dataset} = document.documentElement;
dataset.errors = '0';
addEventListener('error', () => {
  dataset.errors = String(Number(dataset.errors) + 1);
});

document.querySelectorAll('[data-readout]').forEach(readOut);
listEvents();
requestAnimationFrame(() => {
  // a task after the frame: by then it is on the screen
  setTimeout(() => {
    dataset.drawnAfterMs = String(Math.round(performance.now()));
  });
});
