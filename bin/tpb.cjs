#!/usr/bin/env node
// Starts the program, or says in one line that this Node cannot run it. What comes after this file uses what older
// versions do not know, so this one is ES5 and loads nothing before it has looked.
'use strict';

var needed = require('../package.json').engines.node.replace(/^\D*/, '');
var found = process.versions.node;

function isOlder(version, least) {
  var own = version.split('.').map(Number);
  var other = least.split('.').map(Number);
  for (var place = 0; place < other.length; place++) {
    if (own[place] !== other[place]) return own[place] < other[place];
  }
  return false;
}

if (isOlder(found, needed)) {
  var wrong = 'token-pruning-bench needs Node ' + needed + ' or newer, and this is Node ' + found;
  console.error(wrong + ' (install a newer one: https://nodejs.org, or `nvm install 20`)');
  process.exit(2);
}
require('./start.cjs');
