// Stands for what axios loads at its start and is never asked for here: forms with a table of all media
// types, HTTP/2, redirects, and tunnels. Without them a tenth of the start of a check is saved.
'use strict';

module.exports = function notNeeded() {};
