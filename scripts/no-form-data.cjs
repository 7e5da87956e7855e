// Stands for the package form-data in the bundles: axios loads it for forms, of which none is sent here, and
// with it a table of all media types, which is a tenth of the start of a check.
'use strict';

module.exports = function FormData() {};
